namespace Flashback.Execution;

/// <summary>A block as it was decoded or put together; whether it is valid is another question.</summary>
/// <param name="Header">Its header, which commits to everything else.</param>
/// <param name="Transactions">In the order they are executed.</param>
/// <param name="Withdrawals">What the stake pays out after them. spec: EIP-4895</param>
public sealed record Block(BlockHeader Header, IReadOnlyList<Transaction> Transactions, IReadOnlyList<Withdrawal> Withdrawals)
{
    /// <summary>The block with a header that commits to this body.</summary>
    public Block WithBodyRoots()
    {
        BlockEncoding body = new(this);
        return this with { Header = Header with { TransactionsRoot = body.TransactionsRoot, WithdrawalsRoot = body.WithdrawalsRoot } };
    }
}
