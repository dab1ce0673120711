using System.Diagnostics.CodeAnalysis;
using Flashback.Consensus;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <content>New blocks and votes. spec: cs/electra/validator</content>
public sealed partial class BeaconChain
{
    private const ulong MostSlotsBehind = 8; // with more empty slots on end it is likelier that we miss blocks than that there are none

    private readonly Dictionary<ValidatorIndex, Address> _feeRecipients = []; // guarded by _gate
    private volatile bool _isSyncing;

    /// <summary>Whether peers are known to be further than this node.</summary>
    public bool IsSyncing
    {
        get => _isSyncing;
        internal set => _isSyncing = value;
    }

    /// <summary>Says who gets the fees of a validator's blocks.</summary>
    public void PrepareProposer(ValidatorIndex validator, Address feeRecipient)
    {
        lock (_gate)
            _feeRecipients[validator] = feeRecipient;
    }

    /// <summary>Puts a block together on the head, or on its parent where the head came late and is weak.</summary>
    /// <param name="slot">The present slot.</param>
    /// <param name="randaoReveal">The proposer's signature of the epoch.</param>
    /// <param name="graffiti">What the proposer writes.</param>
    /// <param name="proposal">The block.</param>
    public Invalid<ProductionRule>? Propose(Slot slot, in Bytes96 randaoReveal, in Hash32 graffiti, out BlockProposal? proposal)
    {
        List<BeaconEvent> events = [];
        Invalid<ProductionRule>? invalid;
        lock (_gate)
        {
            TickUnderGate();
            UpdateHead(events);
            invalid = CheckSlot(slot);
            proposal = null;
            if (invalid is null)
            {
                Hash32 parent = _forkChoice.GetProposerHead(_snapshot.HeadRoot, slot);
                CachedState? state = _forkChoice.SlotOf(parent) < slot ? StateAt(parent, slot) : null;
                invalid = state is null ? new(ProductionRule.SlotTaken, $"the head is at {_snapshot.Head.Slot}, {slot} is to be proposed") : Propose(state, parent, randaoReveal, graffiti, out proposal);
            }
        }
        Raise(events);
        return invalid;
    }

    /// <summary>What a committee votes for. spec: cs/phase0/validator#attestation-data</summary>
    public Invalid<ProductionRule>? MakeAttestationData(Slot slot, out AttestationData data)
    {
        List<BeaconEvent> events = [];
        Invalid<ProductionRule>? invalid;
        lock (_gate)
        {
            TickUnderGate();
            UpdateHead(events);
            invalid = MakeAttestationDataUnderGate(slot, out data);
        }
        Raise(events); // the head may have moved even where there is no vote
        return invalid;
    }

    /// <summary>The subnet that a vote travels on; 0 where its target is not known.</summary>
    public byte SubnetOf(in AttestationData data, CommitteeIndex committee)
    {
        lock (_gate)
        {
            // Nobody has looked at the vote yet: an epoch to come would be a state to be let on to it, one long past has none.
            Epoch epoch = Preset.EpochAt(data.Slot);
            bool isTimely = data.Slot <= CurrentSlot && epoch + 1 >= Preset.EpochAt(CurrentSlot) && data.Target.Epoch == epoch && _forkChoice.SlotOf(data.Target.Root) <= Preset.StartSlotOf(epoch);
            return isTimely && _forkChoice.CheckpointState(data.Target)?.GetCommittees(epoch) is { } committees && committee.Value < committees.PerSlot
                ? Aggregators.AttestationSubnet(Preset, committees.PerSlot, data.Slot, committee)
                : (byte)0;
        }
    }

    /// <summary>The largest aggregate of a committee's votes; null where there is none.</summary>
    public Attestation? Aggregate(in Hash32 dataRoot, CommitteeIndex committee)
    {
        lock (_gate)
            return _votes.Best(dataRoot, committee);
    }

    /// <summary>The largest contribution of a part of the sync committee; null where there is none.</summary>
    public SyncCommitteeContribution? Contribution(Slot slot, in Hash32 root, ulong subcommittee)
    {
        lock (_gate)
            return _syncVotes.Best(slot, root, subcommittee);
    }

    /// <summary>What waits for a block: votes, slashings, exits, changes of credentials.</summary>
    public PooledOperations Operations()
    {
        lock (_gate)
            return new PooledOperations(_votes.All(), _operations.ProposerSlashings, _operations.AttesterSlashings, _operations.VoluntaryExits, _operations.BlsToExecutionChanges);
    }

    private Invalid<ProductionRule>? MakeAttestationDataUnderGate(Slot slot, out AttestationData data)
    {
        data = default;
        if (CheckSlot(slot) is { } invalid)
            return invalid;
        Hash32 head = _forkChoice.AncestorOf(_snapshot.HeadRoot, slot)!.Value;
        if (StateAt(head, slot) is not { } state)
            return new(ProductionRule.Unsound, $"no state of {slot}");
        Epoch epoch = Preset.EpochAt(slot);
        Slot start = Preset.StartSlotOf(epoch);
        Hash32 target = _forkChoice.SlotOf(head) <= start ? head : state.GetBlockRootAtSlot(start);
        data = new AttestationData(slot, default, head, state.State.CurrentJustifiedCheckpoint, new Checkpoint(epoch, target));
        return null;
    }

    private Invalid<ProductionRule>? CheckSlot(Slot slot)
    {
        Slot now = CurrentSlot;
        if (slot != now)
            return new(ProductionRule.NotNow, $"{slot} at {now}");
        return IsSyncing && _snapshot.Head.Slot + MostSlotsBehind < now ? new(ProductionRule.Behind, $"the head is at {_snapshot.Head.Slot}, it is {now}") : null;
    }

    private Invalid<ProductionRule>? Propose(CachedState state, in Hash32 parent, in Bytes96 randaoReveal, in Hash32 graffiti, out BlockProposal? proposal)
    {
        proposal = null;
        Slot slot = state.State.Slot;
        ValidatorIndex proposer = state.GetBeaconProposerIndex();
        if (Build(state, parent, proposer) is not { } built)
            return new(ProductionRule.Unsound, "the execution state of the parent is not kept");
        _execution.Import(built.Block, built.After, built.Claims);
        Consensus.ExecutionPayload payload = PayloadConversion.ToBeacon(built.Block);
        BeaconBlockBody body = _operations.Fill(state, BeaconBlockBody.Empty(Preset)) with
        {
            RandaoReveal = randaoReveal,
            Eth1Data = state.State.Eth1Data, // deposits come as requests: there is nothing to vote for. spec: EIP-6110
            Graffiti = graffiti,
            Attestations = _votes.Select(state),
            SyncAggregate = _syncVotes.Select(new Slot(slot.Value - 1), parent),
            ExecutionPayload = payload,
            BlobKzgCommitments = [.. built.Sidecars.SelectMany(sidecar => sidecar.Commitments)],
            ExecutionRequests = PayloadConversion.ToBeacon(built.Requests, Preset),
        };
        BeaconBlock block = new(slot, proposer, parent, default, body);
        if (StateTransition.ComputeStateRoot<UnverifiedSignatures>(state, block, new ExecutedBefore(), out Hash32 stateRoot) is { } unsound)
            return new(ProductionRule.Unsound, unsound.ToString());
        proposal = new BlockProposal(
            block with { StateRoot = stateRoot }, [.. built.Sidecars.SelectMany(sidecar => sidecar.Blobs)], [.. built.Sidecars.SelectMany(sidecar => sidecar.Proofs)], built.Value);
        return null;
    }

    /// <summary>Puts the execution block together; null where the state before it is not kept.</summary>
    private BuiltBlock? Build(CachedState state, in Hash32 parent, ValidatorIndex proposer)
    {
        if (!TryOpenExecution(state.State.LatestExecutionPayloadHeader.BlockHash, out ChainSnapshot? execution))
            return null;
        BlockAttributes attributes = new(
            state.ComputeTimeAtSlot(state.State.Slot),
            _feeRecipients.GetValueOrDefault(proposer, _options.FeeRecipient),
            FeeMarket.GasLimitToward(_options.Building.GasLimit, execution.Head.Header),
            state.GetRandaoMix(state.GetCurrentEpoch()), parent, _options.Building.ExtraData);
        Execution.Withdrawal[] withdrawals = PayloadConversion.ToExecution(ExpectedWithdrawals.Of(state).Withdrawals);
        return _builder.Build(execution, attributes, withdrawals, TimeSpan.FromSeconds((double)_config.SecondsPerSlot / _options.BuildingShare), CancellationToken.None);
    }

    private bool TryOpenExecution(in Hash32 hash, [NotNullWhen(true)] out ChainSnapshot? snapshot)
    {
        snapshot = _execution.Snapshot;
        if (snapshot.Head.Hash == hash)
            return true;
        snapshot = _execution.Blocks.TryGetBlock(hash, out ExecutedBlock? block) && _execution.TryOpenState(block.Header, out State.StateView? after)
            ? snapshot with { Head = block, State = after }
            : null;
        return snapshot is not null;
    }
}
