using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>Neighbours in the registry, a span for each column that epoch passes read.</summary>
/// <remarks>A block is as long as a page of numbers, so a block of any column of numbers of the state lies in one page. See <see cref="ValidatorRegistry.BlockLength"/>.</remarks>
public readonly ref struct ValidatorBlock
{
    /// <summary>The index of the first of them.</summary>
    public required int First { get; init; }

    /// <summary>Their effective balances.</summary>
    public required ReadOnlySpan<Gwei> EffectiveBalances { get; init; }

    /// <summary>Whether each was slashed.</summary>
    public required ReadOnlySpan<bool> Slashed { get; init; }

    /// <summary>From when on each has duties.</summary>
    public required ReadOnlySpan<Epoch> ActivationEpochs { get; init; }

    /// <summary>From when on each has none.</summary>
    public required ReadOnlySpan<Epoch> ExitEpochs { get; init; }

    /// <summary>From when on each one's stake may leave.</summary>
    public required ReadOnlySpan<Epoch> WithdrawableEpochs { get; init; }

    /// <summary>How many they are.</summary>
    public int Length => EffectiveBalances.Length;

    /// <summary>Whether the validator at that place of the block has duties at an epoch. spec: cs/phase0/beacon-chain#is_active_validator</summary>
    public bool IsActive(int i, Epoch epoch) => ActivationEpochs[i] <= epoch && epoch < ExitEpochs[i];

    /// <summary>The same validators' part of a column of bytes.</summary>
    public ReadOnlySpan<ParticipationFlags> Of(Column<ParticipationFlags> column)
    {
        int page = Column<ParticipationFlags>.PageLength;
        return column.Page(First / page).Slice(First % page, Length);
    }

    /// <summary>The same validators' part of a column of numbers of 64 bits.</summary>
    public ReadOnlySpan<T> Of<T>(Column<T> column)
        where T : unmanaged => column.Page(First / ValidatorRegistry.BlockLength);

    /// <summary>The same, to be written; all of it counts as changed.</summary>
    public Span<T> ToWrite<T>(Column<T> column)
        where T : unmanaged => column.WritePage(First / ValidatorRegistry.BlockLength);
}
