using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Rules.Tests.Consensus;

/// <summary>The fork choice and its slow twin over random trees: blocks early and late on any block, votes for anything, contradictions; after each step both say the same.</summary>
public sealed class ForkChoiceTwinTests
{
    [Fact]
    public void The_twin_says_the_same_after_every_step_of_a_lively_tree() => Seeds.Check(random => new Walk(random, loyalty: 0.6).Run(slots: 40));

    [Fact]
    public void The_twin_says_the_same_while_checkpoints_become_final() => Seeds.Check(random =>
    {
        Walk walk = new(random, loyalty: 0.97);
        walk.Run(slots: 48);
        Assert.True(walk.Finalized.Epoch > Epoch.Genesis);
    });

    /// <summary>A walk that blocks and votes take: the more loyal, the more often the head is built on and voted for.</summary>
    private sealed class Walk
    {
        private readonly BeaconWorld _world = new();
        private readonly Random _random;
        private readonly double _loyalty;
        private readonly ForkChoice<UnverifiedSignatures> _choice;
        private readonly NaiveForkChoice _twin;
        private readonly ulong _genesisTime;

        public Walk(Random random, double loyalty)
        {
            (_random, _loyalty, _genesisTime) = (random, loyalty, _world.Head.State.GenesisTime);
            BeaconBlock first = new(Slot.Genesis, default, default, _world.Head.HashTreeRoot(), BeaconBlockBody.Empty(_world.Preset));
            _choice = new(first, _world.Head, BeaconWorld.Engine, new Available());
            _twin = new(first, _world.Head);
        }

        public Checkpoint Finalized => _choice.FinalizedCheckpoint;

        public void Run(ulong slots)
        {
            for (ulong slot = 1; slot <= slots; slot++)
            {
                Tick(slot, (ulong)_random.Next(2) * (ulong)_random.Next((int)_world.Config.SecondsPerSlot - 1));
                for (int blocks = _random.NextDouble() < _loyalty ? 1 : _random.Next(3); blocks > 0; blocks--)
                    Propose(new(slot));
                if (_random.Next(2) == 0)
                    Tick(slot, _world.Config.SecondsPerSlot - 1);
                for (int votes = _random.Next(3); votes > 0 && slot > 1; votes--)
                    Vote(new(slot - 1));
                if (_random.NextDouble() > _loyalty && _random.Next(6) == 0)
                    Slash();
                Check();
            }
        }

        private void Tick(ulong slot, ulong seconds)
        {
            ulong time = _genesisTime + (slot * _world.Config.SecondsPerSlot) + seconds;
            _choice.OnTick(time);
            _twin.OnTick(time);
            Check();
        }

        private void Propose(Slot slot)
        {
            Hash32 parent = Pick();
            if (_twin.Block(parent).Slot >= slot)
                return;
            double share = _random.NextDouble() < _loyalty ? 1 : _random.NextDouble();
            SignedBeaconBlock block = _world.Make(_twin.State(parent), slot, draft =>
            {
                draft.Body = draft.Body with { Attestations = [], Graffiti = BeaconWorld.Hash((ulong)_random.NextInt64()) };
                for (ulong back = 1; back <= 2 && back < slot.Value; back++)
                    draft.Attest(new(slot.Value - back), _ => _random.NextDouble() < share);
            });
            bool isTaken = _choice.OnBlock(block) is null;
            Assert.Equal(_twin.MayTake(block.Message), isTaken);
            if (isTaken)
                _twin.OnBlock(block.Message, _choice.StateOf(block.Message.HashTreeRoot(_world.Preset))!);
            Check();
        }

        private void Vote(Slot slot)
        {
            Hash32 root = Pick();
            Epoch epoch = _world.Preset.EpochAt(slot);
            Hash32 target = _twin.GetCheckpointBlock(root, epoch);
            CachedState state = _twin.State(target);
            Slot start = _world.Preset.StartSlotOf(epoch);
            Committees committees = (state.State.Slot < start ? BeaconWorld.At(state, start) : state).GetCommittees(epoch);
            ulong committee = (ulong)_random.Next((int)committees.PerSlot);
            int[] members = committees.Get(slot, committee).ToArray();
            Bits voters = new(members.Length), bits = new((int)_world.Preset.MaxCommitteesPerSlot) { [(int)committee] = true };
            for (int i = 0; i < members.Length; i++)
                voters[i] = i == 0 || _random.Next(3) > 0;
            AttestationData data = new(slot, default, root, default, new(epoch, target));
            if (_choice.OnAttestation(new(voters, data, default, bits)) is null)
                _twin.OnVotes(members.Where((_, i) => voters[i]), data);
            Check();
        }

        private void Slash()
        {
            int[] validators = [.. Enumerable.Range(0, 64).OrderBy(_ => _random.Next()).Take(3).Order()];
            IndexedAttestation first = new([.. validators.Select(validator => new ValidatorIndex((ulong)validator))], new(new(1), default, default, default, default), default);
            IndexedAttestation second = first with { Data = first.Data with { BeaconBlockRoot = BeaconWorld.Hash(1) } };
            Assert.Null(_choice.OnAttesterSlashing(new(first, second)));
            _twin.Equivocate(validators);
        }

        /// <summary>The head mostly, else any block that was ever known and still is.</summary>
        private Hash32 Pick()
        {
            if (_random.NextDouble() < _loyalty)
                return _choice.GetHead();
            Hash32[] known = [.. _twin.Roots.TakeLast(12).Where(root => _choice.SlotOf(root) is not null)];
            return known.Length == 0 ? _choice.GetHead() : known[_random.Next(known.Length)];
        }

        private void Check()
        {
            Assert.Equal(_twin.Justified, _choice.JustifiedCheckpoint);
            Assert.Equal(_twin.Finalized, _choice.FinalizedCheckpoint);
            Assert.Equal(_twin.Boost, _choice.ProposerBoostRoot);
            Hash32 head = _choice.GetHead();
            Assert.Equal(_twin.GetHead(), head);
            Assert.Equal(_twin.GetProposerHead(head, _twin.CurrentSlot), _choice.GetProposerHead(head, _twin.CurrentSlot));
            foreach (Hash32 root in _twin.Roots.Where(root => _choice.SlotOf(root) is null))
                Assert.NotEqual(_twin.Finalized.Root, _twin.GetCheckpointBlock(root, _twin.Finalized.Epoch)); // only what is not above the final block is forgotten
        }

        private sealed class Available : IDataAvailability
        {
            public bool IsAvailable(in Hash32 root, BeaconBlock block) => true;
        }
    }
}
