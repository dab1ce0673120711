using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>What makes room for the next epoch.</summary>
internal static partial class EpochTransition
{
    /// <summary>spec: cs/phase0/beacon-chain#eth1-data-votes-updates</summary>
    public static void ProcessEth1DataReset(CachedState cached)
    {
        if (NextEpoch(cached).Value % cached.Preset.EpochsPerEth1VotingPeriod == 0)
            cached.State.Eth1DataVotes = new Rows<Eth1Data>();
    }

    /// <summary>spec: cs/phase0/beacon-chain#slashings-balances-updates</summary>
    public static void ProcessSlashingsReset(CachedState cached) =>
        cached.State.Slashings[(int)(NextEpoch(cached).Value % cached.Preset.EpochsPerSlashingsVector)] = Gwei.Zero;

    /// <summary>spec: cs/phase0/beacon-chain#randao-mixes-updates</summary>
    public static void ProcessRandaoMixesReset(CachedState cached) =>
        cached.State.RandaoMixes[(int)(NextEpoch(cached).Value % cached.Preset.EpochsPerHistoricalVector)] = cached.GetRandaoMix(cached.GetCurrentEpoch());

    /// <summary>spec: cs/capella/beacon-chain#historical-summaries-updates</summary>
    public static void ProcessHistoricalSummariesUpdate(CachedState cached)
    {
        Preset preset = cached.Preset;
        if (NextEpoch(cached).Value % (preset.SlotsPerHistoricalRoot / preset.SlotsPerEpoch) != 0)
            return;
        SszBound length = SszBound.Vector(preset.SlotsPerHistoricalRoot);
        cached.State.HistoricalSummaries.Add(new HistoricalSummary(cached.State.BlockRoots.RootOf(length, null), cached.State.StateRoots.RootOf(length, null)));
    }

    /// <summary>spec: cs/altair/beacon-chain#participation-flags-updates</summary>
    public static void ProcessParticipationFlagUpdates(CachedState cached)
    {
        cached.State.PreviousEpochParticipation = cached.State.CurrentEpochParticipation;
        cached.State.CurrentEpochParticipation = new Column<ParticipationFlags>(cached.State.Validators.Count);
    }
}
