using Flashback.Execution;

namespace Flashback.Chain;

/// <summary>What came of a block that was brought to the chain.</summary>
public abstract record ImportOutcome
{
    private ImportOutcome() { }

    /// <summary>It keeps every rule and is on disk; it is not the head until <see cref="ChainService.SetHead"/> says so.</summary>
    public sealed record Imported(ExecutedBlock Block) : ImportOutcome;

    /// <summary>Its parent, or the state after its parent, is not here.</summary>
    public sealed record Orphan : ImportOutcome;

    /// <summary>It breaks a rule.</summary>
    public sealed record Rejected(BlockOutcome.Rejected Reason) : ImportOutcome;
}
