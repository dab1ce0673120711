using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>A state of a network, and what is kept beside it to go on quickly: committees, the proposer, sums, keys.</summary>
/// <remarks>
/// What is kept is found when it is first asked for, and follows from the state alone. One thread works on a state; asking it anything may write.
/// To have a second one to work on, <see cref="Copy"/>: it costs a reference for each page of the columns.
/// </remarks>
public sealed class CachedState
{
    private readonly PublicKeyTable _keys;

    // Follow from the state; shared by copies, replaced when the epoch, the slot or the committee is another.
    private readonly Committees?[] _committees = new Committees?[3];
    private Slot? _proposerSlot;
    private ValidatorIndex _proposer;
    private Epoch? _totalEpoch;
    private Gwei _totalActiveBalance;
    private Tuple<SyncCommittee, int[]>? _syncCommittee;

    /// <summary>Takes over a state; nobody else may change it from now on.</summary>
    /// <param name="config">The network.</param>
    /// <param name="state">The state.</param>
    /// <param name="keys">The chain's keys; a fresh table where null.</param>
    public CachedState(ConsensusConfig config, BeaconState state, PublicKeyTable? keys = null)
    {
        Config = config;
        State = state;
        _keys = keys ?? new();
    }

    private CachedState(CachedState source)
    {
        Config = source.Config;
        State = source.State.Copy();
        _keys = source._keys;
        _committees = [.. source._committees];
        _proposerSlot = source._proposerSlot;
        _proposer = source._proposer;
        _totalEpoch = source._totalEpoch;
        _totalActiveBalance = source._totalActiveBalance;
        _syncCommittee = source._syncCommittee;
    }

    /// <summary>The network.</summary>
    public ConsensusConfig Config { get; }

    /// <summary>The network's sizes.</summary>
    public Preset Preset => Config.Preset;

    /// <summary>The state itself.</summary>
    public BeaconState State { get; }

    /// <summary>The chain's keys.</summary>
    public PublicKeyTable Keys => _keys;

    /// <summary>A copy; both may be worked on from now on without the other noticing.</summary>
    public CachedState Copy() => new(this);

    /// <summary>The root of the state; only what changed since the last time is hashed.</summary>
    public Hash32 HashTreeRoot() => State.HashTreeRoot(Preset);

    /// <summary>The committees of the epoch before, of this one, or of the next: further ahead they are not decided.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The epoch is another.</exception>
    public Committees GetCommittees(Epoch epoch)
    {
        Epoch current = this.GetCurrentEpoch();
        if (epoch < this.GetPreviousEpoch() || epoch > current + 1)
            throw new ArgumentOutOfRangeException(nameof(epoch), $"the committees of {epoch} are not known at {current}");
        ref Committees? place = ref _committees[epoch.Value % (ulong)_committees.Length];
        if (place?.Epoch != epoch)
            place = Committees.Compute(this, epoch);
        return place;
    }

    /// <summary>Who may propose at the state's slot. spec: cs/phase0/beacon-chain#get_beacon_proposer_index</summary>
    /// <exception cref="OverflowException">Nobody: no validator is active.</exception>
    public ValidatorIndex GetBeaconProposerIndex()
    {
        if (_proposerSlot != State.Slot)
        {
            _proposer = this.ComputeProposerIndex(State.Slot);
            _proposerSlot = State.Slot;
        }
        return _proposer;
    }

    /// <summary>The effective balances of all active validators together; at least one increment. spec: cs/phase0/beacon-chain#get_total_active_balance</summary>
    public Gwei GetTotalActiveBalance()
    {
        Epoch epoch = this.GetCurrentEpoch();
        if (_totalEpoch != epoch)
        {
            _totalActiveBalance = this.ComputeTotalActiveBalance(epoch);
            _totalEpoch = epoch;
        }
        return _totalActiveBalance;
    }

    /// <summary>The validators of the current sync committee, by place; −1 for a key that no validator has.</summary>
    public ReadOnlySpan<int> GetSyncCommitteeIndices()
    {
        SyncCommittee committee = State.CurrentSyncCommittee;
        if (!ReferenceEquals(_syncCommittee?.Item1, committee))
        {
            ReadOnlySpan<Bytes48> keys = committee.PublicKeys.AsSpan();
            int[] indices = new int[keys.Length];
            for (int i = 0; i < keys.Length; i++)
                indices[i] = State.Validators.IndexOf(in keys[i]);
            _syncCommittee = Tuple.Create(committee, indices);
        }
        return _syncCommittee!.Item2;
    }
}
