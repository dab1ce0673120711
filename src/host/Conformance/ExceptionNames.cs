namespace Flashback.Conformance;

/// <summary>The official names of broken rules, <c>TransactionException.NONCE_IS_MAX</c>, are our own with other capitals.</summary>
internal static class ExceptionNames
{
    /// <summary>True when the rule is one of the alternatives, which are separated by bars; or when none is expected and none broken.</summary>
    public static bool Match(string expected, string broken) =>
        expected.Length == 0 ? broken.Length == 0 : expected.Split('|').Any(name => IsSame(name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..], broken));

    private static bool IsSame(string official, string rule) =>
        string.Equals(official.Replace("_", "", StringComparison.Ordinal), rule, StringComparison.OrdinalIgnoreCase);
}
