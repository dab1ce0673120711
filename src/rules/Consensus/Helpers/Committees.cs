namespace Flashback.Consensus;

/// <summary>Who has duties in an epoch, and in which committee. Immutable; states share it.</summary>
public sealed class Committees
{
    private readonly int[] _shuffled;
    private readonly ulong _slotsPerEpoch;

    private Committees(Epoch epoch, int[] active, int[] shuffled, ulong perSlot, ulong slotsPerEpoch)
    {
        Epoch = epoch;
        ActiveIndices = active;
        _shuffled = shuffled;
        PerSlot = perSlot;
        _slotsPerEpoch = slotsPerEpoch;
    }

    /// <summary>The epoch.</summary>
    public Epoch Epoch { get; }

    /// <summary>The validators with duties, ascending. spec: cs/phase0/beacon-chain#get_active_validator_indices</summary>
    public ReadOnlyMemory<int> ActiveIndices { get; }

    /// <summary>Committees in each slot. spec: cs/phase0/beacon-chain#get_committee_count_per_slot</summary>
    public ulong PerSlot { get; }

    /// <summary>The members of a committee. spec: cs/phase0/beacon-chain#get_beacon_committee</summary>
    /// <param name="slot">A slot of the epoch.</param>
    /// <param name="index">Which of the slot's committees, below <see cref="PerSlot"/>.</param>
    public ReadOnlySpan<int> Get(Slot slot, ulong index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, PerSlot);
        ulong count = PerSlot * _slotsPerEpoch;
        ulong committee = (slot.Value % _slotsPerEpoch * PerSlot) + index;
        int start = (int)((ulong)_shuffled.Length * committee / count);
        int end = (int)((ulong)_shuffled.Length * (committee + 1) / count);
        return _shuffled.AsSpan(start..end);
    }

    /// <summary>The committees of an epoch no later than the one after the state's.</summary>
    internal static Committees Compute(CachedState state, Epoch epoch)
    {
        Preset preset = state.Preset;
        int[] active = state.GetActiveValidatorIndices(epoch);
        int[] shuffled = [.. active];
        Shuffle.ShuffleInPlace(shuffled, state.GetSeed(epoch, DomainType.BeaconAttester), (int)preset.ShuffleRoundCount);
        ulong perSlot = Math.Clamp((ulong)active.Length / preset.SlotsPerEpoch / preset.TargetCommitteeSize, 1, preset.MaxCommitteesPerSlot);
        return new Committees(epoch, active, shuffled, perSlot, preset.SlotsPerEpoch);
    }
}
