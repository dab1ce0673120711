using Flashback.Provider;

namespace Flashback.Roles.Tests.Provider.Work;

public class WorkTableTests
{
    [Fact]
    public void Each_state_has_one_step_at_most_and_each_step_belongs_to_a_state()
    {
        Assert.Equal(WorkTable.All.Count, WorkTable.All.Select(line => line.State).Distinct().Count());
        Assert.Equal(Enum.GetValues<WorkStep>().Order(), WorkTable.All.Select(line => line.Step).Distinct().Order());
        Assert.All(WorkTable.All, line => Assert.Equal(line, WorkTable.Of(line.State)));
    }

    [Theory]
    [InlineData(WorkState.Accepted, WorkState.Kept, 8)]
    [InlineData(WorkState.Ended, WorkState.Removed, 1)]
    [InlineData(WorkState.WindowExpected, WorkState.WindowShown, 4)]
    [InlineData(WorkState.DealSeen, WorkState.DealCleared, 7)]
    [InlineData(WorkState.UpdateOrdered, WorkState.UpdateKept, 4)]
    [InlineData(WorkState.DealCold, WorkState.DealCleared, 3)]
    [InlineData(WorkState.RequestSeen, WorkState.RequestAnswered, 1)]
    [InlineData(WorkState.BatchReady, WorkState.BatchProven, 2)]
    public void What_is_done_again_and_again_gets_to_its_end(WorkState first, WorkState last, int steps)
    {
        WorkState state = first;
        for (int i = 0; i < steps; i++)
        {
            WorkTransition line = WorkTable.Of(state)!.Value;
            Assert.True(line.Next > line.State, $"{line}");
            state = WorkTable.After(line, StepResult.Done);
        }
        Assert.Equal(last, state);
        Assert.Null(WorkTable.Of(state));
    }

    [Fact]
    public void A_live_sector_outlives_the_loss_of_a_piece_that_it_was_to_take()
    {
        Assert.Null(WorkTable.Of(WorkState.Kept));
        Assert.Equal(WorkState.Kept, WorkTable.After(WorkTable.Of(WorkState.UpdateOrdered)!.Value, StepResult.Stale));
        foreach (WorkState state in (WorkState[])[WorkState.UpdateMade, WorkState.UpdateCompressed, WorkState.UpdateClaimed])
            Assert.InRange(WorkTable.After(WorkTable.Of(state)!.Value, StepResult.Stale), WorkState.UpdateOrdered, WorkState.UpdateCompressed);
    }

    [Fact]
    public void What_fails_or_waits_stays_and_what_is_stale_goes_back()
    {
        foreach (WorkTransition line in WorkTable.All)
        {
            Assert.Equal(line.State, WorkTable.After(line, StepResult.Failed));
            Assert.Equal(line.State, WorkTable.After(line, StepResult.NotYet));
            Assert.True(WorkTable.After(line, StepResult.Stale) <= line.State, $"{line}");
            Assert.Equal(WorkTable.KindOf(line.State), WorkTable.KindOf(WorkTable.After(line, StepResult.Stale)));
            WorkState end = WorkTable.KindOf(line.State) switch { WorkKind.Sector => WorkState.Ended, WorkKind.Window => WorkState.WindowClosed, WorkKind.Deal => WorkState.DealOver, WorkKind.Request => WorkState.RequestClosed, _ => WorkState.BatchClosed };
            Assert.Equal(end, WorkTable.After(line, StepResult.Over));
        }
    }
}
