using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>What happens at every slot.</summary>
internal static class SlotTransition
{
    /// <summary>Writes the roots of the state and of the last block into the history. spec: cs/phase0/beacon-chain#process_slots</summary>
    public static void ProcessSlot(CachedState cached)
    {
        BeaconState state = cached.State;
        int place = (int)(state.Slot.Value % cached.Preset.SlotsPerHistoricalRoot);
        Hash32 stateRoot = cached.HashTreeRoot();
        state.StateRoots[place] = stateRoot;
        if (state.LatestBlockHeader.StateRoot.IsZero)
            state.LatestBlockHeader = state.LatestBlockHeader with { StateRoot = stateRoot };
        state.BlockRoots[place] = state.LatestBlockHeader.HashTreeRoot();
    }
}
