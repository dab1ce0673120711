using Flashback.Primitives;

namespace Flashback.Consensus;

internal sealed partial class BlockTransition<TVerifier>
{
    /// <summary>The block must follow the last one, by the slot's proposer; its header becomes the latest. spec: cs/phase0/beacon-chain#process_block_header</summary>
    public Invalid<TransitionRule>? ProcessBlockHeader(BeaconBlock block)
    {
        if (block.Slot != State.Slot)
            return new(TransitionRule.HeaderSlot, $"{block.Slot} on a state at {State.Slot}");
        if (block.Slot <= State.LatestBlockHeader.Slot)
            return new(TransitionRule.HeaderNotNewer, $"{block.Slot} after {State.LatestBlockHeader.Slot}");
        ValidatorIndex proposer = cached.GetBeaconProposerIndex();
        if (block.ProposerIndex != proposer)
            return new(TransitionRule.HeaderProposer, $"{block.ProposerIndex}, not {proposer}");
        Hash32 parent = State.LatestBlockHeader.HashTreeRoot();
        if (block.ParentRoot != parent)
            return new(TransitionRule.HeaderParent, $"{block.ParentRoot}, not {parent}");
        if (State.Validators[(int)proposer.Value].Slashed)
            return new(TransitionRule.ProposerSlashed, $"{proposer}");
        State.LatestBlockHeader = new BeaconBlockHeader(block.Slot, block.ProposerIndex, block.ParentRoot, StateRoot: default, block.Body.HashTreeRoot(Preset));
        return null;
    }
}
