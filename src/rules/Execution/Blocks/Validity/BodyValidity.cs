using Flashback.Primitives;
using Broken = Flashback.Primitives.Invalid<Flashback.Execution.BlockRule>;

namespace Flashback.Execution;

/// <summary>The rules that tie a block's body to its header, before anything is executed.</summary>
internal static class BodyValidity
{
    public static Broken? Check(Block block, ForkRules rules)
    {
        BlockEncoding encoding = new(block);
        return IsShort(encoding, rules) ?? HasTheTransactions(block, encoding) ?? HasTheWithdrawals(block, encoding);
    }

    private static Broken? IsShort(in BlockEncoding encoding, ForkRules rules) =>
        encoding.Length > rules.MaxBlockLength ? new(BlockRule.RlpBlockLimitExceeded, $"{encoding.Length} bytes, at most {rules.MaxBlockLength}") : null;

    private static Broken? HasTheTransactions(Block block, in BlockEncoding encoding)
    {
        Hash32 root = encoding.TransactionsRoot;
        return root == block.Header.TransactionsRoot ? null
            : new(BlockRule.InvalidTransactionsRoot, $"the root of the transactions is {root}, the header says {block.Header.TransactionsRoot}");
    }

    private static Broken? HasTheWithdrawals(Block block, in BlockEncoding encoding)
    {
        Hash32 root = encoding.WithdrawalsRoot;
        return root == block.Header.WithdrawalsRoot ? null
            : new(BlockRule.InvalidWithdrawalsRoot, $"the root of the withdrawals is {root}, the header says {block.Header.WithdrawalsRoot}");
    }
}
