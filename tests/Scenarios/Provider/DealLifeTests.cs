using System.Net;
using Flashback.Client;
using Flashback.Proofs;

namespace Flashback.Scenarios.Provider;

/// <summary>Deals on a network that runs beside: what the providers' policy takes is registered in, sealed, shown, and kept, by itself.</summary>
public sealed class DealLifeTests : IDisposable
{
    private const ulong First = ProviderWorld.Validator, Second = First + 1;

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

    private async Task<ProviderWorld> StartAsync(params ulong[] providers)
    {
        SealKind kind = SealKind.Of(5); // 2 KiB
        ProviderWorld world = await ProviderWorld.StartAsync(_folder, ProviderWorld.Fast(kind), new SimulatedProver(kind).Keys);
        await ProviderWorld.UntilAsync(async () => await world.SlotAsync() >= 3, "blocks come");
        foreach (FlashbackProgram.Result registered in await Task.WhenAll(providers.Select(world.RegisterAsync)))
            Assert.True(registered.ExitCode == 0, registered.Output + registered.Errors);
        foreach (ulong provider in providers)
        {
            world.StartProvider(provider);
            await world.UntilAnsweringAsync(provider);
        }
        return world;
    }
}
