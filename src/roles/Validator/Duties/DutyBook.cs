using Flashback.Client;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>Why a validator may aggregate at a slot, or that it may not.</summary>
/// <param name="Proof">Its signature of the slot.</param>
/// <param name="IsAggregator">Whether that selects it.</param>
internal sealed record SlotSelection(Bytes96 Proof, bool IsAggregator);

/// <summary>A validator's vote that is due at a slot.</summary>
internal sealed class VoteDuty(AttesterDuty duty)
{
    /// <summary>What the node says.</summary>
    public AttesterDuty Duty => duty;

    /// <summary>Whether the validator aggregates; null as long as that was not found out.</summary>
    public SlotSelection? Selection { get; set; }

    /// <summary>Whether the node was told that the committee is about to vote.</summary>
    public bool IsSubscribed { get; set; }
}

/// <summary>What validators vote for in an epoch, as long as the block that decided it is on the chain.</summary>
/// <param name="DependentRoot">That block.</param>
/// <param name="Validators">The validators that were asked for, in order.</param>
/// <param name="Votes">Their votes.</param>
internal sealed record EpochVotes(Hash32 DependentRoot, ValidatorIndex[] Validators, VoteDuty[] Votes);

/// <summary>The duties that are known: of votes for this epoch and the next, of the sync committee for this period and the next.</summary>
/// <remarks>Written by one refreshing at a time; readers see what was there before or after.</remarks>
internal sealed class DutyBook(INodeClient node, Preset preset)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Epoch, EpochVotes> _votes = [];
    private readonly Dictionary<ulong, IReadOnlyList<SyncCommitteeDuty>> _syncCommittees = [];
    private Epoch? _syncEpoch;
    private ValidatorIndex[] _syncValidators = [];

    /// <summary>The votes that are due at a slot; null where they are not known.</summary>
    public IReadOnlyList<VoteDuty>? VotesAt(Slot slot)
    {
        lock (_gate)
            return _votes.TryGetValue(preset.EpochAt(slot), out EpochVotes? votes) ? [.. votes.Votes.Where(vote => vote.Duty.Slot == slot)] : null;
    }

    /// <summary>All votes that are known, from a slot on.</summary>
    public IReadOnlyList<VoteDuty> VotesFrom(Slot slot)
    {
        lock (_gate)
            return [.. _votes.Values.SelectMany(votes => votes.Votes).Where(vote => vote.Duty.Slot >= slot).OrderBy(vote => vote.Duty.Slot)];
    }

    /// <summary>Who votes as the sync committee at a slot: the vote goes into the next slot's block, so it is that one's committee. Null where it is not known.</summary>
    /// <remarks>spec: cs/altair/validator#sync-committee</remarks>
    public IReadOnlyList<SyncCommitteeDuty>? SyncMembersAt(Slot slot)
    {
        lock (_gate)
            return _syncCommittees.GetValueOrDefault(PeriodOf(preset.EpochAt(slot + 1)));
    }

    /// <summary>Asks the node for what may have changed since the last time: duties whose deciding block is another, or that others are to have.</summary>
    /// <exception cref="NodeException">The node does not answer.</exception>
    public async Task RefreshVotesAsync(Epoch epoch, Roster.Snapshot keys, CancellationToken cancellation)
    {
        await RefreshVotesAsync(epoch, keys.ActiveAt(epoch), cancellation);
        await RefreshVotesAsync(epoch + 1, keys.ActiveAt(epoch + 1), cancellation);
        Forget(epoch);
    }

    /// <summary>Asks the node who is in the sync committees: once an epoch, and when the validators are others.</summary>
    /// <returns>The members to subscribe for, with the epoch at which they are released; none where nothing was asked.</returns>
    /// <exception cref="NodeException">The node does not answer.</exception>
    public async Task<IReadOnlyList<SyncCommitteeSubscription>> RefreshSyncCommitteesAsync(Epoch epoch, Roster.Snapshot keys, CancellationToken cancellation)
    {
        ValidatorIndex[] validators = keys.Known();
        if (_syncEpoch == epoch && _syncValidators.AsSpan().SequenceEqual(validators))
            return [];
        List<SyncCommitteeSubscription> subscriptions = [];
        foreach (ulong period in new[] { PeriodOf(epoch), PeriodOf(epoch) + 1 })
        {
            Epoch start = new(period * preset.EpochsPerSyncCommitteePeriod);
            IReadOnlyList<SyncCommitteeDuty> members = validators.Length == 0 ? [] : await node.GetSyncCommitteeDutiesAsync(Epoch.Max(start, epoch), validators, cancellation);
            lock (_gate)
                _syncCommittees[period] = members;
            subscriptions.AddRange(members.Select(member => new SyncCommitteeSubscription(member.Validator, member.Places, start + preset.EpochsPerSyncCommitteePeriod)));
        }
        (_syncEpoch, _syncValidators) = (epoch, validators);
        return subscriptions;
    }

    /// <summary>Asks for the sync committees again when they are next refreshed.</summary>
    public void ForgetSyncCommittees() => _syncEpoch = null;

    private async Task RefreshVotesAsync(Epoch epoch, ValidatorIndex[] validators, CancellationToken cancellation)
    {
        EpochVotes? known = KnownVotes(epoch);
        if (validators.Length == 0)
        {
            Set(epoch, new EpochVotes(default, [], []));
            return;
        }
        // One validator's duties tell whether those of all still hold.
        if (known is not null && known.Validators.AsSpan().SequenceEqual(validators)
            && (await node.GetAttesterDutiesAsync(epoch, validators[..1], cancellation)).DependentRoot == known.DependentRoot)
            return;
        Duties<AttesterDuty> duties = await node.GetAttesterDutiesAsync(epoch, validators, cancellation);
        HashSet<ValidatorIndex> asked = [.. validators];
        Dictionary<AttesterDuty, VoteDuty> before = known?.Votes.ToDictionary(vote => vote.Duty) ?? [];
        // A validator votes once an epoch, whatever the node says.
        VoteDuty[] votes = [.. duties.Items
            .Where(duty => preset.EpochAt(duty.Slot) == epoch && duty.CommitteeLength > 0 && asked.Remove(duty.Validator))
            .Select(duty => before.GetValueOrDefault(duty) ?? new VoteDuty(duty))];
        Set(epoch, new EpochVotes(duties.DependentRoot, validators, votes));
    }

    private EpochVotes? KnownVotes(Epoch epoch)
    {
        lock (_gate)
            return _votes.GetValueOrDefault(epoch);
    }

    private void Set(Epoch epoch, EpochVotes votes)
    {
        lock (_gate)
            _votes[epoch] = votes;
    }

    private void Forget(Epoch epoch)
    {
        lock (_gate)
        {
            foreach (Epoch old in _votes.Keys.Where(key => key < epoch).ToArray())
                _votes.Remove(old);
            foreach (ulong old in _syncCommittees.Keys.Where(period => period < PeriodOf(epoch)).ToArray())
                _syncCommittees.Remove(old);
        }
    }

    private ulong PeriodOf(Epoch epoch) => epoch.Value / preset.EpochsPerSyncCommitteePeriod;
}
