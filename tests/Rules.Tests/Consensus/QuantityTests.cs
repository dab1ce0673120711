using Flashback.Consensus;
using Flashback.Testing;

namespace Flashback.Rules.Tests.Consensus;

/// <summary>Numbers with types of their own do not leave their range unnoticed.</summary>
public class QuantityTests
{
    [Fact]
    public void Overflow_is_an_exception_that_the_transition_turns_into_a_broken_rule()
    {
        Assert.Throws<OverflowException>(() => Epoch.FarFuture + 1);
        Assert.Throws<OverflowException>(() => new Slot(ulong.MaxValue) + 1);
        Assert.Throws<OverflowException>(() => new Slot(1) - new Slot(2));
        Assert.Throws<OverflowException>(() => new Gwei(1) - new Gwei(2));
        Assert.Throws<OverflowException>(() => new Gwei(ulong.MaxValue) + new Gwei(1));
        Assert.Throws<OverflowException>(() => new Gwei(1UL << 40) * (1UL << 24));
        Assert.Throws<OverflowException>(() => Presets.Mainnet.StartSlotOf(Epoch.FarFuture));
    }

    [Fact]
    public void The_square_root_is_the_largest_whose_square_is_no_more() => Seeds.Check(random =>
    {
        ulong[] telling = [0, 1, 2, 3, 4, 8, 9, 15, 16, 17, uint.MaxValue, 1UL << 32, (ulong)uint.MaxValue * uint.MaxValue, ((ulong)uint.MaxValue * uint.MaxValue) - 1, ulong.MaxValue - 1, ulong.MaxValue];
        ulong[] numbers = [.. telling, .. Enumerable.Range(0, 2000).Select(i => (ulong)random.NextInt64() >> (i % 63))];
        foreach (ulong number in numbers)
        {
            UInt128 root = StateAccessors.IntegerSquareRoot(number);
            Assert.True(root * root <= number && (root + 1) * (root + 1) > number, $"{root} of {number}");
        }
    });

    [Fact]
    public void An_epoch_begins_with_its_first_slot()
    {
        Preset preset = Presets.Mainnet;
        Assert.Equal(new Epoch(2), preset.EpochAt(new(95)));
        Assert.Equal(new Epoch(3), preset.EpochAt(new(96)));
        Assert.Equal(new Slot(96), preset.StartSlotOf(new(3)));
        Assert.Equal(new Epoch(8), preset.ActivationExitEpochAfter(new(3)));
    }
}
