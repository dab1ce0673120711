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
            FlashbackProgram.Result put = await FlashbackProgram.RunAsync("put", source, "--gateway", told.Split(',')[0], "--token-file", token, "--json");
            cid = Told(put).GetProperty("cid").GetString()!;
            JsonElement cost = Told(put).GetProperty("cost");
            Assert.Equal((3, 3, 4L << 20), (cost.GetProperty("copies").GetInt32(), cost.GetProperty("offers").GetArrayLength(), cost.GetProperty("paddedBytes").GetInt64()));
            Assert.Matches("(?s)packed.*cost +at most 0\\.[0-9]+ FLASH.*provider 2 asks 2000 FLASH", put.Errors);
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
            await RequireAccountAsync(cid, deals, asking);
            await RequireReceiptsAsync(world, deals, new Uri($"{told.Split(',')[0]}/files/{cid}"), (await File.ReadAllTextAsync(token, Cancellation)).Trim());

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

    /// <summary>Who keeps the file, what it costs and who pays is told as the chain has it.</summary>
    private static async Task RequireAccountAsync(string cid, IReadOnlyList<DeployedDeal> deals, string[] asking)
    {
        JsonElement listed = Told(await FlashbackProgram.RunAsync(["deals", .. asking])), wallet = Told(await FlashbackProgram.RunAsync(["wallet", .. asking])), stat = Told(await FlashbackProgram.RunAsync(["stat", cid, .. asking]));
        Assert.Equal(deals.Select(deal => deal.Contract.ToString()).Order(), listed.EnumerateArray().Select(deal => deal.GetProperty("contract").GetString()!).Order());
        Assert.All(listed.EnumerateArray(), deal => Assert.Equal(("running", 3), (deal.GetProperty("state").GetString(), deal.GetProperty("providers").GetArrayLength())));
        Assert.All(stat.GetProperty("pieces").EnumerateArray().SelectMany(piece => piece.GetProperty("providers").EnumerateArray()), copy => Assert.Equal("proven", copy.GetProperty("state").GetString()));
        decimal costs = listed.EnumerateArray().Sum(deal => decimal.Parse(deal.GetProperty("cost").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(costs, decimal.Parse(wallet.GetProperty("escrowed").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(costs > 0);
        Assert.True(wallet.GetProperty("runwayDays").GetDouble() > 0);
    }

    /// <summary>What users read is signed by both sides, and comes on chain.</summary>
    private static async Task RequireReceiptsAsync(ProviderWorld world, IReadOnlyList<DeployedDeal> deals, Uri file, string token)
    {
        using HttpClient http = new() { DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
        await ProviderWorld.UntilAsync(
            async () =>
            {
                Assert.Equal(3_000_000, (await http.GetByteArrayAsync(file, Cancellation)).Length);
                foreach (DeployedDeal deal in deals)
                {
                    foreach (ulong provider in (ulong[])[First, Second, Third])
                    {
                        if (await DealContract.GetTallyAsync(world.Node, deal.Contract, provider, region: 0, Cancellation) >= 64)
                            return true;
                    }
                }
                return false;
            },
            "receipts of reads are on chain", seconds: 180);
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
