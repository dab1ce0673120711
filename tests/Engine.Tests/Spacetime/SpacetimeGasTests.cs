using System.Globalization;
using Flashback.Chain.Spacetime;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime;

/// <summary>What storage duties cost in gas, with the production network's parameters. docs/BENCHMARKS.md has the table.</summary>
public class SpacetimeGasTests(ITestOutputHelper output)
{
    private const int Provider = 1;

    private static SpacetimeParameters Parameters => SpacetimeParameters.Flashback(genesisTime: 1_000_000);

    [Fact]
    public void A_window_claim_costs_the_same_for_one_sector_and_for_a_full_partition()
    {
        SpacetimeWorld world = NewWorld();
        world.Seal(Provider, 0, 1);
        ulong one = ClaimNextWindow(world);
        world.Seal(Provider, 1, 2_348);
        ulong full = ClaimNextWindow(world);
        Assert.Equal(2_349UL, Abi.WordAt(world.Ask("windowInputs(uint64,uint64)", (ulong)Provider, 0UL), 3).Low);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"WINDOW claim: {one} gas for 1 sector, {full} for 2,349"));
        Assert.InRange(full, one * 8 / 10, one * 12 / 10);
    }

    [Fact]
    public void Each_operation_has_its_price()
    {
        SpacetimeWorld world = NewWorld();
        Report("register", world.TryRegister(2, BeaconRecords.OwnerOf(2), world.Beacon.Prove(2, world.Timestamp)));
        world.Begin(world.Slot + 1);
        Report("refreshStake", world.TryRefresh(world.Beacon.Prove(2, world.Timestamp)));
        Report("preCommit, 1 sector", world.TryPreCommit(Provider, world.PreCommit(1)));
        Report("preCommit, 64 sectors", world.TryPreCommit(Provider, [.. Enumerable.Range(100, 64).Select(i => world.PreCommit((ulong)i))]));
        _ = world.AdvanceTo(world.Slot + Parameters.PrecommitDelay + 1);
        Report("claim SEAL, the first", world.TryClaim(Provider, SpacetimeWorld.Claim(0, Provider, 1)));
        Report("claim SEAL, 64 more", world.TryClaim(Provider, [.. Enumerable.Range(100, 64).Select(i => SpacetimeWorld.Claim(0, Provider, (ulong)i))]));
        Report("claim UPDATE", world.TryClaim(Provider, SpacetimeWorld.Claim(1, Provider, 1, Keccak.Hash256([1]), Keccak.Hash256([2]))));
        _ = world.End();
        world.Begin(world.Slot + Parameters.ProvingPeriod);
        object some = new object[] { 100UL, 101UL, 102UL, 103UL };
        _ = world.End();
        Report("declareRecoveries, 4 sectors", world.Operate(Provider, "declareRecoveries(uint64,uint64[])", some));
        world.Begin(world.Window(Provider, 0)[2]);
        Report("claim WINDOW with 4 recoveries", world.TryClaim(Provider, SpacetimeWorld.Claim(2, Provider, 0)));
        _ = world.AdvanceTo(world.Slot + 1);
        Report("extend, 4 sectors", world.Operate(Provider, "extend(uint64,uint64[],uint40)", some, world.Slot + 300 * Parameters.ProvingPeriod));
        Report("declareFaults, 4 sectors", world.Operate(Provider, "declareFaults(uint64,uint64[])", some));
        Report("terminate, 4 sectors", world.Operate(Provider, "terminate(uint64,uint64[])", some));
    }

    /// <summary>Providers whose windows are not closing cost nothing.</summary>
    [Fact]
    public void The_closing_call_grows_with_what_is_due_and_not_with_providers()
    {
        SpacetimeWorld few = NewWorld(), many = NewWorld();
        many.Register(0);
        many.Register(2);
        many.Register(3);
        foreach (int provider in new[] { 0, 2, 3 })
            many.Seal(provider, 1, 64);
        ulong quiet = Enumerable.Range(0, 48).Select(i => many.Slot + (ulong)i).First(slot => Enumerable.Range(0, 4).Where(p => p != Provider).All(p => Closes(many, p) != slot));
        _ = many.AdvanceTo(quiet);
        few.Begin(quiet);
        _ = few.End();
        few.Begin(quiet + 1);
        _ = many.AdvanceTo(quiet + 1);
        Assert.Equal(ClosingGas(few), ClosingGas(many));
    }

    private static ulong Closes(SpacetimeWorld world, int provider) => world.Window(provider, 0)[3];

    /// <summary>What the closing call of this block takes, as if it were a transaction.</summary>
    private static ulong ClosingGas(SpacetimeWorld world) => world.Contracts.Send(SystemCallOutcome.Caller, GenesisContracts.Sectors, []).GasUsed;

    private static SpacetimeWorld NewWorld()
    {
        SpacetimeWorld world = new(Parameters, gwei: 640_000_000_000_000);
        world.Register(Provider);
        return world;
    }

    private static ulong ClaimNextWindow(SpacetimeWorld world)
    {
        ulong opens = world.Window(Provider, 0)[2];
        while (opens < world.Slot)
            opens += Parameters.ProvingPeriod;
        _ = world.End();
        world.Begin(opens);
        TransactionOutcome outcome = world.TryClaim(Provider, SpacetimeWorld.Claim(2, Provider, 0));
        SpacetimeWorld.AssertDone(outcome);
        return outcome.GasUsed;
    }

    private void Report(string what, TransactionOutcome outcome)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {outcome.GasUsed} gas"));
        SpacetimeWorld.AssertDone(outcome);
    }
}
