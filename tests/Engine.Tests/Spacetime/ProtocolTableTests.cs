using System.Globalization;
using System.Text.RegularExpressions;
using Flashback.Chain.Spacetime;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Engine.Tests.Spacetime;

/// <summary>What docs/PROTOCOL.md says of a network's storage duties is what its genesis has.</summary>
public partial class ProtocolTableTests
{
    private const ulong Gwei = 1_000_000_000;

    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Vectors.Checkout, "docs", "PROTOCOL.md"));

    [Fact]
    public void Parameters_are_those_of_the_protocol()
    {
        SpacetimeParameters[] networks = [SpacetimeParameters.Flashback(0), SpacetimeParameters.Devnet(0)];
        for (int i = 0; i < networks.Length; i++)
        {
            SpacetimeParameters network = networks[i];
            Assert.Equal([network.ProvingPeriod, network.Deadlines], Numbers("PROVING_PERIOD / DEADLINES", i).Where(number => number is not (24 or 4)));
            Assert.Equal(network.PrecommitDelay, Numbers("PRECOMMIT_DELAY", i)[0]);
            Assert.Equal(network.ChallengeLookback, Numbers("CHALLENGE_LOOKBACK", i)[0]);
            Assert.Equal(network.FaultMaxAge, Numbers("FAULT_MAX_AGE", i)[0]);
            Assert.Equal(network.FaultFee, Numbers("FAULT_FEE", i)[0]);
            Assert.Equal(network.MinLifetimePeriods, Numbers("MIN_LIFETIME", i)[0]);
            Assert.Equal((ulong)network.Seal.Size.WindowSectors, Numbers("PARTITION_SECTORS", i)[0]);
            Assert.Equal(network.CollateralPerTib, Numbers("COLLATERAL_PER_TIB", i)[0] * Gwei);
            Assert.Equal((ulong)network.Seal.Challenges.Partitions, i == 0 ? Numbers("sector size", i)[3] : 1);
        }
    }

    [Theory]
    [InlineData("Randomness")]
    [InlineData("Providers")]
    [InlineData("Sectors")]
    [InlineData("Market")]
    [InlineData("QonOptimizer")]
    public void Contracts_stand_where_the_protocol_says(string contract)
    {
        Address address = GenesisContracts.Spacetime(SpacetimeParameters.Devnet(0))[Array.IndexOf(["Randomness", "Providers", "Sectors", "Market", "QonOptimizer"], contract)].Address;
        Assert.Contains(Lines, line => line.StartsWith($"| {contract} | `{address.ToString().ToLowerInvariant()}` |", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_immutable_of_a_contract_can_be_asked_for_and_has_the_networks_value()
    {
        SpacetimeWorld world = new(SpacetimeParameters.Flashback(1_000_000));
        foreach ((string contract, Address address) in new[] { ("Providers", GenesisContracts.Providers), ("Sectors", GenesisContracts.Sectors), ("QonOptimizer", GenesisContracts.QonOptimizer) })
        {
            foreach (string name in ContractArtifact.Load(contract).Immutables.Keys)
                Assert.Equal(world.Parameters.Immutables[name], Abi.WordAt(world.Ask(address, $"{name}()"), 0));
        }
        Assert.Equal(world.Parameters.FaultFee * 32, Abi.WordAt(world.Ask("sectorFee()"), 0).Low);
    }

    /// <summary>Constants of deals that every network has.</summary>
    [Fact]
    public void Limits_of_deals_are_those_of_the_protocol()
    {
        SpacetimeWorld world = new();
        foreach (string name in new[] { "MAX_PROVIDERS", "FAULT_TOLERANCE", "SEALING_SHARE", "HOT_NODES", "MAX_REQUEST_HEIGHT", "MAX_REQUESTS", "MAX_BATCH", "MAX_SAMPLES", "MIN_SAMPLES", "TIME_OUT" })
            Assert.Equal(Numbers($"{name} |", 0)[0], Abi.WordAt(world.Ask(GenesisContracts.QonOptimizer, $"{name}()"), 0).Low);
        Assert.Equal(Numbers("MAX_SAMPLES_PER_CLIENT |", 0)[0], Abi.WordAt(world.Ask(GenesisContracts.Market, "MAX_SAMPLES_PER_CLIENT()"), 0).Low);
        Assert.Equal(Delivery.TimeOutMs, Numbers("TIME_OUT |", 0)[0]);
    }

    /// <summary>The windows of a partition keep apart, ages fit their bits, and no sector can cost more than what stands behind it.</summary>
    [Fact]
    public void Parameters_keep_what_the_contracts_rely_on()
    {
        foreach (SpacetimeParameters network in new[] { SpacetimeParameters.Flashback(0), SpacetimeParameters.Devnet(0) })
        {
            Assert.Equal(0UL, network.ProvingPeriod % network.Deadlines);
            Assert.InRange(network.ChallengeLookback, 1UL, network.ProvingPeriod / network.Deadlines);
            Assert.InRange(network.FaultMaxAge, 1UL, 63UL);
            Assert.InRange(network.Seal.Size.WindowSectors, 1, 2_560);
            Assert.InRange((3 + network.FaultMaxAge + 14) * network.FaultFee * 1_024, 1UL, network.CollateralPerTib);
        }
    }

    private static ulong[] Numbers(string row, int network)
    {
        string line = Assert.Single(Lines, line => line.StartsWith($"| {row}", StringComparison.Ordinal));
        return [.. Digits().Matches(line.Split('|')[2 + network]).Select(match => ulong.Parse(match.Value.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture))];
    }

    [GeneratedRegex(@"\d[\d,]*")]
    private static partial Regex Digits();
}
