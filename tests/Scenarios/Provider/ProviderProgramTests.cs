using System.Diagnostics;
using System.Text.Json;
using Flashback.Chain.Spacetime;
using Flashback.Client;
using Flashback.Proofs;

namespace Flashback.Scenarios.Provider;

/// <summary><c>flashback provider</c> as its operator has it, with the devnet's sectors and true proofs.</summary>
[Collection(AloneCollection.Name)]
public sealed class ProviderProgramTests : IDisposable
{
    private const int ProvingKeySeconds = 1200; // it is made first: minutes, and more with work beside

    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-provider-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_devnet_sector_is_sealed_proven_lost_recovered_lost_for_good_and_paid_for_and_the_operator_sees_it()
    {
        SpacetimeParameters parameters = ProviderWorld.Fast(SealKind.Devnet) with { ProvingPeriod = 60, Deadlines = 3, ChallengeLookback = 15, PrecommitDelay = 4 };
        await using ProviderWorld world = await ProviderWorld.StartAsync(_folder, parameters, DevnetKeys.All);
        await ProviderWorld.UntilAsync(async () => await world.SlotAsync() >= 3, "blocks come");
        FlashbackProgram.Result registered = await world.RegisterAsync(ProviderWorld.Validator);
        Assert.True(registered.ExitCode == 0, registered.Output + registered.Errors);

        string data = ProviderProcess.DataIn(_folder);
        string[] run =
        [
            "provider", "--rpc", world.Rpc.ToString(), "--network", ProviderProcess.NetworkIn(_folder), "--validator", $"{ProviderWorld.Validator}", "--key", ProviderProcess.KeyIn(_folder), "--data", data,
            "--cache", Path.Combine(_folder, "cache"), "--parents", Path.Combine(_folder, "parents"), "--http-port", "0",
        ];
        (Process provider, string address) = await FlashbackProgram.StartAsync("provider: ", run);
        try
        {
            FlashbackProgram.Result second = await FlashbackProgram.RunAsync(run);
            Assert.Equal(1, second.ExitCode);
            Assert.Contains("in use by another process", second.Errors, StringComparison.Ordinal);

            long started = Stopwatch.GetTimestamp();
            Assert.Equal(0, (await FlashbackProgram.RunAsync("provider", "pledge", "1", "--data", data, "--periods", "100")).ExitCode);
            await ProviderWorld.UntilAsync(async () => await world.SectorAsync(1) is { Status: ChainSectorStatus.Live }, "the sector is live", ProvingKeySeconds);
            TestContext.Current.TestOutputHelper?.WriteLine($"from pledge to active, its key made first: {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
            await ProviderWorld.UntilAsync(async () => (await world.DeadlineAsync()).IsProven, "a window is proven", seconds: 240);

            FlashbackProgram.Result status = await FlashbackProgram.RunAsync("provider", "status", "--url", address, "--json");
            JsonElement told = JsonDocument.Parse(status.Output).RootElement;
            Assert.Equal((1, 0), (told.GetProperty("sectors").GetProperty("live").GetInt32(), told.GetProperty("sectors").GetProperty("faulty").GetInt32()));
            Assert.Empty(told.GetProperty("alerts").EnumerateArray());
            Assert.Contains("provider 2 at slot", (await FlashbackProgram.RunAsync("provider", "status", "--url", address)).Output, StringComparison.Ordinal);
            using HttpClient client = new();
            Assert.Contains("flashback_provider_sectors_live", await client.GetStringAsync(new Uri(new Uri(address), "metrics"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
            FlashbackProgram.Result whatIf = await FlashbackProgram.RunAsync("provider", "what-if", "--rpc", world.Rpc.ToString(), "--sectors", "3", "--json");
            Assert.Equal("True", JsonDocument.Parse(whatIf.Output).RootElement.GetProperty("covered").ToString());

            await SectorLife.RequireAsync(world, async () =>
            {
                provider.Kill(entireProcessTree: true);
                await provider.WaitForExitAsync(CancellationToken.None);
            });
        }
        finally
        {
            provider.Kill(entireProcessTree: true);
            provider.Dispose();
        }
    }
}
