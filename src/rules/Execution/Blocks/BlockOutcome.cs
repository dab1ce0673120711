using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>What came of executing a block: it is valid but for its state root, or it is not.</summary>
public abstract record BlockOutcome
{
    private BlockOutcome() { }

    /// <summary>
    /// Every rule holds that can be checked without a trie. The state root is for who has one: the block is valid when the state with
    /// <paramref name="Diff"/> applied passes <see cref="CheckStateRoot"/>.
    /// </summary>
    /// <param name="Header">The block's header.</param>
    /// <param name="Diff">What it changes.</param>
    /// <param name="Receipts">One for each transaction.</param>
    /// <param name="Requests">What it asks of the consensus layer, by ascending type. spec: EIP-7685</param>
    public sealed record Accepted(BlockHeader Header, StateDiff Diff, IReadOnlyList<Receipt> Receipts, IReadOnlyList<ExecutionRequest> Requests) : BlockOutcome
    {
        /// <summary>The last rule: the state after the block is the one that its header commits to.</summary>
        public Invalid<BlockRule>? CheckStateRoot(in Hash32 root) =>
            root == Header.StateRoot ? null : new(BlockRule.InvalidStateRoot, $"the state's root is {root}, the header says {Header.StateRoot}");
    }

    /// <summary>A rule is broken.</summary>
    /// <param name="Reason">Which, and by what.</param>
    /// <param name="Transaction">Which rule of transactions, when <see cref="BlockRule.InvalidTransaction"/> is broken.</param>
    public sealed record Rejected(Invalid<BlockRule> Reason, Invalid<TransactionRule>? Transaction = null) : BlockOutcome;
}
