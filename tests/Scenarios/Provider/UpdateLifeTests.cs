using System.Net;
using System.Numerics;
using Flashback.Chain.Spacetime;
using Flashback.Client;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;
using Flashback.Testing;

namespace Flashback.Scenarios.Provider;

/// <summary>Sectors that are pledged empty take the pieces of deals, and deals are extended, by the providers' programs themselves.</summary>
public sealed class UpdateLifeTests : IDisposable
{
    private const ulong First = ProviderWorld.Validator, Second = First + 1;

    private static readonly SealKind Kind = SealKind.Of(5); // 2 KiB
    private static readonly ulong[] Both = [First, Second];

    // Sealing waits for its seed longer than an update takes, also where nothing was measured yet.
    private static readonly SpacetimeParameters Parameters = ProviderWorld.Fast(Kind) with { ProvingPeriod = 24, ChallengeLookback = 3, PrecommitDelay = 42 };

    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-updates-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Pledged_sectors_take_a_piece_whenever_their_provider_is_killed_and_an_extension_pays_its_share_to_the_wei()
    {
        await using ProviderWorld world = await ProviderWorld.StartAsync(_folder, Parameters, new SimulatedProver(Kind).Keys);
        using DealWorld client = new(world);
        await world.JoinAsync(Both);
        foreach (ulong provider in Both)
            world.Order(new ProviderOrder { Kind = OrderKind.Pledge, Count = 1, Periods = 2 }, provider);
        foreach (ulong provider in Both)
            await ProviderWorld.UntilAsync(async () => await world.SectorAsync(1, provider) is { Status: ChainSectorStatus.Live }, $"the sector of {provider} is live", seconds: 120);

        byte[] data = DealWorld.DrawPiece();
        DeployedDeal deal = await client.DeployAsync(data, providers: 2, registration: 40, activation: 80, periods: 1);
        await client.UntilAsync(deal, DealPhase.Running);
        Task<HttpStatusCode> second = client.UploadAsync(Second, deal, data, 0, data.Length);
        Assert.Equal(HttpStatusCode.OK, await client.UploadAsync(First, deal, data, 0, data.Length));
        await KillAsync(world, times: 3);
        Assert.Equal(HttpStatusCode.OK, await second);
        await client.UntilActiveAsync(deal, seconds: 90);
        await RequireUpdatesAsync(world, client, deal);

        // A readable copy that is deleted comes back out of the new replica.
        File.Delete(Assert.Single(Directory.GetFiles(world.PiecesFolderOf(Second)), file => !file.EndsWith(".tree", StringComparison.Ordinal)));
        await ProviderWorld.UntilAsync(async () => await client.ReadAsync(Second, deal, data.Length) is { } read && read.AsSpan().SequenceEqual(data), "the copy is unsealed");

        await ExtendAsync(world, client, deal);
        await client.UntilAsync(deal, DealPhase.Settled, seconds: 120);
        BigInteger paid = (BigInteger)deal.Terms.MinimumFee + GrownFeeOf(deal);
        foreach (ulong provider in Both)
            Assert.Equal(paid, (BigInteger)await MarketContract.GetCreditAsync(world.Node, ProviderWorld.OwnerOf(provider), Cancellation));
        Assert.Equal((BigInteger)(deal.Terms.Escrow - DealWorld.FeeOf(deal) * 2UL) + Surplus, (BigInteger)await MarketContract.GetCreditAsync(world.Node, world.Client.Account, Cancellation));
        Assert.Empty(await world.PenaltiesAsync());
        foreach (ulong provider in Both)
        {
            Assert.Empty(await client.FailedTransactionsAsync(ProviderWorld.OperatorOf(provider)));
            string folder = Path.Combine(world.SectorsFolderOf(provider), "1");
            await ProviderWorld.UntilAsync(() => Task.FromResult(!File.Exists(Path.Combine(folder, "sealed")) && File.Exists(Path.Combine(folder, "update"))), $"the old replica of {provider} is gone", seconds: 90);
        }
    }

    private const int Surplus = 7; // wei that are paid beside the extension's fee

    private static async Task KillAsync(ProviderWorld world, int times)
    {
        Random random = Seeds.Fresh();
        for (int i = 0; i < times; i++)
        {
            await Task.Delay(random.Next(500, 4_000), Cancellation);
            await world.KillProviderAsync(First);
            world.StartProvider(First);
        }
    }

    /// <summary>No sector was sealed for the deal: each pledged one was updated once, after it had been committed for longer, and is faultless.</summary>
    private static async Task RequireUpdatesAsync(ProviderWorld world, DealWorld client, DeployedDeal deal)
    {
        Assert.Equal(2, (await world.LogsAsync("SectorPreCommitted(uint64,uint64,bytes32,bytes32,uint40,uint40,uint8)")).Count);
        Assert.Equal(2, (await world.LogsAsync("SectorUpdated(uint64,uint64,bytes32,bytes32)")).Count);
        foreach (DealShare share in await client.SharesAsync(deal))
        {
            Assert.Equal(1UL, share.Sector);
            KnownSector sector = (await world.SectorAsync(1, share.Provider))!;
            Assert.True(sector is { Status: ChainSectorStatus.Live, IsFaulty: false } && sector.SealedCommR != default, $"{sector}");
            Assert.Equal(deal.Terms.End + (Parameters.ProvingPeriod / Parameters.Deadlines), sector.Expiration);
        }
    }

    /// <summary>The client proposes another period; both providers agree by themselves, and the shares grow.</summary>
    private static async Task ExtendAsync(ProviderWorld world, DealWorld client, DeployedDeal deal)
    {
        ulong end = deal.Terms.End + Parameters.ProvingPeriod;
        await ProviderWorld.UntilAsync(async () => await world.SlotAsync() >= deal.Terms.ActivationEnd, "the deal can be extended", seconds: 120);
        await client.SendAsync(DealContract.ProposeExtension(deal.Contract, end, (UInt256)(2 * AddedFeeOf(deal) + Surplus)));
        await ProviderWorld.UntilAsync(async () => await DealContract.GetEndAsync(world.Node, deal.Contract, Cancellation) == end, "both have agreed");
        Assert.All(await client.SharesAsync(deal), share => Assert.Equal(GrownFeeOf(deal), (BigInteger)share.Fee));
        foreach (ulong provider in Both)
            Assert.Equal(end + (Parameters.ProvingPeriod / Parameters.Deadlines), (await world.SectorAsync(1, provider))!.Expiration);
        Assert.Equal(2, (await client.LogsAsync(deal, "ExtensionAccepted(uint64)")).Count);
    }

    private static BigInteger AddedFeeOf(DeployedDeal deal) => (BigInteger)DealWorld.FeeOf(deal) * Parameters.ProvingPeriod / (deal.Terms.End - deal.Terms.ActivationEnd);

    private static BigInteger GrownFeeOf(DeployedDeal deal) => (BigInteger)DealWorld.FeeOf(deal) + AddedFeeOf(deal);
}
