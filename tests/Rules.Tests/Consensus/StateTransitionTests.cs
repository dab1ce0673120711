using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Rules.Tests.Consensus;

/// <summary>The front door: blocks on a chain of our own making.</summary>
public class StateTransitionTests
{
    [Fact]
    public void A_chain_that_everybody_votes_for_becomes_final()
    {
        BeaconWorld world = new();
        for (ulong slot = 1; slot <= 4 * world.Preset.SlotsPerEpoch; slot++)
            world.Extend();
        Assert.Equal(new Epoch(3), world.Head.State.CurrentJustifiedCheckpoint.Epoch);
        Assert.Equal(new Epoch(2), world.Head.State.FinalizedCheckpoint.Epoch);
    }

    [Fact]
    public void A_chain_without_votes_leaks_and_finds_back()
    {
        BeaconWorld world = new();
        ulong epoch = world.Preset.SlotsPerEpoch;
        for (int i = 0; i < 8; i++)
            world.Extend(epoch, draft => draft.Body = draft.Body with { Attestations = [] });
        Assert.True(world.Head.IsInInactivityLeak());
        Assert.True(world.Head.State.InactivityScores[0] > 0);
        Assert.True(world.Head.State.Balances[0] < world.Preset.MinActivationBalance);
        for (ulong slot = 0; slot < 4 * epoch; slot++)
            world.Extend();
        Assert.False(world.Head.IsInInactivityLeak());
    }

    [Fact]
    public void A_rejected_block_leaves_the_state_as_it_was()
    {
        BeaconWorld world = new();
        world.Extend();
        byte[] before = world.Head.State.Encode(world.Preset);
        Hash32 root = world.Head.HashTreeRoot();
        Slot epochLater = world.Head.State.Slot + world.Preset.SlotsPerEpoch;
        SignedBeaconBlock block = world.Make(world.Head, epochLater, draft => draft.StateRoot = BeaconWorld.Hash(1));

        Invalid<TransitionRule>? invalid = StateTransition.Apply<BlsVerifier>(world.Head, block, BeaconWorld.Engine, out CachedState after);

        Assert.Equal(TransitionRule.StateRoot, invalid?.Rule);
        Assert.Same(world.Head, after);
        Assert.Equal(before, world.Head.State.Encode(world.Preset));
        Assert.Equal(root, world.Head.HashTreeRoot());
    }

    [Fact]
    public void Two_blocks_on_one_state_do_not_notice_each_other()
    {
        BeaconWorld world = new();
        CachedState parent = world.Extend();
        Hash32 root = parent.HashTreeRoot();
        Slot next = parent.State.Slot + 1;
        SignedBeaconBlock first = world.Make(parent, next), second = world.Make(parent, next, draft => draft.Body = draft.Body with { Graffiti = BeaconWorld.Hash(7) });
        Assert.Null(StateTransition.Apply<BlsVerifier>(parent, first, BeaconWorld.Engine, out CachedState afterFirst));
        Assert.Null(StateTransition.Apply<BlsVerifier>(parent, second, BeaconWorld.Engine, out CachedState afterSecond));
        Assert.Equal(first.Message.StateRoot, afterFirst.HashTreeRoot());
        Assert.Equal(second.Message.StateRoot, afterSecond.HashTreeRoot());
        Assert.NotEqual(afterFirst.HashTreeRoot(), afterSecond.HashTreeRoot());
        Assert.Equal(root, parent.HashTreeRoot());
    }

    [Fact]
    public void Slots_do_not_pass_backwards()
    {
        BeaconWorld world = new();
        Assert.Equal(TransitionRule.SlotNotAfterState, StateTransition.ProcessSlots(world.Head, Slot.Genesis, out CachedState after)?.Rule);
        Assert.Same(world.Head, after);
    }

    [Fact]
    public void A_state_where_nobody_is_active_is_invalid_and_no_crash()
    {
        BeaconWorld world = new();
        CachedState state = world.Head.Copy();
        for (int i = 0; i < state.State.Validators.Count; i++)
            state.State.Validators[i] = state.State.Validators[i] with { ExitEpoch = Epoch.Genesis };
        SignedBeaconBlock block = world.Make(world.Head, new Slot(1));
        Assert.Equal(TransitionRule.ArithmeticOverflow, StateTransition.Apply<BlsVerifier>(state, block, BeaconWorld.Engine, out _)?.Rule);
    }

    [Fact]
    public void What_is_remembered_follows_from_the_state_alone()
    {
        BeaconWorld world = new();
        for (ulong slot = 1; slot <= 2 * world.Preset.SlotsPerEpoch + 3; slot++)
            world.Extend(slot % 5 == 0 ? 2UL : 1);
        byte[] encoding = world.Head.State.Encode(world.Preset);
        Assert.True(BeaconState.TryDecode(encoding, world.Preset, out BeaconState? decoded, out _));
        CachedState fresh = new(world.Config, decoded);
        Assert.Equal(fresh.HashTreeRoot(), world.Head.HashTreeRoot());
        Assert.Equal(fresh.GetTotalActiveBalance(), world.Head.GetTotalActiveBalance());
        Assert.Equal(fresh.GetBeaconProposerIndex(), world.Head.GetBeaconProposerIndex());
        Assert.Equal(fresh.GetSyncCommitteeIndices().ToArray(), world.Head.GetSyncCommitteeIndices().ToArray());
        Epoch epoch = fresh.GetCurrentEpoch();
        Assert.Equal(fresh.GetCommittees(epoch + 1).Get(fresh.Preset.StartSlotOf(epoch + 1), 0).ToArray(), world.Head.GetCommittees(epoch + 1).Get(fresh.Preset.StartSlotOf(epoch + 1), 0).ToArray());
    }
}
