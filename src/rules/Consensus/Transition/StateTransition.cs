using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>From a state and a block to the next state, or to the reason why there is none: the front door of the consensus. spec: cs/phase0/beacon-chain#beacon-chain-state-transition-function</summary>
/// <remarks>The state given is never changed: what is worked on is a copy, which is thrown away where a rule is broken.</remarks>
public static class StateTransition
{
    /// <summary>Applies a block. spec: cs/phase0/beacon-chain#state_transition</summary>
    /// <param name="before">The state after the block's parent.</param>
    /// <param name="block">The block.</param>
    /// <param name="engine">Whoever executes the payload.</param>
    /// <param name="after">The state after the block; <paramref name="before"/> where a rule is broken.</param>
    /// <returns>Null where the block is valid.</returns>
    /// <remarks>
    /// 1. Slots up to the block's pass, with the epochs that end on the way.
    /// 2. The block is processed; its signatures are collected.
    /// 3. The signatures are verified together.
    /// 4. The root of the state must be the one that the block says.
    /// How far ahead a block may be is for the caller to say: every slot up to it is gone through.
    /// </remarks>
    public static Invalid<TransitionRule>? Apply<TVerifier>(CachedState before, SignedBeaconBlock block, IExecutionEngine engine, out CachedState after)
        where TVerifier : struct, ISignatureVerifier
    {
        CachedState state = before.Copy();
        Invalid<TransitionRule>? invalid = Guard(state, work =>
        {
            BlockTransition<TVerifier> transition = new(work, engine);
            return ProcessSlotsUnguarded(work, block.Message.Slot)
                ?? transition.VerifyBlockSignature(block)
                ?? transition.ProcessBlock(block.Message)
                ?? transition.VerifySignatures()
                ?? VerifyStateRoot(work, block.Message);
        });
        after = invalid is null ? state : before;
        return invalid;
    }

    /// <summary>Lets slots pass without a block. spec: cs/phase0/beacon-chain#process_slots</summary>
    /// <param name="before">The state.</param>
    /// <param name="slot">The slot to arrive at, later than the state's.</param>
    /// <param name="after">The state at that slot; <paramref name="before"/> where a rule is broken.</param>
    public static Invalid<TransitionRule>? ProcessSlots(CachedState before, Slot slot, out CachedState after)
    {
        CachedState state = before.Copy();
        Invalid<TransitionRule>? invalid = Guard(state, work => ProcessSlotsUnguarded(work, slot));
        after = invalid is null ? state : before;
        return invalid;
    }

    /// <summary>Processes a block that is being made, on the state at its slot: what its state root is to be. Neither its signature nor its state root is looked at.</summary>
    /// <param name="before">The state at the block's slot.</param>
    /// <param name="block">The block.</param>
    /// <param name="engine">Whoever executes the payload.</param>
    /// <param name="stateRoot">The root of the state after it.</param>
    public static Invalid<TransitionRule>? ComputeStateRoot<TVerifier>(CachedState before, BeaconBlock block, IExecutionEngine engine, out Hash32 stateRoot)
        where TVerifier : struct, ISignatureVerifier
    {
        CachedState state = before.Copy();
        Invalid<TransitionRule>? invalid = Guard(state, work =>
        {
            BlockTransition<TVerifier> transition = new(work, engine);
            return transition.ProcessBlock(block) ?? transition.VerifySignatures();
        });
        stateRoot = invalid is null ? state.HashTreeRoot() : default;
        return invalid;
    }

    /// <summary>Runs a part of the transition; a number that leaves its range makes it invalid, as the specification says.</summary>
    internal static Invalid<TransitionRule>? Guard(CachedState state, Func<CachedState, Invalid<TransitionRule>?> part)
    {
        try
        {
            return part(state);
        }
        catch (OverflowException overflow)
        {
            return new(TransitionRule.ArithmeticOverflow, overflow.Message);
        }
    }

    private static Invalid<TransitionRule>? ProcessSlotsUnguarded(CachedState state, Slot slot)
    {
        if (state.State.Slot >= slot)
            return new(TransitionRule.SlotNotAfterState, $"{slot} on a state at {state.State.Slot}");
        while (state.State.Slot < slot)
        {
            SlotTransition.ProcessSlot(state);
            if ((state.State.Slot.Value + 1) % state.Preset.SlotsPerEpoch == 0)
                EpochTransition.ProcessEpoch(state);
            state.State.Slot += 1;
        }
        return null;
    }

    private static Invalid<TransitionRule>? VerifyStateRoot(CachedState state, BeaconBlock block)
    {
        Hash32 root = state.HashTreeRoot();
        return root == block.StateRoot ? null : new(TransitionRule.StateRoot, $"the block says {block.StateRoot}, the state has {root}");
    }
}
