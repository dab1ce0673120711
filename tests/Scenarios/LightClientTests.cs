using System.Diagnostics;
using Flashback.Testing;

namespace Flashback.Scenarios;

/// <summary>What light clients are told, judged by one of another project.</summary>
public sealed class LightClientTests : IDisposable
{
    private const int Past = 240; // seconds of virtual time since genesis that pass first: nearly two periods of a sync committee, which are 64 slots of 2 seconds

    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-light-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_light_client_of_Lodestar_follows_the_chain_and_takes_nothing_that_was_changed()
    {
        // Genesis was some minutes ago, so that the chain is where the clock is when they have passed in virtual time.
        DevnetRun.WriteNetwork(_folder, 4, DateTimeOffset.UtcNow.AddSeconds(-Past));
        (Process process, string told) = await FlashbackProgram.StartAsync(
            "node0: ", "devnet", "--nodes", "1", "--validators", "4", "--data", _folder, "--http-port", "0", "--beacon-port", "0", "--providers", "0", "--warp", $"{Past}s");
        try
        {
            string beacon = told.Split("Beacon API at ")[1];
            string output = await NodeTools.LightClient.RunScriptAsync("lodestar.mjs", TestContext.Current.CancellationToken, beacon);
            Assert.Equal(4, output.Split("ok ").Length - 1);
        }
        catch (NodeToolsException absent)
        {
            Assert.Skip(absent.Message);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
        }
    }
}
