using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Executes blocks of one chain: the front door of the rules. Safe to share between threads.</summary>
/// <param name="chain">Which rules hold when.</param>
/// <param name="codes">Analysed code, shared by all blocks.</param>
public sealed class BlockExecutor(ChainConfig chain, BytecodeCache codes)
{
    /// <summary>The chain whose rules these are.</summary>
    public ChainConfig Chain => chain;

    /// <summary>Executes a block on its parent's state.</summary>
    /// <param name="block">The block.</param>
    /// <param name="parent">The header that it must follow.</param>
    /// <param name="state">The state after the parent.</param>
    /// <param name="hashes">The hashes of its ancestors.</param>
    public BlockOutcome Execute(Block block, BlockHeader parent, IStateView state, IBlockHashes hashes) =>
        Execute(block, parent, state, hashes, default(NoHooks));

    /// <summary>As <see cref="Execute(Block, BlockHeader, IStateView, IBlockHashes)"/>, with hooks.</summary>
    /// <remarks>
    /// 1. The header must follow its parent's.
    /// 2. The body must be what the header commits to.
    /// 3. Somebody must have signed each transaction.
    /// 4. The transactions are executed.
    /// 5. What came of it must be what the header says.
    /// Nothing is changed anywhere: the outcome holds what the block would change.
    /// </remarks>
    public BlockOutcome Execute<THooks>(Block block, BlockHeader parent, IStateView state, IBlockHashes hashes, in THooks hooks)
        where THooks : struct, IBlockHooks
    {
        try
        {
            ForkRules rules = chain.RulesAt(block.Header.Timestamp);
            if ((HeaderValidity.Check(block.Header, parent, rules) ?? BodyValidity.Check(block, rules)) is { } broken)
                return new BlockOutcome.Rejected(broken);
            if (Senders.Recover(block.Transactions, CountWithinGas(block), out Address[] senders, out int unsigned) is { } invalid)
                return Rejected(unsigned, invalid);
            return Run(block, senders, state, hashes, hooks);
        }
        catch (OverflowException overflow)
        {
            return new BlockOutcome.Rejected(new(BlockRule.ArithmeticOverflow, overflow.Message));
        }
    }

    /// <summary>Begins a block of which only the header's draft is there; null when no rule is broken, and then there is an execution.</summary>
    /// <param name="draft">From <see cref="BlockAttributes.Draft"/>, or a header that was checked.</param>
    /// <param name="state">The state after the parent.</param>
    /// <param name="hashes">The hashes of its ancestors.</param>
    /// <param name="hooks">What is done around the transactions.</param>
    /// <param name="execution">Takes the transactions.</param>
    public Invalid<BlockRule>? Begin<THooks>(BlockHeader draft, IStateView state, IBlockHashes hashes, in THooks hooks, out BlockExecution<THooks> execution)
        where THooks : struct, IBlockHooks
    {
        ForkRules rules = chain.RulesAt(draft.Timestamp);
        execution = new BlockExecution<THooks>(chain, draft, rules, rules.Blobs.BaseFee(draft.ExcessBlobGas), new JournaledState(state, codes), hashes, hooks);
        return execution.Open(draft);
    }

    /// <summary>Begins a block that is only a question: under other rules perhaps, at another price for blobs, with transfers among the logs.</summary>
    /// <param name="draft">The header, but for what executing transactions will say.</param>
    /// <param name="simulation">What may be otherwise.</param>
    /// <param name="state">The state after the parent.</param>
    /// <param name="hashes">The hashes of its ancestors.</param>
    /// <param name="execution">Takes the messages.</param>
    public Invalid<BlockRule>? Begin(BlockHeader draft, Simulation simulation, IStateView state, IBlockHashes hashes, out BlockExecution<NoHooks> execution)
    {
        UInt256 blobBaseFee = simulation.BlobBaseFee ?? simulation.Rules.Blobs.BaseFee(draft.ExcessBlobGas);
        JournaledState journal = new(state, codes) { LogsTransfers = simulation.LogsTransfers };
        execution = new BlockExecution<NoHooks>(chain, draft, simulation.Rules, blobBaseFee, journal, hashes, default);
        return execution.Open(draft);
    }

    /// <summary>How many transactions need a look: one more than the gas limit has room for is the one that is rejected, so no block buys more signatures than gas.</summary>
    private static int CountWithinGas(Block block) => (int)Math.Min((ulong)block.Transactions.Count, block.Header.GasLimit / (ulong)IntrinsicGas.Transaction + 1);

    private BlockOutcome Run<THooks>(Block block, Address[] senders, IStateView state, IBlockHashes hashes, in THooks hooks)
        where THooks : struct, IBlockHooks
    {
        if (Begin(block.Header, state, hashes, hooks, out BlockExecution<THooks> execution) is { } atOnce)
            return new BlockOutcome.Rejected(atOnce);
        for (int i = 0; i < senders.Length; i++)
        {
            if (execution.Execute(block.Transactions[i], senders[i]) is { } invalid)
                return Rejected(i, invalid);
        }
        if ((execution.Finish(block.Withdrawals, out BlockResult? result) ?? ResultValidity.Check(block.Header, result!)) is { } broken)
            return new BlockOutcome.Rejected(broken);
        return new BlockOutcome.Accepted(block.Header, senders, result!.Diff, result.Receipts, result.Requests ?? []);
    }

    private static BlockOutcome.Rejected Rejected(int index, Invalid<TransactionRule> invalid) =>
        new(new(BlockRule.InvalidTransaction, $"transaction {index}: {invalid}"), invalid);
}
