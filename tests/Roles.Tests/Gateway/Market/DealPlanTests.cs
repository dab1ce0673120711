using Flashback.Client;
using Flashback.Gateway.Market;
using Flashback.Primitives;

namespace Flashback.Roles.Tests.Gateway.Market;

public class DealPlanTests
{
    private const ulong RegistrationEnd = 100, ActivationEnd = 200, End = 1_000;

    [Fact]
    public void Who_gets_nothing_more_of_a_piece_for_a_while_or_the_same_again_and_again_is_stuck()
    {
        Brought brought = Brought.Begin(new UploadProgress(0, IsStored: false), 100);
        brought = brought.Then(new UploadProgress(500, IsStored: false), 110);
        Assert.Equal((0, 1, 1, 2), (brought.TurnOf(126), brought.TurnOf(127), brought.TurnOf(142), brought.TurnOf(143)));
        brought = brought.Then(new UploadProgress(0, IsStored: false), 120).Then(new UploadProgress(500, IsStored: false), 126); // it was wrong, and is fetched again
        Assert.Equal(1, brought.TurnOf(127));
        Assert.Equal(500, brought.Progress.Offset);
        Assert.Equal(0, brought.Then(new UploadProgress(501, IsStored: false), 127).TurnOf(127));
    }

    [Theory]
    [InlineData(DealPhase.Registration, 99, new ShareStanding[0], "None")]
    [InlineData(DealPhase.Registration, 100, new[] { ShareStanding.Selected }, "TakeFewer")]
    [InlineData(DealPhase.Registration, 100, new ShareStanding[0], "Cancel")]
    [InlineData(DealPhase.Registration, 200, new[] { ShareStanding.Selected }, "Cancel")] // too late to take fewer
    [InlineData(DealPhase.Running, 199, new[] { ShareStanding.Selected, ShareStanding.Active }, "None")]
    [InlineData(DealPhase.Running, 200, new[] { ShareStanding.Selected, ShareStanding.Active }, "Prune")]
    [InlineData(DealPhase.Running, 999, new[] { ShareStanding.Active }, "None")]
    [InlineData(DealPhase.Running, 1_000, new[] { ShareStanding.Active }, "None")] // providers settle by themselves
    [InlineData(DealPhase.Running, 1_032, new[] { ShareStanding.Active }, "Settle")]
    [InlineData(DealPhase.Settled, 1_032, new[] { ShareStanding.Out }, "Forget")]
    [InlineData(DealPhase.Cancelled, 10, new ShareStanding[0], "Forget")]
    [InlineData(DealPhase.Deleted, 10, new ShareStanding[0], "Forget")]
    public void Each_phase_has_its_step(DealPhase phase, ulong slot, ShareStanding[] standings, string step) =>
        Assert.Equal(step, DealPlan.StepOf(Deal(phase, End, standings), isReleased: false, slot).ToString());

    [Theory]
    [InlineData(DealPhase.Registration, 10, "Cancel")]
    [InlineData(DealPhase.Running, 500, "Delete")]
    [InlineData(DealPhase.Running, 1_000, "None")] // nothing is saved any more
    public void What_nobody_needs_is_ended(DealPhase phase, ulong slot, string step) =>
        Assert.Equal(step, DealPlan.StepOf(Deal(phase, End, ShareStanding.Active), isReleased: true, slot).ToString());

    [Fact]
    public void A_lost_sector_is_pruned_at_once() =>
        Assert.Equal(DealStep.Prune, DealPlan.StepOf(Deal(DealPhase.Running, End, ShareStanding.Active) with { HasLostSector = true }, isReleased: false, slot: 150));

    [Fact]
    public void Copies_are_missing_where_they_were_lost_or_end_within_the_runway()
    {
        SeenDeal whole = Deal(DealPhase.Running, End, ShareStanding.Active, ShareStanding.Active, ShareStanding.Selected), waiting = Deal(DealPhase.Registration, End);
        Assert.Equal(3, DealPlan.Missing([], wanted: 3, slot: 0, runway: 100));
        Assert.Equal(0, DealPlan.Missing([whole], 3, 500, 100));
        Assert.Equal(0, DealPlan.Missing([waiting], 3, 50, 100));
        Assert.Equal(1, DealPlan.Missing([Deal(DealPhase.Running, End, ShareStanding.Active, ShareStanding.Active, ShareStanding.Out)], 3, 500, 100));
        Assert.Equal(3, DealPlan.Missing([whole], 3, 900, 100)); // time to renew
        Assert.Equal(0, DealPlan.Missing([whole, Deal(DealPhase.Running, 2_000, ShareStanding.Active, ShareStanding.Active, ShareStanding.Active)], 3, 900, 100));
        Assert.Equal(3, DealPlan.Missing([Deal(DealPhase.Cancelled, End)], 3, 50, 100));
        Assert.Equal([10UL, 11UL, 12UL], DealPlan.Holders([whole], 500, 100).Order());
        Assert.Empty(DealPlan.Holders([whole], 900, 100)); // whoever keeps it now may keep it on
    }

    private static SeenDeal Deal(DealPhase phase, ulong end, params ShareStanding[] standings) => new(
        new KeptDeal(1, default(Address).ToString(), Copies: 3, RegistrationEnd, ActivationEnd, End), phase, end,
        [.. standings.Select((standing, i) => new DealShare(10 + (ulong)i, 1, 0, standing, UInt256.Zero, UInt256.Zero, 0))]);
}
