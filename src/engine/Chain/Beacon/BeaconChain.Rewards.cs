using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <content>What blocks pay, for who asks.</content>
public sealed partial class BeaconChain
{
    /// <summary>What a block pays its proposer; null where the state before it is not known, or the block is not valid on it.</summary>
    public BlockReward? RewardOf(BeaconBlock block)
    {
        Hash32 parent = block.ParentRoot;
        if (WithState(parent, block.Slot, state => state) is not { } before && !TryGoThrough(block, out before))
            return null;
        return BlockReward.Of(before, block, new ExecutedBefore(), out BlockReward? reward) is null ? reward : null;
    }

    /// <summary>The state at the slot of a block of the chain that the fork choice has forgotten, before the block.</summary>
    private bool TryGoThrough(BeaconBlock block, out CachedState before)
    {
        before = null!;
        if (block.Slot == Slot.Genesis || _database.RootAt(block.Slot) != block.HashTreeRoot(Preset) || StateOfSlot(new Slot(block.Slot.Value - 1)) is not { } known)
            return false;
        return StateTransition.ProcessSlots(known, block.Slot, out before) is null;
    }
}
