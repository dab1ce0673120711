using Flashback.Chain.Spacetime;
using Flashback.Execution;

namespace Flashback.Engine.Tests.Spacetime;

/// <summary>The call at the end of each block when there is much to do.</summary>
public class ClosingTests
{
    private const int Provider = 1;

    [Fact]
    public void A_block_carries_sixteen_penalties_and_the_next_one_the_rest()
    {
        const int Providers = 20;
        SpacetimeWorld world = new(validators: Providers);
        for (int provider = 0; provider < Providers; provider++)
        {
            world.Register(provider);
            WithSector(world, provider);
        }
        _ = world.AdvanceTo(world.Slot + 1);
        for (int provider = 0; provider < Providers; provider++)
            world.Beacon.Change(provider, validator => validator with { Slashed = true });
        _ = world.End();
        world.Begin(world.Slot + 1);
        for (int provider = 0; provider < Providers; provider++)
        {
            SpacetimeWorld.AssertDone(world.TryRefresh(world.Beacon.Prove(provider, world.Timestamp)));
            Assert.NotEqual(0UL, Abi.WordAt(world.Ask("debtOf(uint64)", (ulong)provider), 0).Low);
        }
        Penalty[] first = world.End();
        world.Begin(world.Slot + 1);
        Penalty[] second = world.End();
        Assert.Equal(16, first.Length);
        Assert.Equal(Enumerable.Range(0, Providers).Select(provider => world.Beacon[provider].PublicKey), first.Concat(second).Select(penalty => penalty.PublicKey)); // first come, first carried
        Assert.All(first.Concat(second), penalty => Assert.Equal(1, penalty.Kind));
        world.Begin(world.Slot + 1);
        Assert.Empty(world.End());
        Assert.Equal(0UL, Abi.WordAt(world.Ask("debtOf(uint64)", 0UL), 0).Low);
    }

    /// <summary>Sixty periods pass without a block: in the end everything is owed that would have been, and no call has run out of gas.</summary>
    [Fact]
    public void A_chain_that_stood_still_catches_up()
    {
        SpacetimeParameters parameters = SpacetimeParameters.Flashback(genesisTime: 1_000_000);
        SpacetimeWorld world = new(parameters, gwei: 640_000_000_000_000);
        world.Register(Provider);
        world.Seal(Provider, 0, 2_400); // a full partition and some
        Assert.Equal(2UL, Abi.WordAt(world.Ask("accountOf(uint64)", (ulong)Provider), 2).Low);
        _ = world.End();
        world.Begin(world.Slot + 60 * parameters.ProvingPeriod);
        List<Penalty> penalties = [];
        int blocks = 0;
        while (Abi.WordAt(world.Ask("accountOf(uint64)", (ulong)Provider), 1).Low > 0)
        {
            penalties.AddRange(world.AdvanceTo(world.Slot + 1));
            Assert.InRange(++blocks, 1, 100);
        }
        ulong fee = Abi.WordAt(world.Ask("sectorFee()"), 0).Low;
        Assert.Equal(2_400 * fee * (3 + parameters.FaultMaxAge + 14), penalties.Aggregate(0UL, (sum, penalty) => sum + penalty.Gwei));
        Assert.Equal(1, penalties[^1].Kind);
        Assert.Empty(world.AdvanceTo(world.Slot + 10));
    }

    /// <summary>Otherwise nothing could prove it, and its provider would pay for nothing.</summary>
    [Fact]
    public void What_a_full_partition_has_to_prove_is_told_with_the_gas_of_one_call()
    {
        SpacetimeParameters parameters = SpacetimeParameters.Flashback(genesisTime: 1_000_000);
        SpacetimeWorld world = new(parameters, gwei: 640_000_000_000_000);
        world.Register(Provider);
        world.Seal(Provider, 0, 2_349);
        for (int window = 0; window < 2; window++) // the first one may have been challenged before
        {
            _ = world.End();
            world.Begin(world.Window(Provider, 0)[2]);
            if (Abi.WordAt(world.Ask("windowInputs(uint64,uint64)", (ulong)Provider, 0UL), 3).Low == 2_349)
                return;
            _ = world.End();
            world.Begin(world.Window(Provider, 0)[3]);
        }
        Assert.Fail("no window has all sectors");
    }

    [Fact]
    public void A_partition_whose_sectors_have_all_ended_is_looked_at_no_more()
    {
        SpacetimeWorld world = new();
        world.Register(Provider);
        world.Seal(Provider, 1, 2); // full: the devnet's partitions have two
        SpacetimeWorld.AssertDone(world.Operate(Provider, "terminate(uint64,uint64[])", (object)new object[] { 1UL, 2UL }));
        _ = world.AdvanceTo(world.Slot + world.Parameters.ProvingPeriod);
        _ = world.End();
        ulong[] gas = [.. Enumerable.Range(0, (int)world.Parameters.ProvingPeriod).Select(_ =>
        {
            world.Begin(world.Slot + 1);
            return world.Contracts.Send(SystemCallOutcome.Caller, GenesisContracts.Sectors, []).GasUsed;
        })];
        Assert.Single(gas.Distinct());
    }

    private static void WithSector(SpacetimeWorld world, int provider)
    {
        SpacetimeWorld.AssertDone(world.TryPreCommit(provider, world.PreCommit(1)));
        _ = world.AdvanceTo(world.Slot + 5);
        SpacetimeWorld.AssertDone(world.TryClaim(provider, SpacetimeWorld.Claim(0, provider, 1)));
    }
}
