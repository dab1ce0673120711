namespace Flashback.Proofs;

/// <summary>Which of two generations of the graph a registered proof uses.</summary>
public enum GraphRules
{
    /// <summary>Api version 1.0.0: the predecessor comes last among the base parents, and expander parents are cut to 32 bits too early.</summary>
    Legacy,

    /// <summary>From api version 1.1.0: the predecessor comes first, and nothing is cut.</summary>
    Current,
}
