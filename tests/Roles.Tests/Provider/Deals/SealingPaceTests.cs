using Flashback.Client;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;

namespace Flashback.Roles.Tests.Provider.Deals;

/// <summary>How long sealing and updating are expected to take.</summary>
public class SealingPaceTests
{
    private const ulong Delay = 4, Window = 10, Lookback = 5, Transactions = 4;

    [Fact]
    public void Until_it_is_measured_an_update_of_a_devnet_sector_is_slower_than_sealing_one_and_of_a_large_one_quicker()
    {
        SealingPace devnet = Pace(SealKind.Devnet), large = Pace(SealKind.Of(8));
        Assert.True(devnet.UpdateSlots > 5 * devnet.Slots, $"{devnet.UpdateSlots}, {devnet.Slots}");
        Assert.True(large.UpdateSlots < large.Slots, $"{large.UpdateSlots}, {large.Slots}");
    }

    [Fact]
    public void What_took_a_time_last_is_expected_to_take_it_again_on_top_of_what_the_chain_takes()
    {
        SealingPace pace = Pace(SealKind.Devnet);
        Count(pace, WorkStep.Seal, 5);
        Count(pace, WorkStep.Witness, 1);
        Count(pace, WorkStep.Compress, 30.5);
        Assert.Equal(37 + Delay + Transactions, pace.Slots);
        Assert.Equal(110 + Delay + Transactions, pace.SlotsBehind(2)); // three times 36.5 s
        Count(pace, WorkStep.Update, 3);
        Count(pace, WorkStep.CompressUpdate, 600);
        Assert.Equal(603 + Window + Lookback + Transactions, pace.UpdateSlots);
        pace.Count(WorkStep.CompressUpdate, StepResult.Failed, TimeSpan.FromSeconds(1));
        Assert.Equal(603 + Window + Lookback + Transactions, pace.UpdateSlots);
    }

    [Fact]
    public void A_machine_that_proves_a_seal_quickly_is_expected_to_prove_an_update_as_quickly()
    {
        SealingPace pace = Pace(SealKind.Devnet);
        ulong guessed = pace.UpdateSlots;
        Count(pace, WorkStep.Compress, 1);
        Assert.True(pace.UpdateSlots < guessed / 5, $"{pace.UpdateSlots}, {guessed}");
    }

    [Theory]
    [InlineData(1006, 1_800_000, 2_000_000)] // measured: 1.92 million
    [InlineData(8, 1_100_000_000, 1_400_000_000)] // Filecoin's ten of some 130 million
    public void A_seals_constraints_are_known_within_a_tenth(int kind, long least, long most) =>
        Assert.InRange(CircuitSizes.OfSeal(SealKind.All.Single(one => one.Number == kind)), least, most);

    [Theory]
    [InlineData(8L << 20, 36_000_000, 44_000_000)] // measured: 40 million
    [InlineData(32L << 30, 1_150_000_000, 1_450_000_000)] // Filecoin's sixteen of some 81 million
    public void An_updates_constraints_are_known_within_a_tenth(long bytes, long least, long most) => Assert.InRange(CircuitSizes.OfUpdate(SectorSize.Of(bytes)), least, most);

    private static void Count(SealingPace pace, WorkStep step, double seconds) => pace.Count(step, StepResult.Done, TimeSpan.FromSeconds(seconds));

    private static SealingPace Pace(SealKind kind)
    {
        KnownStorageNetwork network = new(0, 1, 2, UInt256.Zero, 0, 1, 60, 6, Lookback, Delay, 5, 5, 2048, 2, 50_000_000_000, 1_000_000UL << 19, 60);
        return new SealingPace(new ProviderChain(null!, null!, 3, default, network, TimeProvider.System), kind);
    }
}
