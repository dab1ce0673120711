using System.Net;
using System.Numerics;
using Flashback.Client;
using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Scenarios.Provider;

/// <summary>What becomes of providers of a deal that do not do what they are paid for, with true programs on a true network; what contracts and gate alone decide is tested with them. See docs/SECURITY.md.</summary>
public sealed class CheatLifeTests : IDisposable
{
    private const ulong Honest = ProviderWorld.Validator, Deleting = Honest + 1, Leaving = Honest + 2;

    private static readonly SealKind Kind = SealKind.Of(5); // 2 KiB
    private static readonly ulong[] All = [Honest, Deleting, Leaving];

    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-cheats-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Who_deletes_what_it_stores_and_who_leaves_lose_fee_and_collateral_and_who_runs_twice_gains_nothing()
    {
        await using ProviderWorld world = await ProviderWorld.StartAsync(_folder, ProviderWorld.Fast(Kind) with { ProvingPeriod = 24, ChallengeLookback = 3 }, new SimulatedProver(Kind).Keys);
        using DealWorld client = new(world);
        await world.JoinAsync(All);
        byte[] data = DealWorld.DrawPiece();
        DeployedDeal deal = await client.DeployAsync(data, providers: 3, registration: 40, activation: 70, periods: 4);
        await client.UntilAsync(deal, DealPhase.Running);
        foreach (ulong provider in All)
            Assert.Equal(HttpStatusCode.OK, await client.UploadAsync(provider, deal, data, 0, data.Length));
        await client.UntilActiveAsync(deal);

        await SectorLife.RequireNextWindowProvenAsync(world); // so that there is time until the next one
        using IDisposable twin = await world.StartTwinAsync(Honest);
        await DeleteAsync(world);
        await LeaveAsync(world, client, deal);

        // Bytes of another day under the piece's name: they open nothing, so the copy is made again from the replica.
        string copy = Assert.Single(Directory.GetFiles(world.PiecesFolderOf(Honest)), file => !file.EndsWith(".tree", StringComparison.Ordinal));
        await File.WriteAllBytesAsync(copy, DealWorld.DrawPiece(), Cancellation);
        await ProviderWorld.UntilAsync(async () => await client.ReadAsync(Honest, deal, data.Length) is { } read && read.AsSpan().SequenceEqual(data), "the copy is right again", seconds: 90);

        await client.UntilAsync(deal, DealPhase.Settled, seconds: 180);
        BigInteger fee = (BigInteger)DealWorld.FeeOf(deal), collateral = (BigInteger)deal.Terms.MinimumFee;
        Assert.Equal(fee + collateral, await CreditAsync(world, ProviderWorld.OwnerOf(Honest)));
        Assert.Equal((0, 0), (await CreditAsync(world, ProviderWorld.OwnerOf(Deleting)), await CreditAsync(world, ProviderWorld.OwnerOf(Leaving))));
        Assert.Equal((BigInteger)deal.Terms.Escrow - fee + (2 * collateral), await CreditAsync(world, world.Client.Account));
        await RequirePenaltiesAsync(world);
    }

    /// <summary>Its operator throws replica and copy away and goes on as if nothing were.</summary>
    private static async Task DeleteAsync(ProviderWorld world)
    {
        await world.KillProviderAsync(Deleting);
        foreach (string kept in (string[])[world.SectorsFolderOf(Deleting), world.PiecesFolderOf(Deleting)])
            Directory.Delete(kept, recursive: true);
        world.StartProvider(Deleting);
        await ProviderWorld.UntilAsync(async () => await world.SectorAsync(1, Deleting) is { IsFaulty: true }, "the sector is faulty", seconds: 90);
    }

    /// <summary>Its validator asks to leave; anybody shows it, and its sectors end at once.</summary>
    private static async Task LeaveAsync(ProviderWorld world, DealWorld client, DeployedDeal deal)
    {
        await world.ExitAsync(Leaving);
        await ProviderWorld.UntilAsync(async () => (await world.ValidatorAsync(Leaving)).Validator.ExitEpoch != Epoch.FarFuture, "the validator leaves");
        await ProviderWorld.UntilAsync(
            async () =>
            {
                await world.RefreshStakeAsync(Leaving);
                return await world.Node.FindProviderAsync(Leaving, Cancellation) is { IsActive: false };
            },
            "the provider has ended");
        await client.SendAsync(DealContract.Prune(deal.Contract));
        Assert.Equal(ShareStanding.Out, (await client.SharesAsync(deal)).Single(share => share.Provider == Leaving).Standing);
    }

    /// <summary>The honest one's stake is whole; who deleted pays for faults, who leaves for the end of its sector and the deal's fee once more.</summary>
    private static async Task RequirePenaltiesAsync(ProviderWorld world)
    {
        Bytes48 KeyOf(ulong provider) => world.Genesis.Validators[(int)provider].PublicKey;
        await ProviderWorld.UntilAsync(async () => (await world.PenaltiesAsync()).Any(one => one.Request.ValidatorPublicKey == KeyOf(Leaving)), "who leaves has paid");
        IReadOnlyList<ChargedPenalty> penalties = await world.PenaltiesAsync();
        Assert.DoesNotContain(penalties, one => one.Request.ValidatorPublicKey == KeyOf(Honest));
        Assert.Contains(penalties, one => one.Request.ValidatorPublicKey == KeyOf(Deleting) && one.Request.Kind == StoragePenaltyRequest.Fault);
        Assert.Contains(penalties, one => one.Request.ValidatorPublicKey == KeyOf(Leaving) && one.Request.Kind == StoragePenaltyRequest.Terminate);
        Assert.All(penalties, one => Assert.Equal(one.Request.Amount.Value, one.Charged));
    }

    private static async Task<BigInteger> CreditAsync(ProviderWorld world, Address payee) => (BigInteger)await MarketContract.GetCreditAsync(world.Node, payee, Cancellation);
}
