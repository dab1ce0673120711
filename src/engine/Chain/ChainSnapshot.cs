using Flashback.Execution;
using Flashback.State;

namespace Flashback.Chain;

/// <summary>The chain as it was at one moment; it never changes.</summary>
/// <param name="Head">The newest block.</param>
/// <param name="State">The state after it.</param>
/// <param name="Safe">The newest block that will hardly be reverted.</param>
/// <param name="Finalized">The newest block that never will.</param>
public sealed record ChainSnapshot(ExecutedBlock Head, StateView State, BlockHeader Safe, BlockHeader Finalized)
{
    public ulong Number => Head.Number;
}

/// <summary>The head has moved.</summary>
/// <param name="Abandoned">The blocks that have left the chain, newest first.</param>
/// <param name="Adopted">The blocks that have come onto it, oldest first.</param>
/// <param name="Now">The chain after that.</param>
public sealed record HeadChange(IReadOnlyList<ExecutedBlock> Abandoned, IReadOnlyList<ExecutedBlock> Adopted, ChainSnapshot Now);
