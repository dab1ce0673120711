using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>The roots of a stretch of slots. spec: cs/phase0/beacon-chain#historicalbatch</summary>
/// <param name="BlockRoots">The blocks.</param>
/// <param name="StateRoots">The states.</param>
[SszContainer(typeof(Preset))]
public sealed partial record HistoricalBatch(
    [property: SszVector(nameof(Preset.SlotsPerHistoricalRoot))] Column<Hash32> BlockRoots,
    [property: SszVector(nameof(Preset.SlotsPerHistoricalRoot))] Column<Hash32> StateRoots);

/// <summary>The roots of both parts of a <see cref="HistoricalBatch"/>. spec: cs/capella/beacon-chain#historicalsummary</summary>
/// <param name="BlockSummaryRoot">Of the blocks.</param>
/// <param name="StateSummaryRoot">Of the states.</param>
[SszContainer]
public readonly partial record struct HistoricalSummary(Hash32 BlockSummaryRoot, Hash32 StateSummaryRoot);

/// <summary>A block of proof of work, which the merge looked at. spec: cs/bellatrix/fork-choice#powblock</summary>
/// <param name="BlockHash">Its hash.</param>
/// <param name="ParentHash">The hash of the one before.</param>
/// <param name="TotalDifficulty">The work up to it.</param>
[SszContainer]
public readonly partial record struct PowBlock(Hash32 BlockHash, Hash32 ParentHash, UInt256 TotalDifficulty);
