using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Rules.Tests.Consensus;

/// <summary>Each rule is broken once, by a block that breaks no other, and is the one that is named.</summary>
public class TransitionRuleTests
{
    private const int Victim = 11, Bls = 12, Other = 13;

    private static readonly Lazy<BeaconWorld> World = new(() =>
    {
        BeaconWorld world = new(64, ConsensusConfig.Minimal with { ShardCommitteePeriod = 0 }, OnlyOneWithBlsCredentials);
        for (ulong slot = 1; slot <= (2 * world.Preset.SlotsPerEpoch) + 3; slot++)
            world.Extend();
        return world;
    });

    /// <summary>How each rule is broken: what is different about the state, and about the block.</summary>
    private static readonly Dictionary<TransitionRule, (Action<CachedState> Prepare, Action<BlockDraft> Edit)> Broken = new()
    {
        [TransitionRule.BlockSignature] = (Nothing, draft => draft.Signer = draft.Proposer ^ 1),
        [TransitionRule.StateRoot] = (Nothing, draft => draft.StateRoot = BeaconWorld.Hash(1)),
        [TransitionRule.HeaderProposer] = (Nothing, draft => draft.Proposer ^= 1),
        [TransitionRule.HeaderParent] = (Nothing, draft => draft.ParentRoot = BeaconWorld.Hash(2)),
        [TransitionRule.ProposerSlashed] = (state => Change(state, NextProposer(state), v => v with { Slashed = true }), _ => { }),
        [TransitionRule.Withdrawals] = (Nothing, draft => Payload(draft, p => p with { Withdrawals = [default] })),
        [TransitionRule.PayloadParentHash] = (Nothing, draft => Payload(draft, p => p with { ParentHash = BeaconWorld.Hash(3) })),
        [TransitionRule.PayloadPrevRandao] = (Nothing, draft => Payload(draft, p => p with { PrevRandao = BeaconWorld.Hash(4) })),
        [TransitionRule.PayloadTimestamp] = (Nothing, draft => Payload(draft, p => p with { Timestamp = p.Timestamp + 1 })),
        [TransitionRule.TooManyBlobs] = (Nothing, draft => draft.Body = draft.Body with { BlobKzgCommitments = new Bytes48[10] }),
        [TransitionRule.RandaoReveal] = (Nothing, draft => draft.Body = draft.Body with { RandaoReveal = draft.Body.SyncAggregate.SyncCommitteeSignature }),
        [TransitionRule.DepositCount] = (Nothing, draft => draft.Body = draft.Body with { Deposits = [new(new Hash32[33], default)] }),
        [TransitionRule.DepositProof] = (
            state => state.State.Eth1Data = state.State.Eth1Data with { DepositCount = 1 },
            draft => draft.Body = draft.Body with { Deposits = [new(new Hash32[33], default)] }),
        [TransitionRule.ProposerSlashingSlots] = (Nothing, draft => Slash(draft, draft.SignedHeader(Victim, new(3), 1), draft.SignedHeader(Victim, new(4), 2))),
        [TransitionRule.ProposerSlashingProposers] = (Nothing, draft => Slash(draft, draft.SignedHeader(Victim, new(3), 1), draft.SignedHeader(Other, new(3), 2))),
        [TransitionRule.ProposerSlashingSameHeader] = (Nothing, draft => Slash(draft, draft.SignedHeader(Victim, new(3), 1), draft.SignedHeader(Victim, new(3), 1))),
        [TransitionRule.ProposerSlashingNotSlashable] = (
            state => Change(state, Victim, v => v with { Slashed = true }),
            draft => Slash(draft, draft.SignedHeader(Victim, new(3), 1), draft.SignedHeader(Victim, new(3), 2))),
        [TransitionRule.ProposerSlashingSignature] = (
            Nothing, draft => Slash(draft, draft.SignedHeader(Victim, new(3), 1), draft.SignedHeader(Victim, new(3), 2) with { Signature = draft.Body.RandaoReveal })),
        [TransitionRule.AttesterSlashingNotSlashable] = (Nothing, draft => Slash(draft, draft.Indexed(Vote(draft), Victim), draft.Indexed(Vote(draft), Victim))),
        [TransitionRule.AttesterSlashingNobody] = (Nothing, draft => Slash(draft, draft.Indexed(Vote(draft), Victim), draft.Indexed(OtherVote(draft), Other))),
        [TransitionRule.IndexedAttestationIndices] = (Nothing, draft => Slash(draft, draft.Indexed(Vote(draft), Other, Victim), draft.Indexed(OtherVote(draft), Victim))),
        [TransitionRule.IndexedAttestationSignature] = (
            Nothing, draft => Slash(draft, draft.Indexed(Vote(draft), Victim), draft.Indexed(OtherVote(draft), Victim) with { Signature = draft.Body.RandaoReveal })),
        [TransitionRule.AttestationTargetEpoch] = (Nothing, draft => Attest(draft, data => data with { Target = data.Target with { Epoch = draft.Epoch + 1 } })),
        [TransitionRule.AttestationTargetSlot] = (Nothing, draft => Attest(draft, data => data with { Target = data.Target with { Epoch = new(draft.Epoch.Value - 1) } })),
        [TransitionRule.AttestationTooEarly] = (Nothing, draft => Attest(draft, data => data with { Slot = draft.State.State.Slot })),
        [TransitionRule.AttestationIndex] = (Nothing, draft => Attest(draft, data => data with { Index = new(1) })),
        [TransitionRule.AttestationSource] = (Nothing, draft => Attest(draft, data => data with { Source = data.Source with { Root = BeaconWorld.Hash(5) } })),
        [TransitionRule.AttestationCommittee] = (Nothing, draft => Attest(draft, attestation => attestation with { CommitteeBits = AllOf(attestation.CommitteeBits.Count) })),
        [TransitionRule.AttestationCommitteeEmpty] = (Nothing, draft => Attest(draft, attestation => attestation with { AggregationBits = new(attestation.AggregationBits.Count) })),
        [TransitionRule.AttestationBits] = (Nothing, draft => Attest(draft, attestation => attestation with { AggregationBits = AllOf(attestation.AggregationBits.Count + 1) })),
        [TransitionRule.AttestationSignature] = (Nothing, draft => Attest(draft, attestation => attestation with { Signature = draft.Body.RandaoReveal })),
        [TransitionRule.UnknownValidator] = (Nothing, draft => Leave(draft, draft.Exit(64, default))),
        [TransitionRule.ExitNotActive] = (state => Change(state, Victim, v => v with { ActivationEpoch = Epoch.FarFuture }), draft => Leave(draft, draft.Exit(Victim, default))),
        [TransitionRule.ExitAlreadyInitiated] = (state => Change(state, Victim, v => v with { ExitEpoch = new(100) }), draft => Leave(draft, draft.Exit(Victim, default))),
        [TransitionRule.ExitTooEarly] = (Nothing, draft => Leave(draft, draft.Exit(Victim, draft.Epoch + 1))),
        [TransitionRule.ExitPendingWithdrawals] = (
            state => state.State.PendingPartialWithdrawals.Add(new(new(Victim), new(1), new(1000))),
            draft => Leave(draft, draft.Exit(Victim, default))),
        [TransitionRule.ExitSignature] = (Nothing, draft => Leave(draft, draft.Exit(Victim, default) with { Signature = draft.Body.RandaoReveal })),
        [TransitionRule.ChangeNotBlsCredentials] = (Nothing, draft => Change(draft, draft.CredentialsChange(Victim))),
        [TransitionRule.ChangeOtherKey] = (state => Change(state, Bls, v => v with { WithdrawalCredentials = Hash32.Zero }), draft => Change(draft, draft.CredentialsChange(Bls))),
        [TransitionRule.ChangeSignature] = (Nothing, draft => Change(draft, draft.CredentialsChange(Bls) with { Signature = draft.Body.RandaoReveal })),
        [TransitionRule.SyncAggregateSignature] = (
            Nothing, draft => draft.Body = draft.Body with { SyncAggregate = draft.Body.SyncAggregate with { SyncCommitteeSignature = draft.Body.RandaoReveal } }),
    };

    /// <summary>Rules that no single block on this chain can break: their tests are below, or elsewhere as named.</summary>
    private static readonly TransitionRule[] BrokenElsewhere =
    [
        TransitionRule.SlotNotAfterState, // StateTransitionTests
        TransitionRule.HeaderSlot, TransitionRule.HeaderNotNewer, TransitionRule.PayloadInvalid,
        TransitionRule.ExitTooYoung,
        TransitionRule.ArithmeticOverflow, // StateTransitionTests
    ];

    public static TheoryData<TransitionRule> Rules => [.. Broken.Keys];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Names_the_rule_that_is_broken(TransitionRule rule)
    {
        (Action<CachedState> prepare, Action<BlockDraft> edit) = Broken[rule];
        BeaconWorld world = World.Value;
        CachedState state = world.Head.Copy();
        prepare(state);
        SignedBeaconBlock block = world.Make(state, state.State.Slot + 1, edit);
        Assert.Equal(rule, StateTransition.Apply<BlsVerifier>(state, block, BeaconWorld.Engine, out _)?.Rule);
    }

    [Fact]
    public void Every_rule_is_broken_somewhere() => Assert.Empty(Enum.GetValues<TransitionRule>().Except(Broken.Keys).Except(BrokenElsewhere));

    [Fact]
    public void Refuses_a_payload_that_the_engine_refuses()
    {
        BeaconWorld world = World.Value;
        SignedBeaconBlock block = world.Make(world.Head, world.Head.State.Slot + 1);
        Assert.Equal(TransitionRule.PayloadInvalid, StateTransition.Apply<BlsVerifier>(world.Head, block, new UnwillingEngine(), out _)?.Rule);
    }

    [Fact]
    public void Refuses_a_header_of_another_slot_or_of_one_that_has_a_block()
    {
        BeaconWorld world = World.Value;
        SignedBeaconBlock block = world.Make(world.Head, world.Head.State.Slot + 1);
        BlockTransition<BlsVerifier> early = new(world.Head.Copy(), BeaconWorld.Engine);
        Assert.Equal(TransitionRule.HeaderSlot, early.ProcessBlockHeader(block.Message)?.Rule);
        Assert.Null(StateTransition.Apply<BlsVerifier>(world.Head, block, BeaconWorld.Engine, out CachedState after));
        Assert.Equal(TransitionRule.HeaderNotNewer, new BlockTransition<BlsVerifier>(after, BeaconWorld.Engine).ProcessBlockHeader(block.Message)?.Rule);
    }

    [Fact]
    public void Keeps_a_validator_for_its_first_epochs()
    {
        BeaconWorld world = new(64, ConsensusConfig.Minimal with { ShardCommitteePeriod = 2 });
        SignedBeaconBlock block = world.Make(world.Head, new(1), draft => Leave(draft, draft.Exit(Victim, default)));
        Assert.Equal(TransitionRule.ExitTooYoung, StateTransition.Apply<BlsVerifier>(world.Head, block, BeaconWorld.Engine, out _)?.Rule);
    }

    private static GenesisValidator OnlyOneWithBlsCredentials(int validator)
    {
        Bytes48 key = BeaconKeys.PublicKey(validator);
        Hash32 hash = Sha256.Hash(key.AsSpan());
        Hash32 credentials = validator == Bls ? Hash32.Read([Predicates.BlsPrefix, .. hash.AsSpan()[1..]]) : BeaconWorld.Credentials(validator, Predicates.AddressPrefix);
        return new(key, credentials, Presets.Minimal.MinActivationBalance);
    }

    private static void Nothing(CachedState state)
    {
    }

    private static int NextProposer(CachedState state) => (int)BeaconWorld.At(state, state.State.Slot + 1).GetBeaconProposerIndex().Value;

    private static void Change(CachedState state, int index, Func<Validator, Validator> change) => state.State.Validators[index] = change(state.State.Validators[index]);

    private static void Payload(BlockDraft draft, Func<ExecutionPayload, ExecutionPayload> change) => draft.Body = draft.Body with { ExecutionPayload = change(draft.Body.ExecutionPayload) };

    private static void Slash(BlockDraft draft, SignedBeaconBlockHeader first, SignedBeaconBlockHeader second) => draft.Body = draft.Body with { ProposerSlashings = [new(first, second)] };

    private static void Slash(BlockDraft draft, IndexedAttestation first, IndexedAttestation second) => draft.Body = draft.Body with { AttesterSlashings = [new(first, second)] };

    private static void Leave(BlockDraft draft, SignedVoluntaryExit exit) => draft.Body = draft.Body with { VoluntaryExits = [exit] };

    private static void Change(BlockDraft draft, SignedBlsToExecutionChange change) => draft.Body = draft.Body with { BlsToExecutionChanges = [change] };

    private static AttestationData Vote(BlockDraft draft) => draft.DataFor(new(draft.State.State.Slot.Value - 1));

    private static AttestationData OtherVote(BlockDraft draft) => Vote(draft) with { BeaconBlockRoot = BeaconWorld.Hash(6) };

    private static void Attest(BlockDraft draft, Func<Attestation, Attestation> change) => draft.Body = draft.Body with { Attestations = [change(draft.Body.Attestations[0])] };

    /// <summary>The votes are signed as they are after the change.</summary>
    private static void Attest(BlockDraft draft, Func<AttestationData, AttestationData> change)
    {
        Attestation attestation = draft.Body.Attestations[0];
        AttestationData data = change(attestation.Data);
        draft.Body = draft.Body with { Attestations = [] };
        draft.Add(attestation.AggregationBits, attestation.CommitteeBits, [.. Enumerable.Range(0, attestation.AggregationBits.Count)], data);
    }

    private static Bits AllOf(int count)
    {
        Bits bits = new(count);
        for (int i = 0; i < count; i++)
            bits[i] = true;
        return bits;
    }

    private sealed class UnwillingEngine : IExecutionEngine
    {
        public bool VerifyAndNotifyNewPayload(NewPayloadRequest request) => false;
    }
}
