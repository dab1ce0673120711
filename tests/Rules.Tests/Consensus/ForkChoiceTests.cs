using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Rules.Tests.Consensus;

/// <summary>The fork choice beside its official vectors: what is refused and why, what is forgotten, whose votes stop counting.</summary>
public sealed class ForkChoiceTests
{
    private readonly BeaconWorld _world = new();
    private readonly Gate _gate = new();
    private readonly ForkChoice<UnverifiedSignatures> _choice;
    private readonly CachedState _genesis;

    public ForkChoiceTests()
    {
        _genesis = _world.Head;
        BeaconBlock first = new(Slot.Genesis, default, default, _genesis.HashTreeRoot(), BeaconBlockBody.Empty(_world.Preset));
        _choice = new(first, _genesis, BeaconWorld.Engine, _gate);
    }

    [Fact]
    public void Blocks_that_may_not_be_known_are_refused_with_the_rule()
    {
        SignedBeaconBlock block = _world.Make(_genesis, new(1));
        Assert.Equal(ForkChoiceRule.FutureSlot, _choice.OnBlock(block)?.Rule);
        EnterSlot(1);
        Assert.Equal(ForkChoiceRule.UnknownParent, _choice.OnBlock(block with { Message = block.Message with { ParentRoot = BeaconWorld.Hash(1) } })?.Rule);
        Assert.Equal(ForkChoiceRule.InvalidBlock, _choice.OnBlock(block with { Message = block.Message with { StateRoot = BeaconWorld.Hash(1) } })?.Rule);
        _gate.IsOpen = false;
        Assert.Equal(ForkChoiceRule.Unavailable, _choice.OnBlock(block)?.Rule);
        (_gate.IsOpen, _gate.IsConvinced) = (true, false);
        Assert.Equal(ForkChoiceRule.Unproven, _choice.OnBlock(block)?.Rule);
        Assert.Equal(ForkChoiceRule.InvalidBlock, _choice.OnBlock(block with { Message = block.Message with { StateRoot = BeaconWorld.Hash(1) } })?.Rule); // claims come after the transition
        _gate.IsConvinced = true;
        Assert.Equal(1, _choice.BlockCount);
        Assert.Null(_choice.OnBlock(block));
        Assert.Equal(ForkChoiceRule.KnownBlock, _choice.OnBlock(block)?.Rule);
        Assert.Equal(block.Message.HashTreeRoot(_world.Preset), _choice.GetHead());
    }

    [Fact]
    public void What_is_final_is_built_on_and_everything_beside_it_forgotten()
    {
        ulong epoch = _world.Preset.SlotsPerEpoch;
        EnterSlot(1);
        SignedBeaconBlock beside = _world.Make(_genesis, new(1), draft => draft.Body = draft.Body with { Graffiti = BeaconWorld.Hash(7) });
        Assert.Null(_choice.OnBlock(beside));
        CachedState head = _genesis;
        for (ulong slot = 2; slot <= (5 * epoch) + 1; slot++)
        {
            EnterSlot(slot);
            SignedBeaconBlock block = _world.Make(head, new(slot));
            Assert.Null(_choice.OnBlock(block));
            Assert.Equal(Root(block), _choice.GetHead());
            head = _choice.StateOf(Root(block))!;
        }
        Assert.True(_choice.FinalizedCheckpoint.Epoch.Value >= 2);
        Assert.Null(_choice.SlotOf(beside.Message.HashTreeRoot(_world.Preset)));
        Assert.InRange((ulong)_choice.BlockCount, epoch, 3 * epoch);
        Assert.Equal(ForkChoiceRule.UnknownParent, _choice.OnBlock(_world.Make(_genesis, new(2)))?.Rule);
    }

    [Fact]
    public void Who_votes_twice_does_not_count_any_more()
    {
        EnterSlot(1);
        SignedBeaconBlock left = _world.Make(_genesis, new(1)), right = _world.Make(_genesis, new(1), draft => draft.Body = draft.Body with { Graffiti = BeaconWorld.Hash(7) });
        Assert.Null(_choice.OnBlock(left));
        Assert.Null(_choice.OnBlock(right));
        EnterSlot(2);
        Hash32 head = _choice.GetHead(), other = head == Root(left) ? Root(right) : Root(left);
        Attestation vote = VoteFor(other);
        Assert.Null(_choice.OnAttestation(vote));
        Assert.Equal(other, _choice.GetHead());
        IndexedAttestation first = Indexed(vote), second = first with { Data = first.Data with { BeaconBlockRoot = head } };
        Assert.Equal(ForkChoiceRule.NotSlashable, _choice.OnAttesterSlashing(new(first, first))?.Rule);
        Assert.Null(_choice.OnAttesterSlashing(new(first, second)));
        Assert.Equal(head, _choice.GetHead());
        Assert.Null(_choice.OnAttestation(vote));
        Assert.Equal(head, _choice.GetHead());
    }

    [Theory]
    [InlineData(12, 3, true)]
    [InlineData(12, 4, false)]
    [InlineData(2, 0, true)]
    [InlineData(2, 1, false)]
    [InlineData(1, 0, true)]
    public void Blocks_are_boosted_in_the_first_third_of_their_slot_however_short_it_is(ulong slot, ulong seconds, bool isTimely)
    {
        BeaconWorld world = new(config: ConsensusConfig.Minimal with { SecondsPerSlot = slot });
        CachedState genesis = world.Head;
        BeaconBlock first = new(Slot.Genesis, default, default, genesis.HashTreeRoot(), BeaconBlockBody.Empty(world.Preset));
        ForkChoice<UnverifiedSignatures> choice = new(first, genesis, BeaconWorld.Engine, _gate);
        choice.OnTick(genesis.State.GenesisTime + slot + seconds);
        SignedBeaconBlock block = world.Make(genesis, new(1));
        Assert.Null(choice.OnBlock(block));
        Assert.Equal(isTimely ? Root(block) : default, choice.ProposerBoostRoot);
    }

    [Fact]
    public void Votes_from_another_time_or_for_nothing_known_are_refused()
    {
        EnterSlot(1);
        SignedBeaconBlock block = _world.Make(_genesis, new(1));
        Assert.Null(_choice.OnBlock(block));
        Attestation vote = VoteFor(Root(block));
        Assert.Equal(ForkChoiceRule.FutureSlot, _choice.OnAttestation(vote)?.Rule);
        EnterSlot(2);
        Assert.Equal(ForkChoiceRule.UnknownBlock, _choice.OnAttestation(vote with { Data = vote.Data with { BeaconBlockRoot = BeaconWorld.Hash(1) } })?.Rule);
        Assert.Equal(ForkChoiceRule.BlockAfterVote, _choice.OnAttestation(vote with { Data = vote.Data with { Slot = Slot.Genesis } })?.Rule);
        Assert.Equal(ForkChoiceRule.TargetNotAncestor, _choice.OnAttestation(vote with { Data = vote.Data with { Target = new(Epoch.Genesis, Root(block)) } })?.Rule);
        Assert.Equal(ForkChoiceRule.TargetSlot, _choice.OnAttestation(vote with { Data = vote.Data with { Slot = new(_world.Preset.SlotsPerEpoch) } })?.Rule);
        EnterSlot(3 * _world.Preset.SlotsPerEpoch);
        Assert.Equal(ForkChoiceRule.TargetEpoch, _choice.OnAttestation(vote)?.Rule);
    }

    private void EnterSlot(ulong slot) => _choice.OnTick(_genesis.State.GenesisTime + (slot * _world.Config.SecondsPerSlot));

    private Hash32 Root(SignedBeaconBlock block) => block.Message.HashTreeRoot(_world.Preset);

    /// <summary>The vote of all members of the first committee of slot 1.</summary>
    private Attestation VoteFor(Hash32 root)
    {
        int members = _genesis.GetCommittees(Epoch.Genesis).Get(new(1), 0).Length;
        Bits voters = new(members), committees = new((int)_world.Preset.MaxCommitteesPerSlot);
        for (int i = 0; i < members; i++)
            voters[i] = true;
        committees[0] = true;
        Hash32 genesis = _genesis.State.LatestBlockHeader with { StateRoot = _genesis.HashTreeRoot() } is { } header ? header.HashTreeRoot() : default;
        return new(voters, new(new(1), default, root, default, new(Epoch.Genesis, genesis)), default, committees);
    }

    private IndexedAttestation Indexed(Attestation vote)
    {
        int[] members = _genesis.GetCommittees(Epoch.Genesis).Get(new(1), 0).ToArray();
        return new([.. members.Order().Select(member => new ValidatorIndex((ulong)member))], vote.Data, default);
    }

    private sealed class Gate : IDataAvailability
    {
        public bool IsOpen { get; set; } = true;

        public bool IsConvinced { get; set; } = true;

        public bool IsAvailable(in Hash32 root, BeaconBlock block) => IsOpen;

        public bool IsProven(in Hash32 root, BeaconBlock block) => IsConvinced;
    }
}
