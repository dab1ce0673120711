using Flashback.Client;
using Flashback.Consensus;
using Flashback.Proofs;
using Flashback.Provider;
using Flashback.Testing;

namespace Flashback.Scenarios.Provider;

/// <summary>A provider's life on a network that runs beside it: what it is to do it does by itself, whenever it is killed, and what it does not do it pays for.</summary>
public sealed class ProviderLifeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-provider-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_provider_that_is_killed_on_the_way_seals_once_and_proves_in_time()
    {
        await using ProviderWorld world = await StartAsync();
        await RequireRegistrationAsync(world);
        await LiveWithKillsAsync(world, kills: 3, longest: TimeSpan.FromSeconds(3), windows: 1);
        await RequireRefusalsAsync(world);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Thirty_times_killed_it_still_proves_every_window()
    {
        await using ProviderWorld world = await StartAsync(faultMaxAge: 30); // what is missed between kills may cost, and must not end a sector
        await RequireRegistrationAsync(world);
        await LiveWithKillsAsync(world, kills: 30, longest: TimeSpan.FromSeconds(4), windows: 4);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_sector_is_proven_lost_recovered_lost_for_good_paid_for_and_ended_and_its_validator_leaves()
    {
        await using ProviderWorld world = await StartAsync();
        await RequireRegistrationAsync(world);
        world.StartProvider();
        world.Order(new ProviderOrder { Kind = OrderKind.Pledge, Count = 1, Periods = 100 });
        await ProviderWorld.UntilAsync(async () => await world.SectorAsync(1) is { Status: ChainSectorStatus.Live }, "the sector is live");

        await SectorLife.RequireAsync(world, () => world.KillProviderAsync());
    }

    private async Task<ProviderWorld> StartAsync(ulong faultMaxAge = 2)
    {
        SealKind kind = SealKind.Of(5); // 2 KiB
        return await ProviderWorld.StartAsync(_folder, ProviderWorld.Fast(kind, faultMaxAge), new SimulatedProver(kind).Keys);
    }

    private static async Task RequireRegistrationAsync(ProviderWorld world)
    {
        await ProviderWorld.UntilAsync(async () => await world.SlotAsync() >= 3, "blocks come");
        FlashbackProgram.Result nobody = await world.RegisterAsync(999);
        Assert.Equal(1, nobody.ExitCode);
        Assert.Contains("there is no validator 999", nobody.Errors, StringComparison.Ordinal);
        FlashbackProgram.Result foreign = await world.RegisterAsync(ProviderWorld.Validator + 3);
        Assert.Equal(1, foreign.ExitCode);
        Assert.Contains("NotWithdrawalAddress(", foreign.Errors, StringComparison.Ordinal);
        FlashbackProgram.Result registered = await world.RegisterAsync(ProviderWorld.Validator);
        Assert.True(registered.ExitCode == 0, registered.Output + registered.Errors);
        FlashbackProgram.Result again = await world.RegisterAsync(ProviderWorld.Validator);
        Assert.Contains("AlreadyRegistered(2)", again.Errors, StringComparison.Ordinal);
    }

    /// <summary>Who leaves, and who was slashed, becomes no provider.</summary>
    private static async Task RequireRefusalsAsync(ProviderWorld world)
    {
        const ulong Leaving = 3, Slashed = 4;
        await world.ExitAsync(Leaving);
        await world.SlashAsync(Slashed);
        await ProviderWorld.UntilAsync(async () => (await world.ValidatorAsync(Leaving)).Validator.ExitEpoch != Epoch.FarFuture && (await world.ValidatorAsync(Slashed)).Validator.Slashed, "one leaves, one is slashed");
        // A registration shows the validator in the state before the head: two blocks later that is one with the news in it.
        ulong seen = (await world.Node.GetHeadAsync(TestContext.Current.CancellationToken)).Number;
        await ProviderWorld.UntilAsync(async () => (await world.Node.GetHeadAsync(TestContext.Current.CancellationToken)).Number >= seen + 2, "two blocks later");
        Assert.Matches(@"NotActive\(.*, false\)", await RegistrationErrorOf(Leaving));
        Assert.Matches(@"NotActive\(.*, true\)", await RegistrationErrorOf(Slashed));

        async Task<string> RegistrationErrorOf(ulong validator)
        {
            FlashbackProgram.Result result = await world.RegisterAsync(validator);
            Assert.Equal(1, result.ExitCode);
            return result.Errors;
        }
    }

    /// <summary>Kills the provider at random moments until it has got through, then lets it run: each step took effect once, every window is proven once, and no files are left over.</summary>
    private static async Task LiveWithKillsAsync(ProviderWorld world, int kills, TimeSpan longest, int windows)
    {
        const int Sectors = 2;
        Random random = Seeds.Fresh();
        world.Order(new ProviderOrder { Kind = OrderKind.Pledge, Count = Sectors, Periods = 100 });
        for (int i = 0; i < kills; i++)
        {
            world.StartProvider();
            await Task.Delay(random.Next(500, (int)longest.TotalMilliseconds), TestContext.Current.CancellationToken);
            await world.KillProviderAsync();
        }
        world.StartProvider();
        for (ulong number = 1; number <= Sectors; number++)
            await ProviderWorld.UntilAsync(async () => await world.SectorAsync(number) is { Status: ChainSectorStatus.Live }, $"sector {number} is live");
        for (int i = 0; i < windows; i++)
            await SectorLife.RequireNextWindowProvenAsync(world);
        Assert.True(world.IsProviderRunning);
        Assert.Equal(Sectors, (await world.LogsAsync("SectorPreCommitted(uint64,uint64,bytes32,bytes32,uint40,uint40,uint8)")).Count);
        Assert.Equal(Sectors, (await world.LogsAsync("SectorActivated(uint64,uint64,uint64,uint16)")).Count);
        IReadOnlyList<ExecutionLog> claims = await world.LogsAsync("ProofClaimed(uint8,uint64,uint64,bytes32,uint32,uint32)");
        Assert.Equal(Sectors, claims.Count(claim => claim.Topics[1] == default)); // of kind SEAL
        Assert.Equal(["1", "2"], Directory.GetDirectories(world.SectorsFolder).Select(Path.GetFileName).Order());
        Assert.Empty(Directory.GetFiles(world.SectorsFolder, "*.part", SearchOption.AllDirectories));
    }
}
