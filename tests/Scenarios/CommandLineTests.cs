using Flashback.Testing;

namespace Flashback.Scenarios;

public sealed class CommandLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-scenario-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Tells_its_version()
    {
        FlashbackProgram.Result result = await FlashbackProgram.RunAsync("--version");
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+", result.Output);
    }

    [Fact]
    public async Task Lists_its_commands()
    {
        FlashbackProgram.Result result = await FlashbackProgram.RunAsync("--help");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("spec-test", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_an_unknown_kind_and_names_the_known_ones()
    {
        FlashbackProgram.Result result = await FlashbackProgram.RunAsync("spec-test", "nonsense", _folder);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("rlp", result.Errors + result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--deal-client", "nonsense", "--deal-client takes an address, not nonsense.")]
    [InlineData("--deal-refuse", "0x12", "--deal-refuse takes an address, not 0x12.")]
    [InlineData("--deal-longest", "90x", "--deal-longest takes a length of time such as 90s, 30m or 24h, not 90x.")]
    [InlineData("--deal-waiting", "-1", "--deal-waiting takes a number from 0 to 9223372036854775807.")]
    public async Task Refuses_a_policy_that_makes_no_sense(string option, string value, string reason)
    {
        FlashbackProgram.Result result = await FlashbackProgram.RunAsync("provider", "--deals", option, value);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(reason, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_path_where_nothing_is()
    {
        FlashbackProgram.Result result = await FlashbackProgram.RunAsync("spec-test", "rlp", Path.Combine(_folder, "nowhere"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("nowhere", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_vectors_and_ends_with_the_count_and_status_one_on_a_failure()
    {
        string file = Path.Combine(_folder, "rlp.json");
        await File.WriteAllTextAsync(file, """{"right":{"in":"dog","out":"0x83646f67"},"wrong":{"in":"dog","out":"0x80"}}""", TestContext.Current.CancellationToken);
        FlashbackProgram.Result result = await FlashbackProgram.RunAsync("spec-test", "rlp", file);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("1 passed, 1 failed, 0 skipped", result.LastLine);
        Assert.Contains("wrong", result.Output, StringComparison.Ordinal);
        Assert.Contains("0x83646f67", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passes_the_official_rlp_vectors()
    {
        FlashbackProgram.Result result = await FlashbackProgram.RunAsync("spec-test", "rlp", Vectors.Folder("ethereum-basic-tests", "RLPTests"));
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^\d+ passed, 0 failed, 0 skipped$", result.LastLine);
    }
}
