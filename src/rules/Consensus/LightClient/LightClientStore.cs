using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>A light client: from a block that it trusts, by the sync committees' signatures alone, to what is final and what is the head. spec: cs/altair/light-client/sync-protocol</summary>
public sealed class LightClientStore
{
    private readonly ConsensusConfig _config;
    private readonly Hash32 _genesisValidatorsRoot;
    private readonly Hash32 _emptyHeader = LightClientUpdates.EmptyHeader.HashTreeRoot();
    private SyncCommittee _current;
    private SyncCommittee? _next;
    private LightClientUpdate? _best;
    private int _previousParticipants;
    private int _currentParticipants;

    private LightClientStore(ConsensusConfig config, Hash32 genesisValidatorsRoot, LightClientBootstrap bootstrap)
    {
        _config = config;
        _genesisValidatorsRoot = genesisValidatorsRoot;
        _current = bootstrap.CurrentSyncCommittee;
        FinalizedHeader = OptimisticHeader = bootstrap.Header;
    }

    /// <summary>The last block known to be final.</summary>
    public LightClientHeader FinalizedHeader { get; private set; }

    /// <summary>The last block known to have had the votes of many.</summary>
    public LightClientHeader OptimisticHeader { get; private set; }

    private Preset Preset => _config.Preset;

    /// <summary>Begins at a trusted block. spec: cs/altair/light-client/sync-protocol#initialize_light_client_store</summary>
    /// <param name="config">The network.</param>
    /// <param name="genesisValidatorsRoot">The chain.</param>
    /// <param name="trusted">The block's root.</param>
    /// <param name="bootstrap">What was told of it.</param>
    /// <param name="store">The client where nothing is wrong.</param>
    public static Invalid<LightClientRule>? TryBegin(
        ConsensusConfig config, Hash32 genesisValidatorsRoot, Hash32 trusted, LightClientBootstrap bootstrap, out LightClientStore? store)
    {
        store = null;
        if (CheckHeader(bootstrap.Header) is { } invalid)
            return invalid;
        BeaconBlockHeader block = bootstrap.Header.Beacon;
        if (block.HashTreeRoot() != trusted)
            return new(LightClientRule.TrustedBlock, $"{block.HashTreeRoot()}, not {trusted}");
        if (!MerkleProof.IsValid(
            bootstrap.CurrentSyncCommittee.HashTreeRoot(config.Preset), bootstrap.CurrentSyncCommitteeBranch, LightClientUpdates.CurrentSyncCommitteeIndex, block.StateRoot))
            return new(LightClientRule.SyncCommittee, "the current committee is not of the block's state");
        store = new(config, genesisValidatorsRoot, bootstrap);
        return null;
    }

    /// <summary>Takes an update in. spec: cs/altair/light-client/sync-protocol#process_light_client_update</summary>
    /// <param name="update">The update.</param>
    /// <param name="now">The slot of now.</param>
    public Invalid<LightClientRule>? Process<TVerifier>(LightClientUpdate update, Slot now)
        where TVerifier : struct, ISignatureVerifier
    {
        if (Validate<TVerifier>(update, now) is { } invalid)
            return invalid;
        int participants = update.SyncAggregate.SyncCommitteeBits.SetCount;
        if (_best is null || LightClientUpdates.IsBetter(Preset, update, _best))
            _best = update;
        _currentParticipants = Math.Max(_currentParticipants, participants);
        if (participants > Math.Max(_previousParticipants, _currentParticipants) / 2 && update.AttestedHeader.Beacon.Slot > OptimisticHeader.Beacon.Slot)
            OptimisticHeader = update.AttestedHeader;
        Slot finalized = update.FinalizedHeader.Beacon.Slot;
        bool bringsCommittee = _next is null && LightClientUpdates.HasSyncCommittee(update) && LightClientUpdates.HasFinality(update)
            && Preset.SyncCommitteePeriodAt(finalized) == Preset.SyncCommitteePeriodAt(update.AttestedHeader.Beacon.Slot);
        if (participants * 3 >= update.SyncAggregate.SyncCommitteeBits.Count * 2 && (finalized > FinalizedHeader.Beacon.Slot || bringsCommittee))
        {
            Apply(update);
            _best = null;
        }
        return null;
    }

    /// <summary>News of what is final. spec: cs/altair/light-client/sync-protocol#process_light_client_finality_update</summary>
    public Invalid<LightClientRule>? Process<TVerifier>(LightClientFinalityUpdate update, Slot now)
        where TVerifier : struct, ISignatureVerifier =>
        Process<TVerifier>(Widen(update.AttestedHeader, update.FinalizedHeader, update.FinalityBranch, update.SyncAggregate, update.SignatureSlot), now);

    /// <summary>News of the head. spec: cs/altair/light-client/sync-protocol#process_light_client_optimistic_update</summary>
    public Invalid<LightClientRule>? Process<TVerifier>(LightClientOptimisticUpdate update, Slot now)
        where TVerifier : struct, ISignatureVerifier =>
        Process<TVerifier>(Widen(update.AttestedHeader, LightClientUpdates.EmptyHeader, new Hash32[7], update.SyncAggregate, update.SignatureSlot), now);

    /// <summary>Goes on with the best update where nothing became final for a whole period. spec: cs/altair/light-client/sync-protocol#process_light_client_store_force_update</summary>
    public void ForceUpdate(Slot now)
    {
        if (_best is null || now <= FinalizedHeader.Beacon.Slot + (Preset.SlotsPerEpoch * Preset.EpochsPerSyncCommitteePeriod))
            return;
        if (_best.FinalizedHeader.Beacon.Slot <= FinalizedHeader.Beacon.Slot)
            _best = _best with { FinalizedHeader = _best.AttestedHeader };
        Apply(_best);
        _best = null;
    }

    private LightClientUpdate Widen(LightClientHeader attested, LightClientHeader finalized, Hash32[] branch, SyncAggregate aggregate, Slot signatureSlot) =>
        new(attested, LightClientUpdates.EmptyCommittee(Preset), new Hash32[6], finalized, branch, aggregate, signatureSlot);

    /// <summary>spec: cs/altair/light-client/sync-protocol#apply_light_client_update</summary>
    private void Apply(LightClientUpdate update)
    {
        ulong finalizedPeriod = Preset.SyncCommitteePeriodAt(update.FinalizedHeader.Beacon.Slot);
        SyncCommittee? brought = LightClientUpdates.HasSyncCommittee(update) ? update.NextSyncCommittee : null;
        if (_next is null)
        {
            _next = brought;
        }
        else if (finalizedPeriod == Preset.SyncCommitteePeriodAt(FinalizedHeader.Beacon.Slot) + 1)
        {
            (_current, _next) = (_next, brought);
            (_previousParticipants, _currentParticipants) = (_currentParticipants, 0);
        }
        if (update.FinalizedHeader.Beacon.Slot <= FinalizedHeader.Beacon.Slot)
            return;
        FinalizedHeader = update.FinalizedHeader;
        if (FinalizedHeader.Beacon.Slot > OptimisticHeader.Beacon.Slot)
            OptimisticHeader = FinalizedHeader;
    }

    /// <summary>spec: cs/altair/light-client/sync-protocol#validate_light_client_update</summary>
    private Invalid<LightClientRule>? Validate<TVerifier>(LightClientUpdate update, Slot now)
        where TVerifier : struct, ISignatureVerifier
    {
        if ((ulong)update.SyncAggregate.SyncCommitteeBits.SetCount < Preset.MinSyncCommitteeParticipants)
            return new(LightClientRule.Participants, $"{update.SyncAggregate.SyncCommitteeBits.SetCount} have signed");
        if (CheckHeader(update.AttestedHeader) is { } invalid)
            return invalid;
        Slot attested = update.AttestedHeader.Beacon.Slot, finalized = update.FinalizedHeader.Beacon.Slot;
        if (now < update.SignatureSlot || update.SignatureSlot <= attested || attested < finalized)
            return new(LightClientRule.SlotOrder, $"now {now}, signature {update.SignatureSlot}, attested {attested}, final {finalized}");
        ulong period = Preset.SyncCommitteePeriodAt(FinalizedHeader.Beacon.Slot), signaturePeriod = Preset.SyncCommitteePeriodAt(update.SignatureSlot);
        if (signaturePeriod != period && !(_next is not null && signaturePeriod == period + 1))
            return new(LightClientRule.UnknownPeriod, $"period {signaturePeriod}, while {period} is known");
        bool bringsCommittee = _next is null && LightClientUpdates.HasSyncCommittee(update) && Preset.SyncCommitteePeriodAt(attested) == period;
        if (attested <= FinalizedHeader.Beacon.Slot && !bringsCommittee)
            return new(LightClientRule.Irrelevant, $"{attested} is no later than what is final");
        return CheckFinality(update) ?? CheckCommittee(update, period) ?? CheckSignature<TVerifier>(update, signaturePeriod == period ? _current : _next!);
    }

    private Invalid<LightClientRule>? CheckFinality(LightClientUpdate update)
    {
        LightClientHeader header = update.FinalizedHeader;
        bool isEmpty = header.HashTreeRoot() == _emptyHeader;
        if (!LightClientUpdates.HasFinality(update))
            return isEmpty ? null : new(LightClientRule.Finality, "a finalized block without a proof");
        bool isGenesis = header.Beacon.Slot == Slot.Genesis;
        if (isGenesis && !isEmpty)
            return new(LightClientRule.Finality, "genesis stands as zeros");
        if (!isGenesis && CheckHeader(header) is { } invalid)
            return invalid;
        Hash32 root = isGenesis ? default : header.Beacon.HashTreeRoot();
        return MerkleProof.IsValid(root, update.FinalityBranch, LightClientUpdates.FinalizedRootIndex, update.AttestedHeader.Beacon.StateRoot)
            ? null
            : new(LightClientRule.Finality, $"{root} is not final in the attested state");
    }

    private Invalid<LightClientRule>? CheckCommittee(LightClientUpdate update, ulong period)
    {
        Hash32 root = update.NextSyncCommittee.HashTreeRoot(Preset);
        if (!LightClientUpdates.HasSyncCommittee(update))
            return root == LightClientUpdates.EmptyCommittee(Preset).HashTreeRoot(Preset) ? null : new(LightClientRule.SyncCommittee, "a committee without a proof");
        if (_next is not null && Preset.SyncCommitteePeriodAt(update.AttestedHeader.Beacon.Slot) == period && root != _next.HashTreeRoot(Preset))
            return new(LightClientRule.SyncCommittee, "another next committee than the one known");
        return MerkleProof.IsValid(root, update.NextSyncCommitteeBranch, LightClientUpdates.NextSyncCommitteeIndex, update.AttestedHeader.Beacon.StateRoot)
            ? null
            : new(LightClientRule.SyncCommittee, "the next committee is not of the attested state");
    }

    private Invalid<LightClientRule>? CheckSignature<TVerifier>(LightClientUpdate update, SyncCommittee committee)
        where TVerifier : struct, ISignatureVerifier
    {
        if (!TVerifier.Verifies)
            return null;
        List<BlsPublicKey> keys = [];
        ReadOnlySpan<Bytes48> members = committee.PublicKeys.AsSpan();
        for (int i = 0; i < members.Length; i++)
        {
            if (!update.SyncAggregate.SyncCommitteeBits[i])
                continue;
            if (!BlsPublicKey.TryDecode(members[i].AsSpan(), out BlsPublicKey? key, out _))
                return new(LightClientRule.Signature, $"member {i} has no key");
            keys.Add(key);
        }
        Hash32 domain = Signing.ComputeDomain(DomainType.SyncCommittee, _config.ElectraForkVersion, _genesisValidatorsRoot);
        Hash32 signingRoot = Signing.ComputeSigningRoot(update.AttestedHeader.Beacon.HashTreeRoot(), domain);
        return BlsSignature.TryDecode(update.SyncAggregate.SyncCommitteeSignature.AsSpan(), out BlsSignature? signature, out _)
            && TVerifier.VerifyAll([new BlsSignatureSet(Bls.AggregatePublicKeys([.. keys]), signingRoot.AsSpan().ToArray(), signature)])
            ? null
            : new(LightClientRule.Signature, $"the committee's signature of {signingRoot} does not hold");
    }

    /// <summary>spec: cs/deneb/light-client/sync-protocol#modified-is_valid_light_client_header</summary>
    private static Invalid<LightClientRule>? CheckHeader(LightClientHeader header) =>
        MerkleProof.IsValid(header.Execution.HashTreeRoot(), header.ExecutionBranch, LightClientUpdates.ExecutionPayloadIndex, header.Beacon.BodyRoot)
            ? null
            : new(LightClientRule.ExecutionHeader, $"the payload's header is not of the block of {header.Beacon.Slot}");
}
