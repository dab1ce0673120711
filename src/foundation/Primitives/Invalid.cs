namespace Flashback.Primitives;

/// <summary>Why something is against the rules. Where a rule is checked, null means that it holds.</summary>
/// <param name="Rule">The rule that is broken: what tests and peer scoring match on.</param>
/// <param name="Detail">What was found and what was expected, for people.</param>
public sealed record Invalid<TRule>(TRule Rule, string Detail)
    where TRule : struct, Enum
{
    /// <summary>The rule and the detail on one line.</summary>
    public override string ToString() => $"{Rule}: {Detail}";
}
