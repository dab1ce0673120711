using Flashback.Conformance;

namespace Flashback.Spec.Tests;

/// <summary>We agree with everyone else's test vectors.</summary>
public class VectorTests
{
    public static TheoryData<string> Suites => [.. Suite.All.Select(suite => suite.ToString())];

    [Theory]
    [MemberData(nameof(Suites))]
    public void Official_vectors_pass(string name) => AssertPasses(name, everyCase: false);

    [Theory]
    [MemberData(nameof(Suites))]
    [Trait("Speed", "Slow")]
    public void Official_vectors_pass_every_one(string name) => AssertPasses(name, everyCase: true);

    private static void AssertPasses(string name, bool everyCase)
    {
        Suite suite = Suite.All.Single(s => s.ToString() == name);
        using StringWriter failures = new();
        SpecSummary summary = suite.Run(everyCase, failures);
        Assert.True(summary.Failed == 0, $"{summary.Failed} of {summary.Passed + summary.Failed} cases fail:\n{Shortened(failures.ToString())}");
        Assert.True(summary.Passed > 0, "no case was found: the suite runs nothing");
    }

    private static string Shortened(string text) => text.Length <= 20_000 ? text : text[..20_000] + " …";
}
