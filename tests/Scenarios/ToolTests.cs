using Flashback.Testing;

namespace Flashback.Scenarios;

/// <summary>Programs that nobody here wrote, from npm, at work on a local chain: what they do is in the scripts of the folder <c>Tools</c>.</summary>
public sealed class ToolTests : IDisposable
{
    /// <summary>A tool that waits for what never comes shall not stop the run, in milliseconds.</summary>
    private const int Patience = 15 * 60 * 1000;

    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-tools-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory(Timeout = Patience)]
    [InlineData("cast")]
    [InlineData("forge")]
    public Task Works_where_each_transaction_makes_a_block(string tool) => UseAsync(tool, [], []);

    [Theory(Timeout = Patience)]
    [InlineData("ethers")]
    [InlineData("viem")]
    [InlineData("web3")]
    public Task Works_where_blocks_come_by_themselves(string tool) => UseAsync(tool, ["--block-time", "0.25"], []);

    [Theory(Timeout = Patience)]
    [InlineData("cast")]
    [InlineData("forge")]
    [InlineData("ethers")]
    [InlineData("viem")]
    [InlineData("web3")]
    [Trait("Speed", "Slow")]
    public Task Works_at_length_on_a_chain_on_disk(string tool) => UseAsync(tool, ["--block-time", "1", "--data", _folder], ["--full"]);

    private static async Task UseAsync(string tool, string[] chainArguments, string[] toolArguments)
    {
        await using DevChain chain = await DevChain.StartAsync(chainArguments);
        string script = Path.Combine(Vectors.Checkout, "tests", "Scenarios", "Tools", $"{tool}.mjs");
        try
        {
            string output = await NodeTools.RunAsync(script, TestContext.Current.CancellationToken, [chain.Address.ToString(), .. toolArguments]);
            TestContext.Current.TestOutputHelper?.WriteLine(output);
            Assert.Contains("ok ", output, StringComparison.Ordinal);
        }
        catch (NodeToolsException absent)
        {
            Assert.Skip(absent.Message);
        }
    }
}
