using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>Starts the duties of each moment of a slot, beside each other.</summary>
internal sealed class Turns(DutyContext context, Upkeep upkeep, Jobs jobs)
{
    private readonly Proposing _proposing = new(context);
    private readonly Voting _voting = new(context);
    private readonly SyncVoting _syncVoting = new(context);

    // Written by the clock's timer only.
    private Turn _turn = new(default);

    /// <summary>Starts what is due.</summary>
    public void Take(Slot slot, SlotMoment moment)
    {
        switch (moment)
        {
            case SlotMoment.Start:
                _turn = new Turn(slot);
                Task preparing = jobs.Start($"fee recipients at {slot}", () => WhenReadyAsync(slot, () => upkeep.PrepareProposersAsync(EpochOf(slot))));
                _ = jobs.Start($"block of {slot}", () => ProposeAsync(slot, preparing));
                _ = jobs.Start($"doppelgangers at {slot}", () => WhenReadyAsync(slot, () => upkeep.CheckDoppelgangersAsync(EpochOf(slot))));
                _ = jobs.Start($"votes from {slot} on", () => WhenReadyAsync(slot, () => RefreshVotesAsync(slot)));
                _ = jobs.Start($"sync committees at {slot}", () => WhenReadyAsync(slot, () => upkeep.RefreshSyncCommitteesAsync(EpochOf(slot))));
                break;
            case SlotMoment.Vote:
                Turn turn = _turn;
                turn.Voting = jobs.Start($"votes of {slot}", () => VoteAsync(turn));
                turn.SyncVoting = jobs.Start($"sync committee's votes of {slot}", () => SyncVoteAsync(turn));
                break;
            case SlotMoment.Aggregate:
                Turn voted = _turn;
                _ = jobs.Start($"aggregates of {slot}", () => AggregateAsync(voted));
                _ = jobs.Start($"contributions of {slot}", () => ContributeAsync(voted));
                if (EpochOf(slot + 1) is var next && next != EpochOf(slot)) // ahead, so that the next epoch's first block need not wait
                    _ = jobs.Start($"fee recipients of {next}", () => WhenReadyAsync(slot, () => upkeep.PrepareProposersAsync(next)));
                break;
        }
    }

    private async Task WhenReadyAsync(Slot slot, Func<Task> work)
    {
        if (await upkeep.IsReadyAsync(slot))
            await work();
    }

    private async Task ProposeAsync(Slot slot, Task preparing)
    {
        await preparing; // mostly done at the end of the epoch before
        await WhenReadyAsync(slot, () => _proposing.RunAsync(slot));
    }

    private async Task RefreshVotesAsync(Slot slot)
    {
        await upkeep.RefreshVotesAsync(EpochOf(slot));
        await upkeep.SelectAsync(slot);
        await upkeep.SubscribeAsync(slot);
    }

    private async Task VoteAsync(Turn turn)
    {
        if (!await upkeep.IsReadyAsync(turn.Slot))
        {
            _voting.Miss(turn.Slot);
            return;
        }
        if (context.Book.VotesAt(turn.Slot) is null)
            await upkeep.RefreshVotesAsync(EpochOf(turn.Slot));
        turn.Vote = await _voting.VoteAsync(turn.Slot);
    }

    private async Task SyncVoteAsync(Turn turn)
    {
        if (!await upkeep.IsReadyAsync(turn.Slot))
        {
            _syncVoting.Miss(turn.Slot);
            return;
        }
        if (context.Book.SyncMembersAt(turn.Slot) is null)
            await upkeep.RefreshSyncCommitteesAsync(EpochOf(turn.Slot));
        turn.Head = await _syncVoting.VoteAsync(turn.Slot);
    }

    private async Task AggregateAsync(Turn turn)
    {
        await turn.Voting;
        if (turn.Vote is not { } vote || !await upkeep.IsReadyAsync(turn.Slot))
            return;
        await upkeep.SelectAsync(turn.Slot);
        await _voting.AggregateAsync(turn.Slot, vote);
    }

    private async Task ContributeAsync(Turn turn)
    {
        await turn.SyncVoting;
        if (turn.Head is { } head && await upkeep.IsReadyAsync(turn.Slot))
            await _syncVoting.ContributeAsync(turn.Slot, head);
    }

    private Epoch EpochOf(Slot slot) => context.Preset.EpochAt(slot);

    /// <summary>What a slot's later moments need of its earlier ones; each is written before what it says has ended.</summary>
    private sealed class Turn(Slot slot)
    {
        public Slot Slot => slot;

        public Task Voting { get; set; } = Task.CompletedTask;

        public Task SyncVoting { get; set; } = Task.CompletedTask;

        /// <summary>What our validators voted for.</summary>
        public AttestationData? Vote { get; set; }

        /// <summary>What our members of the sync committee voted for.</summary>
        public Hash32? Head { get; set; }
    }
}
