using System.Buffers.Binary;
using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>Who puts votes together: drawn by the signature of the slot, so that nobody knows beforehand.</summary>
public static class Aggregators
{
    // Of a committee, and of a part of the sync committee, on average. spec: cs/phase0/validator#misc, cs/altair/validator#misc
    private const ulong TargetPerCommittee = 16;
    private const ulong TargetPerSyncSubcommittee = 16;

    /// <summary>Whether a member of a committee aggregates its votes. spec: cs/phase0/validator#aggregation-selection</summary>
    /// <param name="committeeLength">How many are in the committee.</param>
    /// <param name="selectionProof">The member's signature of the slot.</param>
    public static bool IsAggregator(int committeeLength, in Bytes96 selectionProof) => IsSelected(Math.Max(1, (ulong)committeeLength / TargetPerCommittee), selectionProof);

    /// <summary>Whether a member of a part of the sync committee aggregates its votes. spec: cs/altair/validator#aggregation-selection</summary>
    /// <param name="preset">The sizes.</param>
    /// <param name="selectionProof">The member's signature of the <see cref="SyncAggregatorSelectionData"/>.</param>
    public static bool IsSyncCommitteeAggregator(Preset preset, in Bytes96 selectionProof) =>
        IsSelected(Math.Max(1, preset.SyncSubcommitteeSize / TargetPerSyncSubcommittee), selectionProof);

    /// <summary>The subnet that a committee's votes travel on. spec: cs/phase0/validator#broadcast-attestation</summary>
    /// <param name="preset">The sizes.</param>
    /// <param name="committeesPerSlot">Committees in each slot of the epoch.</param>
    /// <param name="slot">The slot of the votes.</param>
    /// <param name="committee">The committee.</param>
    public static byte AttestationSubnet(Preset preset, ulong committeesPerSlot, Slot slot, CommitteeIndex committee)
    {
        const ulong AttestationSubnetCount = 64; // cs/phase0/p2p-interface#configuration
        ulong since = slot.Value % preset.SlotsPerEpoch * committeesPerSlot;
        return (byte)((since + committee.Value) % AttestationSubnetCount);
    }

    private static bool IsSelected(ulong modulus, in Bytes96 proof) => BinaryPrimitives.ReadUInt64LittleEndian(Sha256.Hash(proof.AsSpan()).AsSpan()) % modulus == 0;
}
