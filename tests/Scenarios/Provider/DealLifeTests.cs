using System.Net;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Flashback.Chain.Spacetime;
using Flashback.Client;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Testing;

namespace Flashback.Scenarios.Provider;

/// <summary>Deals on a network that runs beside: what the providers' policy takes is registered in, sealed, shown, and kept, by itself.</summary>
public sealed class DealLifeTests : IDisposable
{
    private const ulong First = ProviderWorld.Validator, Second = First + 1, Third = First + 2;

    private static readonly SealKind Kind = SealKind.Of(5); // 2 KiB
    private static readonly ulong[] All = [First, Second, Third];

    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-deals-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_piece_that_is_sent_in_parts_to_one_and_fetched_by_the_other_becomes_active_and_is_read_back()
    {
        await using ProviderWorld world = await StartAsync(First, Second);
        using DealWorld client = new(world);
        byte[] data = DealWorld.DrawPiece();
        DeployedDeal deal = await client.DeployAsync(data, providers: 2, registration: 30, activation: 60, periods: 3);
        await client.UntilAsync(deal, DealPhase.Running);
        Assert.Equal(HttpStatusCode.NoContent, await client.UploadAsync(First, deal, data, 0, 400));
        await world.KillProviderAsync(First);
        world.StartProvider(First);
        await world.UntilAnsweringAsync(First);
        Assert.Equal(HttpStatusCode.OK, await client.UploadAsync(First, deal, data, 400, data.Length));
        await client.PullAsync(Second, deal, world.EndpointOf(First).ToString());
        await client.UntilActiveAsync(deal);
        foreach (ulong provider in (ulong[])[First, Second])
            Assert.Equal(data, await client.ReadAsync(provider, deal, data.Length));
        foreach (DealShare share in await client.SharesAsync(deal))
        {
            Assert.True(share.Fee < deal.Terms.Ceiling && share.Fee > 0UL);
            KnownSector? sector = await world.Node.FindSectorAsync(share.Provider, share.Sector, TestContext.Current.CancellationToken);
            Assert.True(sector is { Status: ChainSectorStatus.Live, IsFaulty: false } && sector.Expiration >= deal.Terms.End, $"{sector}");
        }
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Three_providers_show_every_window_answer_every_request_and_are_paid_to_the_wei()
    {
        await using ProviderWorld world = await StartAsync(First, Second, Third);
        using DealWorld client = new(world);
        byte[] data = DealWorld.DrawPiece();
        DeployedDeal deal = await client.DeployAsync(data, providers: 3, registration: 30, activation: 50, periods: 3);
        await client.UntilAsync(deal, DealPhase.Running);
        foreach (ulong provider in All)
            Assert.Equal(HttpStatusCode.OK, await client.UploadAsync(provider, deal, data, 0, data.Length));
        await client.UntilActiveAsync(deal);

        // A readable copy that is deleted comes back out of the replica.
        File.Delete(Assert.Single(Directory.GetFiles(world.PiecesFolderOf(Third)), file => !file.EndsWith(".tree", StringComparison.Ordinal)));
        Assert.Null(await client.ReadAsync(Third, deal, data.Length));
        await ProviderWorld.UntilAsync(async () => await client.ReadAsync(Third, deal, data.Length) is { } read && read.AsSpan().SequenceEqual(data), "the copy is unsealed");

        // Reads off chain: signed by both, they are put on chain before the end.
        List<Delivery> read = [];
        for (int i = 0; i < 3; i++)
            read.Add(await client.ReadSignedAsync(Third, deal, data, number: (ulong)i + 1, offset: 100 * i, length: 300));

        for (ulong request = 1; request <= 3; request++)
        {
            await client.SendAsync(DealContract.RequestData(deal.Contract, request, height: 2));
            ulong asked = await world.SlotAsync();
            await ProviderWorld.UntilAsync(async () => await world.SlotAsync() > asked + world.Parameters.ProvingPeriod / world.Parameters.Deadlines + 1, "the request is over");
        }
        await client.UntilAsync(deal, DealPhase.Settled, seconds: 90);
        await RequirePaymentsAsync(world, client, deal, read);
        IReadOnlyList<DealShare> shares = await client.SharesAsync(deal);
        ulong length = world.Parameters.ProvingPeriod / world.Parameters.Deadlines;
        Assert.All(shares, share => Assert.Equal((deal.Terms.End - share.FirstOpens - length) / world.Parameters.ProvingPeriod + 1, share.ProvenWindows));
        Assert.Equal(9, (await client.LogsAsync(deal, "RequestAnswered(uint256,uint64)")).Count);
        foreach (ulong provider in All)
        {
            Assert.Empty(await client.FailedTransactionsAsync(ProviderWorld.OperatorOf(provider)));
            await ProviderWorld.UntilAsync(() => Task.FromResult(Directory.GetFiles(world.PiecesFolderOf(provider)).Length == 0), $"provider {provider} keeps nothing");
        }

        await RequireOperatorSeesAsync(world, deal);

        // Replica and readable copy are shown by the same transaction.
        IReadOnlyList<ExecutionLog> claims = await world.LogsAsync("ProofClaimed(uint8,uint64,uint64,bytes32,uint32,uint32)");
        HashSet<Hash32> windows = [.. KindOf(claims, SectorClaimKind.Window).Select(claim => claim.TransactionHash)];
        Assert.Contains(KindOf(claims, SectorClaimKind.Hot), claim => windows.Contains(claim.TransactionHash));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_provider_that_is_killed_on_the_way_brings_its_deal_to_the_end() => await LiveWithKillsAsync(kills: 3, ProviderWorld.Fast(Kind), activation: 42);

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Thirty_times_killed_it_still_brings_its_deal_to_the_end() =>
        await LiveWithKillsAsync(kills: 30, ProviderWorld.Fast(Kind) with { ProvingPeriod = 60, ChallengeLookback = 6 }, activation: 110); // windows of 20 seconds: it lives for two at a time

    /// <summary>Kills the provider at random moments: each step takes effect once, no transaction fails, nothing is left on the disk.</summary>
    private async Task LiveWithKillsAsync(int kills, SpacetimeParameters parameters, ulong activation)
    {
        const int LongestMs = 4_000;
        await using ProviderWorld world = await StartAsync(parameters, First);
        using DealWorld client = new(world);
        Random random = Seeds.Fresh();
        byte[] data = DealWorld.DrawPiece();
        DeployedDeal deal = await client.DeployAsync(data, providers: 1, registration: activation / 2, activation, periods: 1);
        Task uploading = client.UploadWithPatienceAsync(First, deal, data);
        for (int i = 0; i < kills; i++)
        {
            await Task.Delay(random.Next(500, LongestMs), TestContext.Current.CancellationToken);
            await world.KillProviderAsync(First);
            world.StartProvider(First);
        }
        await uploading;
        await client.UntilAsync(deal, DealPhase.Settled, seconds: 180);
        Assert.Equal(deal.Terms.MinimumFee + DealWorld.FeeOf(deal), await MarketContract.GetCreditAsync(world.Node, ProviderWorld.OwnerOf(First), TestContext.Current.CancellationToken));
        Assert.Empty(await client.FailedTransactionsAsync(ProviderWorld.OperatorOf(First)));
        Assert.Single(await world.LogsAsync("SectorPreCommitted(uint64,uint64,bytes32,bytes32,uint40,uint40,uint8)"));
        await ProviderWorld.UntilAsync(() => Task.FromResult(Directory.GetFiles(world.PiecesFolderOf(First)).Length == 0), "nothing is kept");
        Assert.Empty(Directory.GetFiles(world.SectorsFolder, "*.part", SearchOption.AllDirectories));
        Assert.True(Directory.GetDirectories(world.SectorsFolder).Length <= 1);
    }

    /// <summary>What everybody gets, by the protocol's text and the chain's events alone. spec: ours#6</summary>
    private static async Task RequirePaymentsAsync(ProviderWorld world, DealWorld client, DeployedDeal deal, List<Delivery> read)
    {
        const ulong TimeOut = 60_000;
        Dictionary<ulong, ulong> asked = (await client.LogsAsync(deal, "DataRequested(uint256,uint64,uint8,uint256)")).ToDictionary(one => NumberOf(one.Log.Topics[1]), one => one.Slot);
        Dictionary<ulong, List<ulong>> waited = [];
        foreach ((ulong slot, ExecutionLog log) in await client.LogsAsync(deal, "RequestAnswered(uint256,uint64)"))
        {
            ulong ms = (slot - asked[NumberOf(log.Topics[1])]) * world.Parameters.SecondsPerSlot * 1_000;
            (CollectionsMarshal.GetValueRefOrAddDefault(waited, NumberOf(log.Topics[2]), out _) ??= []).Add(Math.Min(ms, TimeOut - 1));
        }
        ulong[] inOrder = [.. (await client.SharesAsync(deal)).Select(share => share.Provider)];
        ulong TimeOf(ulong provider)
        {
            ulong[] samples =
            [
                .. waited[provider], .. Enumerable.Repeat(TimeOut, asked.Count - waited[provider].Count),
                .. read.Where(delivery => delivery.Provider == provider).Select(delivery => Math.Min(delivery.MsToLastByte, TimeOut)),
            ];
            return (ulong)samples.Sum(ms => (long)ms) * 1_000 / (ulong)samples.Length;
        }
        Assert.Equal((ulong)read.Count, await DealContract.GetTallyAsync(world.Node, deal.Contract, Third, 0, TestContext.Current.CancellationToken));
        ulong winner = inOrder.MinBy(TimeOf); // all ask the same, so of equals the first to register
        BigInteger fee = (BigInteger)DealWorld.FeeOf(deal), all = 3 * fee, first = fee + (all - fee) / 2, other = (all - first) / 2 / 2;
        foreach (ulong provider in inOrder)
        {
            BigInteger credit = (BigInteger)await MarketContract.GetCreditAsync(world.Node, ProviderWorld.OwnerOf(provider), TestContext.Current.CancellationToken);
            Assert.Equal((provider == winner ? first : other) + (BigInteger)deal.Terms.MinimumFee, credit);
        }
        Assert.Equal(3 * (BigInteger)deal.Terms.Ceiling - all, (BigInteger)await MarketContract.GetCreditAsync(world.Node, world.Client.Account, TestContext.Current.CancellationToken));
        Assert.Equal((UInt256)winner, UInt256.ReadBigEndian(Assert.Single(await client.LogsAsync(deal, "DealSettled(uint64,uint256,uint256,uint256)")).Log.Topics[1].AsSpan()));
    }

    /// <summary>The status tells the deal and what it paid, and the owner takes it out of Market, once.</summary>
    private static async Task RequireOperatorSeesAsync(ProviderWorld world, DeployedDeal deal)
    {
        UInt256 credit = await MarketContract.GetCreditAsync(world.Node, ProviderWorld.OwnerOf(First), TestContext.Current.CancellationToken);
        string paid = $"{(BigInteger)(credit - deal.Terms.MinimumFee)}";
        FlashbackProgram.Result status = await FlashbackProgram.RunAsync("provider", "status", "--url", world.EndpointOf(First).ToString(), "--json");
        JsonElement told = JsonDocument.Parse(status.Output).RootElement, line = Assert.Single(told.GetProperty("deals").EnumerateArray()), income = told.GetProperty("income");
        Assert.Equal((deal.Number, "settled", paid), (line.GetProperty("deal").GetUInt64(), line.GetProperty("state").GetString(), line.GetProperty("paidWei").GetString()));
        Assert.Equal(("0", paid, $"{(BigInteger)credit}"), (income.GetProperty("expected").GetString(), income.GetProperty("landed").GetString(), income.GetProperty("credit").GetString()));
        Assert.Contains($"{paid} landed", (await FlashbackProgram.RunAsync("provider", "status", "--url", world.EndpointOf(First).ToString())).Output, StringComparison.Ordinal);
        FlashbackProgram.Result withdrawn = await world.WithdrawAsync(First);
        Assert.True(withdrawn.ExitCode == 0, withdrawn.Output + withdrawn.Errors);
        Assert.Equal(UInt256.Zero, await MarketContract.GetCreditAsync(world.Node, ProviderWorld.OwnerOf(First), TestContext.Current.CancellationToken));
        Assert.Contains("nothing is put aside", (await world.WithdrawAsync(First)).Errors, StringComparison.Ordinal);
    }

    private static ulong NumberOf(Hash32 topic) => UInt256.ReadBigEndian(topic.AsSpan()).Low;

    private static IEnumerable<ExecutionLog> KindOf(IReadOnlyList<ExecutionLog> claims, SectorClaimKind kind) => claims.Where(claim => NumberOf(claim.Topics[1]) == (ulong)kind);

    private Task<ProviderWorld> StartAsync(params ulong[] providers) => StartAsync(ProviderWorld.Fast(Kind), providers);

    private async Task<ProviderWorld> StartAsync(SpacetimeParameters parameters, params ulong[] providers)
    {
        ProviderWorld world = await ProviderWorld.StartAsync(_folder, parameters, new SimulatedProver(Kind).Keys);
        await world.JoinAsync(providers);
        return world;
    }
}
