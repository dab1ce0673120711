using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <summary>What came of a beacon block.</summary>
public abstract record BlockImport
{
    private BlockImport() { }

    /// <summary>It is in the tree of the fork choice and on disk.</summary>
    public sealed record Imported(Hash32 Root) : BlockImport;

    /// <summary>It was before.</summary>
    public sealed record Known : BlockImport;

    /// <summary>Not now: something is missing, or a claim is not proven. It is kept, and looked at again when something comes.</summary>
    /// <param name="Reason">What is missing.</param>
    public sealed record Waiting(ForkChoiceRule Reason) : BlockImport;

    /// <summary>Never: it breaks a rule, or is of no use any more.</summary>
    /// <param name="Reason">The rule.</param>
    public sealed record Rejected(Invalid<ForkChoiceRule> Reason) : BlockImport;
}
