using Flashback.Api.Beacon.Http;
using Flashback.Consensus;

namespace Flashback.Engine.Tests.Api.Beacon;

/// <summary>Where a validator is in its life.</summary>
public class ValidatorStatusTests
{
    private const long Never = -1; // the far future epoch, as 64 bits

    [Theory]
    [InlineData("pending_initialized", Never, Never, Never, Never, false, 1)]
    [InlineData("pending_queued", 5, Never, Never, Never, false, 1)]
    [InlineData("pending_queued", 5, 11, Never, Never, false, 1)]
    [InlineData("active_ongoing", 5, 10, Never, Never, false, 1)]
    [InlineData("active_exiting", 5, 6, 11, 20, false, 1)]
    [InlineData("active_slashed", 5, 6, 11, 20, true, 1)]
    [InlineData("exited_unslashed", 5, 6, 10, 20, false, 1)]
    [InlineData("exited_slashed", 5, 6, 10, 20, true, 1)]
    [InlineData("withdrawal_possible", 5, 6, 7, 10, false, 1)]
    [InlineData("withdrawal_done", 5, 6, 7, 10, true, 0)]
    public void Has_its_name_in_epoch_10(string status, long eligible, long active, long exit, long withdrawable, bool slashed, long balance)
    {
        Consensus.Validator validator = new(default, default, default, slashed, At(eligible), At(active), At(exit), At(withdrawable));
        Assert.Equal(status, ValidatorStatus.Of(validator, new Gwei((ulong)balance), new Epoch(10)));
    }

    private static Epoch At(long epoch) => new(unchecked((ulong)epoch));

    [Fact]
    public void Groups_are_named_by_the_first_word()
    {
        Assert.True(ValidatorStatus.TryExpand("active", out IReadOnlyList<string>? active));
        Assert.Equal(["active_ongoing", "active_exiting", "active_slashed"], active);
        Assert.True(ValidatorStatus.TryExpand("exited_slashed", out IReadOnlyList<string>? one));
        Assert.Equal(["exited_slashed"], one);
        Assert.False(ValidatorStatus.TryExpand("act", out _));
    }
}
