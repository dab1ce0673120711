namespace Flashback.Conformance;

/// <summary>What one case of an official test vector showed.</summary>
public abstract record SpecOutcome
{
    private SpecOutcome() { }

    /// <summary>We agree with the vector.</summary>
    public static SpecOutcome Pass { get; } = new Passed();

    /// <summary>We agree with the vector.</summary>
    /// <param name="Remark">What the reader of a report should know of how the case was run; mostly empty.</param>
    public sealed record Passed(string Remark = "") : SpecOutcome;

    /// <summary>We do not agree: what the vector says, and what came.</summary>
    public sealed record Failed(string Expected, string Actual) : SpecOutcome;

    /// <summary>The case does not apply to us, and why (an older fork, say).</summary>
    public sealed record Skipped(string Reason) : SpecOutcome;

    /// <summary>Passed when the two texts are equal, else failed with both.</summary>
    public static SpecOutcome Equal(string expected, string actual) =>
        string.Equals(expected, actual, StringComparison.Ordinal) ? Pass : new Failed(expected, actual);
}
