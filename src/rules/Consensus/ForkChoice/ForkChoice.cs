using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>Which block is the head, and what is justified and final: LMD-GHOST over the blocks and votes seen so far. spec: cs/phase0/fork-choice</summary>
/// <remarks>
/// Time comes from outside (<see cref="OnTick"/>), in seconds since 1970. One thread at a time. Blocks beside what is final are forgotten.
/// Weights are summed over an array of blocks when the head is asked for: a pass over the validators and one over the blocks.
/// </remarks>
/// <typeparam name="TVerifier">How signatures are verified.</typeparam>
public sealed partial class ForkChoice<TVerifier>
    where TVerifier : struct, ISignatureVerifier
{
    // Parts of a slot in 10,000: votes are due after the first, a proposer decides on a reorg within the second. In fractions, for a slot may be a second long.
    // spec: cs/phase0/fork-choice#get_attestation_due_ms, #get_proposer_reorg_cutoff_ms
    private const ulong BasisPoints = 10_000;
    private const ulong AttestationDue = 3_333;
    private const ulong ProposerReorgCutoff = 1_667;

    private const ulong ProposerScoreBoost = 40;
    private const ulong ReorgHeadWeightThreshold = 20;
    private const ulong ReorgParentWeightThreshold = 160;
    private const ulong ReorgMaxEpochsSinceFinalization = 2;

    private readonly ConsensusConfig _config;
    private readonly IExecutionEngine _engine;
    private readonly IDataAvailability _availability;
    private readonly ulong _genesisTime;
    private readonly BlockTree _tree = new();
    private readonly LatestVotes _votes = new();
    private readonly Dictionary<Checkpoint, CachedState> _checkpointStates = [];
    private Checkpoint _unrealizedJustified;
    private Checkpoint _unrealizedFinalized;
    private (Checkpoint Of, ulong[] Values) _balances;

    /// <summary>Begins at a block that is trusted. spec: cs/phase0/fork-choice#get_forkchoice_store</summary>
    /// <param name="anchor">The block.</param>
    /// <param name="state">The state after it.</param>
    /// <param name="engine">Whoever executes payloads.</param>
    /// <param name="availability">Knows whose data is at hand.</param>
    /// <exception cref="ArgumentException">The state is not the block's.</exception>
    public ForkChoice(BeaconBlock anchor, CachedState state, IExecutionEngine engine, IDataAvailability availability)
    {
        if (anchor.StateRoot != state.HashTreeRoot())
            throw new ArgumentException("the state is not the block's", nameof(state));
        (_config, _engine, _availability) = (state.Config, engine, availability);
        _genesisTime = state.State.GenesisTime;
        Time = _genesisTime + (_config.SecondsPerSlot * state.State.Slot.Value);
        Hash32 root = anchor.HashTreeRoot(_config.Preset);
        Checkpoint checkpoint = new(state.GetCurrentEpoch(), root);
        (JustifiedCheckpoint, FinalizedCheckpoint, _unrealizedJustified, _unrealizedFinalized) = (checkpoint, checkpoint, checkpoint, checkpoint);
        _checkpointStates.Add(checkpoint, state);
        _tree.Add(new() { Parent = -1, Root = root, Slot = anchor.Slot, State = state, Justified = state.State.CurrentJustifiedCheckpoint, UnrealizedJustified = checkpoint, IsTimely = true });
    }

    /// <summary>The time of the last tick, in seconds since 1970.</summary>
    public ulong Time { get; private set; }

    /// <summary>The slot of that time.</summary>
    public Slot CurrentSlot => new((Time - _genesisTime) / _config.SecondsPerSlot);

    /// <summary>What is justified: the head descends from it.</summary>
    public Checkpoint JustifiedCheckpoint { get; private set; }

    /// <summary>What is final: nothing beside it is taken in.</summary>
    public Checkpoint FinalizedCheckpoint { get; private set; }

    /// <summary>The block of this slot that came first and in time, whose weight is raised; zeros where there is none.</summary>
    public Hash32 ProposerBoostRoot { get; private set; }

    /// <summary>How many blocks are kept.</summary>
    public int BlockCount => _tree.Count;

    private Preset Preset => _config.Preset;

    private Epoch CurrentEpoch => Preset.EpochAt(CurrentSlot);

    /// <summary>The slot of a block that is known; null for another.</summary>
    public Slot? SlotOf(in Hash32 root) => _tree.PlaceOf(root) is >= 0 and int place ? _tree[place].Slot : null;

    /// <summary>The state after a block that is known; null for another. It must not be changed.</summary>
    public CachedState? StateOf(in Hash32 root) => _tree.PlaceOf(root) is >= 0 and int place ? _tree[place].State : null;

    /// <summary>The last block at or before a slot on the way to a block; null where the block is not known. spec: cs/phase0/fork-choice#get_ancestor</summary>
    public Hash32? AncestorOf(in Hash32 root, Slot slot) => _tree.PlaceOf(root) is >= 0 and int place ? _tree[_tree.AncestorOf(place, slot)].Root : null;

    /// <summary>Whether nothing descends from a block that is known.</summary>
    public bool IsTip(in Hash32 root) => _tree.PlaceOf(root) is >= 0 and int place && !_tree[place].HasChildren;

    /// <summary>The blocks that are kept, parents before children: root, parent's root (zeros for the first), slot, and the weight that <see cref="GetHead"/> found last, in Gwei.</summary>
    public IReadOnlyList<(Hash32 Root, Hash32 Parent, Slot Slot, ulong Weight)> Blocks() =>
        [.. Enumerable.Range(0, _tree.Count).Select(place => _tree[place]).Select(node => (node.Root, node.Parent < 0 ? Hash32.Zero : _tree[node.Parent].Root, node.Slot, node.Weight))];

    /// <summary>Time goes on; every slot on the way is begun. spec: cs/phase0/fork-choice#on_tick</summary>
    /// <param name="time">Seconds since 1970. A time before that of the last tick changes nothing.</param>
    public void OnTick(ulong time)
    {
        if (time < Time)
            return;
        ulong slot = (time - _genesisTime) / _config.SecondsPerSlot;
        while (CurrentSlot.Value < slot)
            Tick(_genesisTime + ((CurrentSlot.Value + 1) * _config.SecondsPerSlot));
        Tick(time);
    }

    /// <summary>spec: cs/phase0/fork-choice#on_tick_per_slot</summary>
    private void Tick(ulong time)
    {
        Slot before = CurrentSlot;
        Time = time;
        if (CurrentSlot <= before)
            return;
        ProposerBoostRoot = default;
        if (CurrentSlot.Value % Preset.SlotsPerEpoch == 0)
            UpdateCheckpoints(_unrealizedJustified, _unrealizedFinalized);
    }

    /// <summary>spec: cs/phase0/fork-choice#update_checkpoints</summary>
    private void UpdateCheckpoints(in Checkpoint justified, in Checkpoint finalized)
    {
        if (justified.Epoch > JustifiedCheckpoint.Epoch)
            JustifiedCheckpoint = justified;
        if (finalized.Epoch <= FinalizedCheckpoint.Epoch)
            return;
        FinalizedCheckpoint = finalized;
        Prune();
    }

    /// <summary>spec: cs/phase0/fork-choice#update_unrealized_checkpoints</summary>
    private void UpdateUnrealizedCheckpoints(in Checkpoint justified, in Checkpoint finalized)
    {
        if (justified.Epoch > _unrealizedJustified.Epoch)
            _unrealizedJustified = justified;
        if (finalized.Epoch > _unrealizedFinalized.Epoch)
            _unrealizedFinalized = finalized;
    }

    /// <summary>Forgets blocks that do not descend from what is final, and states of checkpoints before it.</summary>
    private void Prune()
    {
        int root = _tree.PlaceOf(FinalizedCheckpoint.Root), justified = _tree.PlaceOf(JustifiedCheckpoint.Root);
        if (root > 0 && DescendsFromFinalized(justified)) // else validators of a third of the stake have contradicted themselves: all is kept
            _votes.Move(_tree.Prune(root));
        foreach (Checkpoint old in _checkpointStates.Keys.Where(checkpoint => checkpoint.Epoch < FinalizedCheckpoint.Epoch && checkpoint != JustifiedCheckpoint).ToArray())
            _ = _checkpointStates.Remove(old);
    }

    /// <summary>The state at the start of a checkpoint's epoch; null where its block is not known. It must not be changed. spec: cs/phase0/fork-choice#store_target_checkpoint_state</summary>
    public CachedState? CheckpointState(in Checkpoint checkpoint)
    {
        if (_checkpointStates.TryGetValue(checkpoint, out CachedState? state))
            return state;
        int place = _tree.PlaceOf(checkpoint.Root);
        if (place < 0)
            return null;
        state = _tree[place].State;
        Slot start = Preset.StartSlotOf(checkpoint.Epoch);
        if (state.State.Slot < start && StateTransition.ProcessSlots(state, start, out state) is not null)
            return null;
        _checkpointStates.Add(checkpoint, state);
        return state;
    }
}
