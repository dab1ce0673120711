using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Rules.Tests.Consensus;

/// <summary>A block that is being made on the state at its slot.</summary>
internal sealed class BlockDraft
{
    private readonly CachedState _state;

    public BlockDraft(CachedState state, Hash32 payloadHash)
    {
        _state = state;
        Proposer = (int)state.GetBeaconProposerIndex().Value;
        BeaconState s = state.State;
        Body = BeaconBlockBody.Empty(Preset) with
        {
            Eth1Data = s.Eth1Data,
            RandaoReveal = BeaconKeys.Sign(KeyOf(Proposer), SigningRoot(DomainType.Randao, Epoch, Signing.RootOf(Epoch.Value))),
            SyncAggregate = SyncVote(_ => true),
            ExecutionPayload = ExecutionPayload.Empty with
            {
                ParentHash = s.LatestExecutionPayloadHeader.BlockHash,
                PrevRandao = state.GetRandaoMix(Epoch),
                Timestamp = state.ComputeTimeAtSlot(s.Slot),
                BlockHash = payloadHash,
                BlockNumber = s.LatestExecutionPayloadHeader.BlockNumber + 1,
                Withdrawals = ExpectedWithdrawals.Of(state).Withdrawals,
            },
        };
    }

    public CachedState State => _state;

    public Preset Preset => _state.Preset;

    public Epoch Epoch => _state.GetCurrentEpoch();

    public int Proposer { get; set; }

    public BeaconBlockBody Body { get; set; }

    /// <summary>Something else than the right state root.</summary>
    public Hash32? StateRoot { get; set; }

    /// <summary>Something else than the right parent.</summary>
    public Hash32? ParentRoot { get; set; }

    /// <summary>Signs with another validator's key.</summary>
    public int? Signer { get; set; }

    /// <summary>Adds the votes of a slot's validators, all committees in one attestation.</summary>
    public void Attest(Slot slot, Func<int, bool>? votes = null)
    {
        if (slot >= _state.State.Slot)
            return;
        Epoch epoch = Preset.EpochAt(slot);
        Committees committees = _state.GetCommittees(epoch);
        Bits committeeBits = new((int)Preset.MaxCommitteesPerSlot);
        List<int> members = [];
        List<bool> voted = [];
        for (ulong i = 0; i < committees.PerSlot; i++)
        {
            int[] committee = committees.Get(slot, i).ToArray();
            bool[] ofCommittee = [.. committee.Select(member => votes?.Invoke(member) ?? true)];
            if (!ofCommittee.Contains(true))
                continue;
            committeeBits[(int)i] = true;
            members.AddRange(committee);
            voted.AddRange(ofCommittee);
        }
        Bits bits = new(members.Count);
        for (int i = 0; i < members.Count; i++)
            bits[i] = voted[i];
        if (bits.SetCount > 0)
            Add(bits, committeeBits, members, DataFor(slot));
    }

    public AttestationData DataFor(Slot slot)
    {
        Epoch epoch = Preset.EpochAt(slot);
        return new(
            slot, default, _state.GetBlockRootAtSlot(slot),
            epoch == Epoch ? _state.State.CurrentJustifiedCheckpoint : _state.State.PreviousJustifiedCheckpoint,
            new(epoch, _state.GetBlockRoot(epoch)));
    }

    public void Add(Bits bits, Bits committeeBits, List<int> members, AttestationData data)
    {
        Bytes96 signature = BeaconKeys.SignTogether(members.Where((_, i) => i < bits.Count && bits[i]).Select(KeyOf), SigningRoot(DomainType.BeaconAttester, data.Target.Epoch, data.HashTreeRoot()));
        Body = Body with { Attestations = [.. Body.Attestations, new Attestation(bits, data, signature, committeeBits)] };
    }

    public IndexedAttestation Indexed(AttestationData data, params int[] validators) => new(
        [.. validators.Select(v => new ValidatorIndex((ulong)v))], data,
        BeaconKeys.SignTogether(validators.Select(KeyOf), SigningRoot(DomainType.BeaconAttester, data.Target.Epoch, data.HashTreeRoot())));

    public SignedBeaconBlockHeader SignedHeader(int proposer, Slot slot, ulong body)
    {
        BeaconBlockHeader header = new(slot, new((ulong)proposer), default, default, BeaconWorld.Hash(body));
        return new(header, BeaconKeys.Sign(KeyOf(proposer), SigningRoot(DomainType.BeaconProposer, Preset.EpochAt(slot), header.HashTreeRoot())));
    }

    public SignedVoluntaryExit Exit(int validator, Epoch epoch)
    {
        VoluntaryExit exit = new(epoch, new((ulong)validator));
        Hash32 domain = Signing.ComputeDomain(DomainType.VoluntaryExit, _state.Config.CapellaForkVersion, _state.State.GenesisValidatorsRoot);
        return new(exit, BeaconKeys.Sign(KeyOf(validator), Signing.ComputeSigningRoot(exit.HashTreeRoot(), domain)));
    }

    public SignedBlsToExecutionChange CredentialsChange(int validator)
    {
        BlsToExecutionChange change = new(new((ulong)validator), _state.State.Validators.PublicKeyOf(validator), BeaconWorld.AddressOf(KeyOf(validator)));
        Hash32 domain = Signing.ComputeDomain(DomainType.BlsToExecutionChange, _state.Config.GenesisForkVersion, _state.State.GenesisValidatorsRoot);
        return new(change, BeaconKeys.Sign(KeyOf(validator), Signing.ComputeSigningRoot(change.HashTreeRoot(), domain)));
    }

    public DepositRequest Deposit(int key, Hash32 credentials, Gwei amount, ulong index)
    {
        Bytes48 publicKey = BeaconKeys.PublicKey(key);
        Hash32 domain = Signing.ComputeDomain(DomainType.Deposit, _state.Config.GenesisForkVersion, Hash32.Zero);
        Bytes96 signature = BeaconKeys.Sign(key, Signing.ComputeSigningRoot(new DepositMessage(publicKey, credentials, amount).HashTreeRoot(), domain));
        return new(publicKey, credentials, amount, signature, index);
    }

    public SyncAggregate SyncVote(Func<int, bool> votes)
    {
        ReadOnlySpan<int> members = _state.GetSyncCommitteeIndices();
        Bits bits = new(members.Length);
        List<int> voters = [];
        for (int i = 0; i < members.Length; i++)
        {
            if (!votes(members[i]))
                continue;
            bits[i] = true;
            voters.Add(members[i]);
        }
        Slot previous = new(_state.State.Slot.Value - 1);
        return new(bits, BeaconKeys.SignTogether(voters.Select(KeyOf), SigningRoot(DomainType.SyncCommittee, Preset.EpochAt(previous), _state.GetBlockRootAtSlot(previous))));
    }

    public SignedBeaconBlock Sign()
    {
        Hash32 parent = ParentRoot ?? _state.State.LatestBlockHeader.HashTreeRoot();
        BeaconBlock block = new(_state.State.Slot, new((ulong)Proposer), parent, default, Body);
        Hash32 root = default;
        // A block that is not valid has no state after it: what it says then does not matter.
        if (StateRoot is null)
            _ = StateTransition.ComputeStateRoot<UnverifiedSignatures>(_state, block, BeaconWorld.Engine, out root);
        block = block with { StateRoot = StateRoot ?? root };
        return new(block, BeaconKeys.Sign(KeyOf(Signer ?? Proposer), SigningRoot(DomainType.BeaconProposer, Epoch, block.HashTreeRoot(Preset))));
    }

    /// <summary>Which of the tests' keys a validator has; that of its number where there is no such validator.</summary>
    private int KeyOf(int validator) =>
        validator < _state.State.Validators.Count ? BeaconKeys.NumberOf(_state.State.Validators.PublicKeyOf(validator)) : validator;

    private Hash32 SigningRoot(DomainType type, Epoch epoch, Hash32 root) => Signing.ComputeSigningRoot(root, _state.GetDomain(type, epoch));
}
