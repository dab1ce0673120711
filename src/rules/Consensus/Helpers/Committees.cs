using Flashback.Primitives;

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

    /// <summary>Who of a slot's committees voted. spec: cs/electra/beacon-chain#modified-get_attesting_indices</summary>
    /// <param name="attestation">The votes, of a slot of this epoch.</param>
    /// <param name="voters">Who voted, committee by committee; as many as there are bits at least.</param>
    /// <param name="count">How many.</param>
    /// <returns>Null where at least one of each committee voted, and bits and members agree.</returns>
    public Invalid<TransitionRule>? CollectVoters(Attestation attestation, Span<int> voters, out int count)
    {
        count = 0;
        Bits bits = attestation.AggregationBits;
        int offset = 0;
        for (int index = 0; index < attestation.CommitteeBits.Count; index++)
        {
            if (!attestation.CommitteeBits[index])
                continue;
            if ((ulong)index >= PerSlot)
                return new(TransitionRule.AttestationCommittee, $"committee {index} of {PerSlot}");
            ReadOnlySpan<int> committee = Get(attestation.Data.Slot, (ulong)index);
            if (offset + committee.Length > bits.Count)
                return new(TransitionRule.AttestationBits, $"{bits.Count} bits for more members");
            int before = count;
            for (int i = 0; i < committee.Length; i++)
            {
                if (bits[offset + i])
                    voters[count++] = committee[i];
            }
            if (count == before)
                return new(TransitionRule.AttestationCommitteeEmpty, $"committee {index}");
            offset += committee.Length;
        }
        if (offset != bits.Count)
            return new(TransitionRule.AttestationBits, $"{bits.Count} bits for {offset} members");
        return count > 0 ? null : new(TransitionRule.AttestationCommitteeEmpty, "no committee");
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
