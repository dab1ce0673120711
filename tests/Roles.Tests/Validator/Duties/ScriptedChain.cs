using System.Buffers.Binary;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Roles.Tests.Validator.Duties;

/// <summary>A beacon chain in memory with few validators, which takes only blocks that are valid.</summary>
internal sealed class ScriptedChain
{
    public const ulong GenesisTime = 1_600_000_000;

    private readonly Dictionary<Slot, CachedState> _ahead = [];

    public ScriptedChain(int validators, Action<BeaconState>? edit = null)
    {
        GenesisValidator[] all = [.. Enumerable.Range(0, validators).Select(i => new GenesisValidator(PublicKey(i), Hash32.Read([Predicates.AddressPrefix, .. new byte[31]]), Config.Preset.MinActivationBalance))];
        Head = BeaconGenesis.FromValidators(Config, GenesisTime, Sha256.Hash("entropy"u8), all, ExecutionPayloadHeader.Empty with { BlockHash = Sha256.Hash("payload"u8) });
        edit?.Invoke(Head.State);
        HeadRoot = (Head.State.LatestBlockHeader with { StateRoot = Head.HashTreeRoot() }).HashTreeRoot();
    }

    /// <summary>Ethereum's small network with a sync committee of eight: two members to a part.</summary>
    public static ConsensusConfig Config { get; } = ConsensusConfig.Minimal with { Preset = Presets.Minimal with { SyncCommitteeSize = 8 } };

    public CachedState Head { get; private set; }

    public Hash32 HeadRoot { get; private set; }

    public static Preset Preset => Config.Preset;

    public static BlsSecretKey Secret(int key)
    {
        byte[] bytes = new byte[BlsSecretKey.Size];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(28), key + 1);
        Assert.True(BlsSecretKey.TryDecode(bytes, out BlsSecretKey? secret, out _));
        return secret;
    }

    public static Bytes48 PublicKey(int key)
    {
        using BlsSecretKey secret = Secret(key);
        return Bytes48.Read(secret.ToPublicKey().ToBytes());
    }

    public static Bytes96 Sum(IEnumerable<Bytes96> signatures)
    {
        BlsSignature[] all = [.. signatures.Select(Decode)];
        return Bytes96.Read((all.Length == 0 ? BlsSignature.Infinity : Bls.Aggregate(all)).ToBytes());
    }

    /// <summary>The head's state as it is at a slot without further blocks.</summary>
    public CachedState At(Slot slot)
    {
        if (Head.State.Slot >= slot)
            return Head;
        if (!_ahead.TryGetValue(slot, out CachedState? state))
        {
            CachedState before = _ahead.Where(known => known.Key < slot).OrderByDescending(known => known.Key).Select(known => known.Value).FirstOrDefault() ?? Head;
            Assert.Null(StateTransition.ProcessSlots(before, slot, out state));
            _ahead[slot] = state;
        }
        return state;
    }

    public bool IsSignedBy(ValidatorIndex validator, DomainType type, Hash32 root, Bytes96 signature)
    {
        Assert.True(BlsPublicKey.TryDecode(Head.State.Validators.PublicKeyOf((int)validator.Value).AsSpan(), out BlsPublicKey? key, out _));
        Hash32 domain = Signing.ComputeDomain(type, Config.ElectraForkVersion, Head.State.GenesisValidatorsRoot);
        return BlsSignature.TryDecode(signature.AsSpan(), out BlsSignature? decoded, out _) && Bls.Verify(key, Signing.ComputeSigningRoot(root, domain).AsSpan(), decoded);
    }

    public AttestationData VoteFor(Slot slot)
    {
        CachedState state = At(slot);
        Slot start = Preset.StartSlotOf(Preset.EpochAt(slot));
        Hash32 target = start < Head.State.Slot ? state.GetBlockRoot(Preset.EpochAt(slot)) : HeadRoot;
        return new(slot, default, HeadRoot, state.State.CurrentJustifiedCheckpoint, new(Preset.EpochAt(slot), target));
    }

    /// <summary>A block on the head, to be signed.</summary>
    public BeaconBlock Make(Slot slot, Bytes96 reveal, Hash32 graffiti, Address feeRecipient, Attestation[] votes, SyncAggregate syncVote)
    {
        CachedState state = At(slot);
        Assert.Equal(slot, state.State.Slot);
        ExecutionPayloadHeader latest = state.State.LatestExecutionPayloadHeader;
        BeaconBlockBody body = BeaconBlockBody.Empty(Preset) with
        {
            Eth1Data = state.State.Eth1Data,
            RandaoReveal = reveal,
            Graffiti = graffiti,
            Attestations = votes,
            SyncAggregate = syncVote,
            ExecutionPayload = ExecutionPayload.Empty with
            {
                ParentHash = latest.BlockHash,
                FeeRecipient = feeRecipient,
                PrevRandao = state.GetRandaoMix(Preset.EpochAt(slot)),
                Timestamp = state.ComputeTimeAtSlot(slot),
                BlockHash = Sha256.Hash(BitConverter.GetBytes(slot.Value)),
                BlockNumber = latest.BlockNumber + 1,
                Withdrawals = ExpectedWithdrawals.Of(state).Withdrawals,
            },
        };
        BeaconBlock block = new(slot, state.GetBeaconProposerIndex(), state.State.LatestBlockHeader.HashTreeRoot(), default, body);
        Assert.Null(StateTransition.ComputeStateRoot<BlsVerifier>(state, block, new WillingEngine(), out Hash32 root));
        return block with { StateRoot = root };
    }

    /// <summary>Takes a block; says what is wrong with it.</summary>
    public Invalid<TransitionRule>? Apply(SignedBeaconBlock block)
    {
        if (StateTransition.Apply<BlsVerifier>(Head, block, new WillingEngine(), out CachedState after) is { } invalid)
            return invalid;
        (Head, HeadRoot) = (after, block.Message.HashTreeRoot(Preset));
        _ahead.Clear();
        return null;
    }

    private static BlsSignature Decode(Bytes96 signature)
    {
        Assert.True(BlsSignature.TryDecode(signature.AsSpan(), out BlsSignature? decoded, out _));
        return decoded;
    }

    private sealed class WillingEngine : IExecutionEngine
    {
        public bool VerifyAndNotifyNewPayload(NewPayloadRequest request) => true;
    }
}
