using Flashback.Conformance;

namespace Flashback.Spec.Tests;

/// <summary>The judge itself: a runner that cannot fail would prove nothing.</summary>
public sealed class SpecRunnerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-spec-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Counts_passes_failures_and_skips_and_tells_expected_from_came()
    {
        SpecSummary summary = Run(out string report, Unit("a",
            () => SpecOutcome.Pass, () => new SpecOutcome.Failed("four", "five"), () => new SpecOutcome.Skipped("older fork")));
        Assert.Equal((1, 1, 1), (summary.Passed, summary.Failed, summary.Skipped));
        Assert.Contains("expected four", report, StringComparison.Ordinal);
        Assert.Contains("came     five", report, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_is_a_failure()
    {
        SpecSummary summary = Run(out string report, Unit("a", () => throw new InvalidOperationException("broken")));
        Assert.Equal(1, summary.Failed);
        Assert.Contains("broken", report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_declared_file_that_is_never_opened_is_a_failure()
    {
        string file = Path.Combine(_folder, "unread");
        SpecSummary summary = Run(out string report, new SpecUnit("a", [file], _ => []));
        Assert.Equal(1, summary.Failed);
        Assert.Contains("never opened", report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_opened_but_not_declared_is_a_failure()
    {
        string file = Path.Combine(_folder, "secret");
        File.WriteAllText(file, "");
        SpecSummary summary = Run(out _, new SpecUnit("a", [], files => [new SpecCase(files.ReadText(file), () => SpecOutcome.Pass)]));
        Assert.Equal(1, summary.Failed);
    }

    [Fact]
    public void A_sample_is_the_same_each_time_and_about_as_large_as_asked()
    {
        SpecUnit unit = Unit("a", [.. Enumerable.Repeat(() => SpecOutcome.Pass, 1000)]);
        int first = Run(out _, 10, unit).Passed;
        Assert.Equal(first, Run(out _, 10, unit).Passed);
        Assert.InRange(first, 50, 200);
    }

    [Fact]
    public void A_path_where_nothing_is_ends_with_an_exception() =>
        Assert.Throws<FileNotFoundException>(() => SpecRunner.Run(SpecKinds.Named("rlp")!, Path.Combine(_folder, "nowhere"), TextWriter.Null));

    [Theory]
    [InlineData("""{"a":{"in":"dog","out":"0x83646f67"}}""", 1, 0)]
    [InlineData("""{"a":{"in":"dog","out":"0x83646f66"}}""", 0, 1)]
    [InlineData("""{"a":{"in":["1",[2]],"out":"0xc331c102"}}""", 1, 0)]
    [InlineData("""{"a":{"in":"INVALID","out":"0x8100"}}""", 1, 0)]
    [InlineData("""{"a":{"in":"INVALID","out":"0x80"}}""", 0, 1)]
    [InlineData("""{"a":{"in":"VALID","out":"0x8100"}}""", 0, 1)]
    [InlineData("""{"a":{"in":"#18446744073709551616","out":"0x89010000000000000000"}}""", 1, 0)]
    public void The_rlp_kind_passes_what_is_right_and_fails_what_is_wrong(string json, int passed, int failed)
    {
        string file = Path.Combine(_folder, "test.json");
        File.WriteAllText(file, json);
        SpecSummary summary = SpecRunner.Run(SpecKinds.Named("rlp")!, file, TextWriter.Null);
        Assert.Equal((passed, failed), (summary.Passed, summary.Failed));
    }

    private static SpecUnit Unit(string name, params Func<SpecOutcome>[] cases) =>
        new(name, [], _ => cases.Select((run, i) => new SpecCase(i.ToString(System.Globalization.CultureInfo.InvariantCulture), run)));

    private SpecSummary Run(out string report, params SpecUnit[] units) => Run(out report, 1, units);

    private SpecSummary Run(out string report, int oneIn, params SpecUnit[] units)
    {
        using StringWriter failures = new();
        SpecSummary summary = SpecRunner.Run(new FixedKind(units), _folder, failures, oneIn);
        report = failures.ToString();
        return summary;
    }

    private sealed class FixedKind(SpecUnit[] units) : ISpecKind
    {
        public string Name => "fixed";

        public string Description => "units given by a test";

        public IEnumerable<SpecUnit> Find(string path) => units;
    }
}
