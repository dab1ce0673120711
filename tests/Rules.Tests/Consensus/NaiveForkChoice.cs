using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Rules.Tests.Consensus;

/// <summary>
/// The slow twin of the fork choice: the specification's store and functions as they are written there. Every weight is summed over all votes when it
/// is asked for, the tree is walked by dictionary, and nothing is ever forgotten. spec: cs/phase0/fork-choice
/// </summary>
internal sealed class NaiveForkChoice
{
    private readonly Dictionary<Hash32, Known> _blocks = [];
    private readonly Dictionary<int, (Epoch Epoch, Hash32 Root)> _messages = [];
    private readonly HashSet<int> _equivocating = [];
    private readonly ConsensusConfig _config;
    private readonly ulong _genesisTime;
    private ulong _time;
    private Checkpoint _unrealizedJustified;
    private Checkpoint _unrealizedFinalized;

    public NaiveForkChoice(BeaconBlock anchor, CachedState state)
    {
        _config = state.Config;
        _genesisTime = _time = state.State.GenesisTime;
        Hash32 root = anchor.HashTreeRoot(_config.Preset);
        Justified = Finalized = _unrealizedJustified = _unrealizedFinalized = new(Epoch.Genesis, root);
        _blocks.Add(root, new(anchor, state, true, Justified));
    }

    public Checkpoint Justified { get; private set; }

    public Checkpoint Finalized { get; private set; }

    public Hash32 Boost { get; private set; }

    public IEnumerable<Hash32> Roots => _blocks.Keys;

    public Slot CurrentSlot => new((_time - _genesisTime) / _config.SecondsPerSlot);

    private Preset Preset => _config.Preset;

    private Epoch CurrentEpoch => Preset.EpochAt(CurrentSlot);

    private ulong IntoSlot => (_time - _genesisTime) % _config.SecondsPerSlot;

    public BeaconBlock Block(Hash32 root) => _blocks[root].Block;

    public CachedState State(Hash32 root) => _blocks[root].State;

    public void OnTick(ulong time)
    {
        ulong slot = (time - _genesisTime) / _config.SecondsPerSlot;
        while (CurrentSlot.Value < slot)
            OnTickPerSlot(_genesisTime + ((CurrentSlot.Value + 1) * _config.SecondsPerSlot));
        OnTickPerSlot(time);
    }

    /// <summary>The block's own rules apart from its transition.</summary>
    public bool MayTake(BeaconBlock block) =>
        _blocks.ContainsKey(block.ParentRoot) && block.Slot <= CurrentSlot && block.Slot > Preset.StartSlotOf(Finalized.Epoch)
        && GetCheckpointBlock(block.ParentRoot, Finalized.Epoch) == Finalized.Root;

    public void OnBlock(BeaconBlock block, CachedState state)
    {
        Hash32 root = block.HashTreeRoot(Preset);
        bool isTimely = CurrentSlot == block.Slot && 1000 * IntoSlot < _config.SecondsPerSlot * 1000 / 3;
        CachedState pulledUp = state.Copy();
        EpochTransition.ProcessJustificationAndFinalization(pulledUp);
        (Checkpoint justified, Checkpoint finalized) = (pulledUp.State.CurrentJustifiedCheckpoint, pulledUp.State.FinalizedCheckpoint);
        _blocks.Add(root, new(block, state, isTimely, justified));
        if (isTimely && Boost.IsZero)
            Boost = root;
        UpdateCheckpoints(state.State.CurrentJustifiedCheckpoint, state.State.FinalizedCheckpoint);
        _unrealizedJustified = Later(_unrealizedJustified, justified);
        _unrealizedFinalized = Later(_unrealizedFinalized, finalized);
        if (Preset.EpochAt(block.Slot) < CurrentEpoch)
            UpdateCheckpoints(justified, finalized);
        foreach (Attestation attestation in block.Body.Attestations)
        {
            Assert.Null(new BlockTransition<UnverifiedSignatures>(state, BeaconWorld.Engine).CollectVoters(attestation, out int[] voters));
            OnVotes(voters, attestation.Data);
        }
    }

    public void OnVotes(IEnumerable<int> voters, AttestationData data)
    {
        foreach (int voter in voters.Where(voter => !_equivocating.Contains(voter)))
        {
            if (!_messages.TryGetValue(voter, out (Epoch Epoch, Hash32 Root) known) || data.Target.Epoch > known.Epoch)
                _messages[voter] = (data.Target.Epoch, data.BeaconBlockRoot);
        }
    }

    public void Equivocate(IEnumerable<int> validators) => _equivocating.UnionWith(validators);

    public Hash32 GetHead()
    {
        HashSet<Hash32> filtered = [];
        FilterBlockTree(Justified.Root, filtered);
        Hash32 head = Justified.Root;
        while (Children(head).Where(filtered.Contains).ToArray() is { Length: > 0 } children)
            head = children.MaxBy(child => (GetWeight(child), Convert.ToHexString(child.AsSpan())));
        return head;
    }

    public Hash32 GetProposerHead(Hash32 head, Slot slot)
    {
        if (!_blocks.TryGetValue(Block(head).ParentRoot, out Known? parent))
            return head;
        Known node = _blocks[head];
        ulong committee = CommitteeWeight();
        bool mayReorg = !node.IsTimely
            && slot.Value % Preset.SlotsPerEpoch != 0
            && node.UnrealizedJustified == parent.UnrealizedJustified
            && Preset.EpochAt(slot) - Finalized.Epoch <= 2
            && 1000 * IntoSlot <= _config.SecondsPerSlot * 1000 / 6
            && parent.Block.Slot + 1 == node.Block.Slot && node.Block.Slot + 1 == slot
            && GetWeight(head) < committee * 20 / 100
            && GetWeight(node.Block.ParentRoot) > committee * 160 / 100;
        return mayReorg ? node.Block.ParentRoot : head;
    }

    public Hash32 GetCheckpointBlock(Hash32 root, Epoch epoch) => GetAncestor(root, Preset.StartSlotOf(epoch));

    private static Checkpoint Later(Checkpoint known, Checkpoint other) => other.Epoch > known.Epoch ? other : known;

    private void OnTickPerSlot(ulong time)
    {
        Slot before = CurrentSlot;
        _time = time;
        if (CurrentSlot > before)
            Boost = default;
        if (CurrentSlot > before && CurrentSlot.Value % Preset.SlotsPerEpoch == 0)
            UpdateCheckpoints(_unrealizedJustified, _unrealizedFinalized);
    }

    private void UpdateCheckpoints(Checkpoint justified, Checkpoint finalized) => (Justified, Finalized) = (Later(Justified, justified), Later(Finalized, finalized));

    private Hash32 GetAncestor(Hash32 root, Slot slot) => Block(root).Slot > slot ? GetAncestor(Block(root).ParentRoot, slot) : root;

    private IEnumerable<Hash32> Children(Hash32 root) => _blocks.Where(pair => pair.Value.Block.ParentRoot == root).Select(pair => pair.Key);

    private bool FilterBlockTree(Hash32 root, HashSet<Hash32> filtered)
    {
        bool isKept = Children(root).ToArray() is { Length: > 0 } children
            ? children.Select(child => FilterBlockTree(child, filtered)).ToArray().Contains(true)
            : IsViable(root);
        if (isKept)
            filtered.Add(root);
        return isKept;
    }

    private bool IsViable(Hash32 root)
    {
        Known node = _blocks[root];
        Checkpoint source = CurrentEpoch > Preset.EpochAt(node.Block.Slot) ? node.UnrealizedJustified : node.State.State.CurrentJustifiedCheckpoint;
        return (Justified.Epoch == Epoch.Genesis || source.Epoch == Justified.Epoch || source.Epoch + 2 >= CurrentEpoch)
            && (Finalized.Epoch == Epoch.Genesis || GetCheckpointBlock(root, Finalized.Epoch) == Finalized.Root);
    }

    private ulong GetWeight(Hash32 root)
    {
        CachedState state = JustifiedState();
        ulong weight = 0;
        foreach ((int voter, (Epoch _, Hash32 voted)) in _messages)
        {
            Validator validator = state.State.Validators[voter];
            if (validator.IsActiveAt(state.GetCurrentEpoch()) && !validator.Slashed && !_equivocating.Contains(voter) && GetAncestor(voted, Block(root).Slot) == root)
                weight += validator.EffectiveBalance.Value;
        }
        return !Boost.IsZero && GetAncestor(Boost, Block(root).Slot) == root ? weight + (CommitteeWeight() * 40 / 100) : weight;
    }

    private ulong CommitteeWeight() => JustifiedState().GetTotalActiveBalance().Value / Preset.SlotsPerEpoch;

    private CachedState JustifiedState()
    {
        CachedState state = State(Justified.Root);
        Slot start = Preset.StartSlotOf(Justified.Epoch);
        return state.State.Slot < start ? BeaconWorld.At(state, start) : state;
    }

    private sealed record Known(BeaconBlock Block, CachedState State, bool IsTimely, Checkpoint UnrealizedJustified);
}
