using System.Diagnostics;
using System.Text.Json;
using Flashback.Chain.Spacetime;
using Flashback.Client;
using Flashback.Proofs;
using Flashback.Scenarios.Provider;
using Flashback.Testing;

namespace Flashback.Scenarios.Gateway;

/// <summary><c>flashback gateway</c> on a network with three providers: what is put is bought a place for, brought there, proven, and read from there.</summary>
public sealed class GatewayLifeTests : IDisposable
{
    private const ulong First = ProviderWorld.Validator, Second = First + 1, Third = First + 2;

    private const int HeaderBytes = 1_000; // and fewer, of the piece that waits for contents

    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-gateway-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Sectors of 8 MiB, sealed truly; only their circuits cost nothing.</summary>
    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_file_is_kept_by_three_providers_and_read_from_them_while_one_is_away()
    {
        SpacetimeParameters parameters = ProviderWorld.Fast(SealKind.Devnet) with { ProvingPeriod = 90, Deadlines = 3, ChallengeLookback = 15, PrecommitDelay = 4 };
        await using ProviderWorld world = await ProviderWorld.StartAsync(_folder, parameters, new SimulatedProver(SealKind.Devnet).Keys);
        await ProviderWorld.UntilAsync(async () => await world.SlotAsync() >= 3, "blocks come");
        foreach (ulong provider in (ulong[])[First, Second, Third])
        {
            FlashbackProgram.Result registered = await world.RegisterAsync(provider);
            Assert.True(registered.ExitCode == 0, registered.Output + registered.Errors);
            world.StartProvider(provider);
            await world.UntilAnsweringAsync(provider);
        }
        byte[] content = new byte[3_000_000];
        Seeds.Fresh().NextBytes(content);

        string data = Path.Combine(_folder, "gateway");
        string[] run =
        [
            "gateway", "--rpc", world.Rpc.ToString(), "--network", ProviderProcess.NetworkIn(_folder), "--key", world.ClientKeyFile, "--data", data, "--http-port", "0", "--s3-port", "0",
            "--days", "0.01", "--runway", "0.001", "--wait", "1", "--keep", "0",
        ];
        string source = Path.Combine(_folder, "source"), token = Path.Combine(data, "token"), cid;
        await File.WriteAllBytesAsync(source, content, Cancellation);
        (Process gateway, string told) = await FlashbackProgram.StartAsync("gateway: ", run);
        try
        {
            cid = Told(await FlashbackProgram.RunAsync("put", source, "--gateway", told.Split(',')[0], "--token-file", token, "--json")).GetProperty("cid").GetString()!;
        }
        finally
        {
            gateway.Kill(entireProcessTree: true); // in the middle of it
            await gateway.WaitForExitAsync(CancellationToken.None);
            gateway.Dispose();
        }

        (gateway, told) = await FlashbackProgram.StartAsync("gateway: ", run);
        string[] asking = ["--gateway", told.Split(',')[0], "--token-file", token, "--json"];
        try
        {
            await ProviderWorld.UntilAsync(async () => Told(await FlashbackProgram.RunAsync(["stat", cid, .. asking])) is var stat && stat.GetProperty("state").GetString() == "stored" && stat.GetProperty("copies").GetInt32() == 3, "it is stored", seconds: 240);
            await ProviderWorld.UntilAsync(() => Task.FromResult(new DirectoryInfo(Path.Combine(data, "pieces")).EnumerateFiles().All(piece => piece.Length < HeaderBytes)), "nothing is kept here");
            ExecutionBlock head = await world.Node.GetHeadAsync(Cancellation);
            IReadOnlyList<DeployedDeal> deals = await MarketContract.GetDealsAsync(world.Node, world.Client.Account, 0, head.Number, Cancellation);
            Assert.Equal(deals.Count, deals.Select(deal => deal.Terms.CommP).Distinct().Count()); // each piece was bought a place for once
            foreach (DeployedDeal deal in deals)
            {
                IReadOnlyList<DealShare> shares = await DealContract.GetSharesAsync(world.Node, deal.Contract, Cancellation);
                Assert.Equal([First, Second, Third], shares.Select(share => share.Provider).Order());
                Assert.All(shares, share => Assert.Equal(ShareStanding.Active, share.Standing));
            }
            await RequireReadAsync(content, cid, asking);

            // The index is lost: it comes back from the chain and the pieces.
            gateway.Kill(entireProcessTree: true);
            await gateway.WaitForExitAsync(CancellationToken.None);
            gateway.Dispose();
            Directory.Delete(Path.Combine(data, "index"), recursive: true);
            (gateway, told) = await FlashbackProgram.StartAsync("gateway: ", [.. run, "--rebuild"]);
            asking[1] = told.Split(',')[0];
            await RequireReadAsync(content, cid, asking);

            await world.KillProviderAsync(First);
            await RequireReadAsync(content, cid, asking);
            foreach (string piece in Directory.GetFiles(world.PiecesFolderOf(Second)).Where(path => !path.EndsWith(".tree", StringComparison.Ordinal)))
                await AlterAsync(piece);
            await RequireReadAsync(content, cid, asking); // wrong bytes are asked of somebody else

            Assert.Equal(cid, Assert.Single(Told(await FlashbackProgram.RunAsync(["ls", .. asking])).EnumerateArray()).GetProperty("cid").GetString());
            Assert.Equal(0, (await FlashbackProgram.RunAsync(["rm", cid, .. asking])).ExitCode);
            await ProviderWorld.UntilAsync(async () => await DealContract.GetPhaseAsync(world.Node, deals[0].Contract, Cancellation) == DealPhase.Deleted, "what nobody needs is not paid for any more");
        }
        finally
        {
            gateway.Kill(entireProcessTree: true);
            await gateway.WaitForExitAsync(CancellationToken.None);
            gateway.Dispose();
        }
    }

    private async Task RequireReadAsync(byte[] content, string cid, string[] asking)
    {
        string target = Path.Combine(_folder, "target");
        FlashbackProgram.Result got = await FlashbackProgram.RunAsync(["get", cid, "--output", target, .. asking]);
        Assert.True(got.ExitCode == 0, got.Errors);
        Assert.Equal(content, await File.ReadAllBytesAsync(target, Cancellation));
    }

    private static JsonElement Told(FlashbackProgram.Result result)
    {
        Assert.True(result.ExitCode == 0, result.Errors);
        return JsonDocument.Parse(result.Output).RootElement;
    }

    private static async Task AlterAsync(string path)
    {
        byte[] bytes = await File.ReadAllBytesAsync(path, Cancellation);
        for (int i = 0; i < bytes.Length; i += 1000)
            bytes[i] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, Cancellation);
    }
}
