using System.Buffers.Binary;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>Who of a committee aggregates: its members find out by what they sign.</summary>
internal static class Selection
{
    /// <summary>Aggregators of a committee, on average. spec: cs/phase0/validator#misc</summary>
    private const ulong TargetAggregatorsPerCommittee = 16; // 2**4

    /// <summary>Aggregators of a part of the sync committee, on average. spec: cs/altair/validator#misc</summary>
    private const ulong TargetAggregatorsPerSyncSubcommittee = 16; // 2**4

    /// <summary>Whether a member of a committee aggregates. spec: cs/phase0/validator#aggregation-selection</summary>
    public static bool IsAggregator(int committeeLength, Bytes96 proof) => IsSelected((ulong)committeeLength / TargetAggregatorsPerCommittee, proof);

    /// <summary>Whether a member of the sync committee aggregates a part of it. spec: cs/altair/validator#aggregation-selection</summary>
    public static bool IsSyncCommitteeAggregator(Preset preset, Bytes96 proof) =>
        IsSelected(preset.SyncSubcommitteeSize / TargetAggregatorsPerSyncSubcommittee, proof);

    /// <summary>The parts of the sync committee that places of it are in, each once. spec: cs/altair/validator#sync-committee-subnets</summary>
    public static IEnumerable<ulong> SubcommitteesOf(Preset preset, IEnumerable<int> places) =>
        places.Select(place => (ulong)place / preset.SyncSubcommitteeSize).Distinct().Order();

    private static bool IsSelected(ulong modulo, Bytes96 proof) =>
        BinaryPrimitives.ReadUInt64LittleEndian(Sha256.Hash(proof.AsSpan()).AsSpan()) % Math.Max(1, modulo) == 0;
}
