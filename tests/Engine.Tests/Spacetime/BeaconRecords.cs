using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime;

/// <summary>A beacon state with some validators, and the proofs of their records that Providers takes.</summary>
internal sealed class BeaconRecords
{
    private const ulong StateRootIndex = 11; // of the header's five fields the fourth
    private const ulong ValidatorsIndex = 64 + 11; // of the state's 37 fields the twelfth
    private const int RegistryDepth = 40; // VALIDATOR_REGISTRY_LIMIT

    private readonly BeaconState _state;

    public BeaconRecords(int validators, ulong gwei)
    {
        GenesisValidator[] all = [.. Enumerable.Range(0, validators).Select(i => new GenesisValidator(KeyOf(i), Credentials(1, OwnerOf(i)), ConsensusConfig.Minimal.Preset.MinActivationBalance))];
        _state = BeaconGenesis.FromValidators(ConsensusConfig.Minimal, 1_600_000_000, default, all, ExecutionPayloadHeader.Empty).State;
        for (int i = 0; i < validators; i++)
            Change(i, validator => validator with { EffectiveBalance = new Gwei(gwei), ActivationEpoch = Epoch.Genesis });
    }

    /// <summary>The root of a beacon block with this state.</summary>
    public Hash32 BlockRoot => Header.HashTreeRoot();

    private BeaconBlockHeader Header => new(new Slot(77), new ValidatorIndex(3), Sha256.Hash([1]), Codec.RootOf(_state), Sha256.Hash([2]));

    private static SszContainer<BeaconState> Codec => new(ConsensusConfig.Minimal.Preset);

    public Validator this[int index] => _state.Validators[index];

    public static Address OwnerOf(int validator) => ContractWorld.NewAddress(0x0e0000UL + (ulong)validator);

    public static Hash32 Credentials(byte prefix, in Address owner) => Hash32.Read([prefix, .. new byte[11], .. owner.AsSpan()]);

    public void Change(int index, Func<Validator, Validator> change) => _state.Validators[index] = change(_state.Validators[index]);

    /// <summary>The argument <c>Providers.Proof</c>: with another record or branch than the true ones, if a test wants to cheat.</summary>
    public ValueTuple<object[]> Prove(int index, ulong timestamp, Validator? record = null, Func<Hash32[], Hash32[]>? change = null) =>
        Prove(_state, Header, index, timestamp, ConsensusConfig.Minimal.Preset, record, change);

    /// <summary>The same for a state of any chain.</summary>
    public static ValueTuple<object[]> Prove(
        BeaconState state, BeaconBlockHeader header, int index, ulong timestamp, Preset preset, Validator? record = null, Func<Hash32[], Hash32[]>? change = null)
    {
        Validator v = record ?? state.Validators[index];
        ulong leaf = ((ValidatorsIndex << 1) << RegistryDepth) | (uint)index;
        Hash32[] branch = [.. MerkleProof.Branch(new SszContainer<BeaconState>(preset), state, leaf), .. MerkleProof.Branch(new SszContainer<BeaconBlockHeader>(), header, StateRootIndex)];
        branch = change?.Invoke(branch) ?? branch;
        return new([
            (ulong)index, timestamp,
            new ValueTuple<object[]>([
                v.PublicKey.AsSpan().ToArray(), v.WithdrawalCredentials, v.EffectiveBalance.Value, v.Slashed,
                v.ActivationEligibilityEpoch.Value, v.ActivationEpoch.Value, v.ExitEpoch.Value, v.WithdrawableEpoch.Value]),
            branch.Cast<object>().ToArray()]);
    }

    private static Bytes48 KeyOf(int validator)
    {
        byte[] bytes = new byte[BlsSecretKey.Size];
        bytes[^1] = (byte)(validator + 1);
        Assert.True(BlsSecretKey.TryDecode(bytes, out BlsSecretKey? key, out _));
        using (key)
            return Bytes48.Read(key!.ToPublicKey().ToBytes());
    }
}
