using Flashback.Chain;
using Flashback.Chain.Beacon;
using Flashback.Chain.Spacetime;
using Flashback.Client;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Cryptography.Groth16;
using Flashback.Execution;
using Flashback.Network.Loopback;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Testing;
using BlobSidecar = Flashback.Execution.BlobSidecar;

namespace Flashback.Engine.Tests.Spacetime.Network;

/// <summary>A small network with the Spacetime fork in virtual time: some nodes over loopback links, everybody's keys, and sectors of 2 KiB whose proofs are simulated.</summary>
internal sealed class StorageNetwork : IDisposable
{
    public const int Validators = 16;
    private const ulong GenesisTime = 1_700_000_000;

    private static readonly Secp256k1SecretKey[] Accounts = [.. Enumerable.Range(0, Validators + 1).Select(KeyOf)];

    private readonly LoopbackHub _hub;
    private readonly IReadOnlyDictionary<StorageCircuit, VerifyingKey> _real;
    private readonly Dictionary<Address, ulong> _nonces = [];

    /// <param name="nodes">How many nodes.</param>
    /// <param name="seal">The sectors' kind; 2 KiB where nothing is said.</param>
    /// <param name="real">Keys of circuits whose proofs are not simulated.</param>
    public StorageNetwork(int nodes = 1, SealKind? seal = null, IReadOnlyDictionary<StorageCircuit, VerifyingKey>? real = null)
    {
        _real = real ?? new Dictionary<StorageCircuit, VerifyingKey>();
        Config = (ConsensusConfig.Minimal with { ShardCommitteePeriod = 0 }).WithSpacetime();
        Parameters = new SpacetimeParameters
        {
            GenesisTime = GenesisTime, SecondsPerSlot = Config.SecondsPerSlot, SlotsPerEpoch = Config.Preset.SlotsPerEpoch, ProvingPeriod = 16, Deadlines = 4, ChallengeLookback = 2,
            PrecommitDelay = 2, FaultMaxAge = 2, Seal = seal ?? SealKind.Of(5), MinLifetimePeriods = 2, CollateralPerTib = 1, FaultFee = 1UL << 30,
        };
        Keys = new SimulatedKeys(Parameters.Seal, seed: 7);
        Time = new VirtualTime(DateTimeOffset.FromUnixTimeSeconds((long)GenesisTime));
        _hub = new LoopbackHub(Time, 1, []);
        for (int i = 0; i < nodes; i++)
            _ = Join($"node{i}");
    }

    public ConsensusConfig Config { get; }

    public Preset Preset => Config.Preset;

    public SpacetimeParameters Parameters { get; }

    /// <summary>The keys that honest nodes verify with.</summary>
    public SimulatedKeys Keys { get; set; }

    public VirtualTime Time { get; }

    public List<StorageNode> Nodes { get; } = [];

    public StorageNode First => Nodes[0];

    public Slot Slot => First.Chain.CurrentSlot;

    public static Address AccountOf(int validator) => Accounts[validator].PublicKey.ToAddress();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A node joins, connected to all others; one with other keys takes other proofs for good.</summary>
    public StorageNode Join(string name, SimulatedKeys? keys = null, ulong blobRetention = 4096)
    {
        StorageNode node = new(name, GenesisOf((keys ?? Keys).Verifying), Time, blobRetention);
        foreach (StorageNode other in Nodes)
            _hub.Connect((other.Name, other.Peers), (node.Name, node.Peers));
        Nodes.Add(node);
        return node;
    }

    /// <summary>Slots pass with a block each, made at the first node, and everybody's votes.</summary>
    public async Task PassAsync(ulong slots = 1)
    {
        for (ulong i = 0; i < slots; i++)
            _ = await PassBlockAsync();
    }

    /// <summary>Slots pass up to one, which is the next to have a block.</summary>
    public async Task PassUntilBeforeAsync(ulong slot)
    {
        while (Slot.Value + 1 < slot)
            await PassAsync();
    }

    /// <summary>Slots pass until there is a block: who was slashed makes none.</summary>
    public async Task<SignedBeaconBlock> PassBlockAsync()
    {
        Slot slot = Slot + 1;
        Time.RunUntil(TimeOf(slot));
        if (await ProposerAsync(First, slot) is var proposer && ValidatorOf((int)proposer.Value).Slashed)
        {
            await VoteAsync(slot);
            return await PassBlockAsync();
        }
        (SignedBeaconBlock block, BlobsBundle blobs) = await MakeBlockAsync(First, slot);
        await First.Client.PublishBlockAsync(block, blobs, Cancellation);
        Time.RunUntil(TimeOf(slot) + TimeSpan.FromSeconds(1));
        await VoteAsync(slot);
        Time.RunUntil(TimeOf(slot) + TimeSpan.FromSeconds(2));
        return block;
    }

    public async Task<(SignedBeaconBlock Block, BlobsBundle Blobs)> MakeBlockAsync(StorageNode node, Slot slot)
    {
        Epoch epoch = Preset.EpochAt(slot);
        ValidatorIndex proposer = await ProposerAsync(node, slot);
        ProducedBlock produced = await node.Client.ProduceBlockAsync(slot, Sign(proposer, DomainType.Randao, Signing.RootOf(epoch.Value)), default, Cancellation);
        return (new SignedBeaconBlock(produced.Block, Sign(proposer, DomainType.BeaconProposer, produced.Block.HashTreeRoot(Preset))), produced.Blobs);
    }

    /// <summary>A transaction of an account goes into the pool of the first node.</summary>
    public PoolOutcome Send(int account, Address to, byte[] input, ulong wei = 0, byte[]? blob = null, StorageNode? at = null)
    {
        (Transaction signed, BlobSidecar? sidecar) = Sign(account, to, input, wei, blob);
        PoolOutcome outcome = (at ?? First).Pool.Add(signed, sidecar);
        if (outcome is PoolOutcome.Accepted)
            _nonces[AccountOf(account)] = signed.Nonce + 1;
        return outcome;
    }

    /// <summary>An account's signature of a digest: r, s, v.</summary>
    public static byte[] SignDigest(int account, in Hash32 digest)
    {
        RecoverableSignature signature = Secp256k1.Sign(digest, Accounts[account]);
        return [.. signature.R.ToHash32().AsSpan(), .. signature.S.ToHash32().AsSpan(), (byte)(27 + signature.YParity)];
    }

    /// <summary>The account's next transaction, which goes nowhere.</summary>
    public (Transaction Transaction, BlobSidecar? Sidecar) Sign(int account, Address to, byte[] input, ulong wei, byte[]? blob)
    {
        BlobSidecar? sidecar = null;
        Hash32[] hashes = [];
        if (blob is not null)
        {
            Assert.True(Kzg.TryBlobToCommitment(blob, out Bytes48 commitment, out _));
            Assert.True(Kzg.TryComputeBlobProof(blob, commitment, out Bytes48 proof, out _));
            sidecar = new BlobSidecar(BlobSidecar.BlobProofs, [blob], [commitment], [proof]);
            hashes = [Kzg.VersionedHash(commitment)];
        }
        ulong nonce = _nonces.GetValueOrDefault(AccountOf(account));
        Transaction draft = new()
        {
            Type = blob is null ? TransactionType.DynamicFee : TransactionType.Blob, ChainId = First.Execution.Config.ChainId, Nonce = nonce, MaxPriorityFeePerGas = 1_000_000_000,
            MaxFeePerGas = 100_000_000_000, MaxFeePerBlobGas = blob is null ? default : (UInt256)1_000_000UL, GasLimit = 4_000_000, To = to, Value = wei, Input = input, BlobHashes = hashes,
        };
        return (draft with { Signature = Secp256k1.Sign(TransactionCodec.SigningHash(draft), Accounts[account]) }, sidecar);
    }

    /// <summary>The same, and the block with it; it must succeed.</summary>
    public async Task DoAsync(int account, Address to, byte[] input, ulong wei = 0, byte[]? blob = null)
    {
        PoolOutcome outcome = Send(account, to, input, wei, blob);
        Assert.True(outcome is PoolOutcome.Accepted, (outcome as PoolOutcome.Refused)?.Message);
        await PassAsync();
        Receipt receipt = Assert.Single(First.Execution.Snapshot.Head.Receipts);
        Assert.True(receipt.IsSuccess, $"{receipt}");
    }

    /// <summary>Whether the same is refused when it is executed.</summary>
    public async Task<bool> FailsAsync(int account, Address to, byte[] input)
    {
        Assert.IsType<PoolOutcome.Accepted>(Send(account, to, input));
        await PassAsync();
        return !Assert.Single(First.Execution.Snapshot.Head.Receipts).IsSuccess;
    }

    public Gwei BalanceOf(int validator, StorageNode? at = null) => (at ?? First).Chain.CopyState((at ?? First).Head)!.State.Balances[validator];

    public Validator ValidatorOf(int validator) => First.Chain.CopyState(First.Head)!.State.Validators[validator];

    public Bytes96 Sign(ValidatorIndex validator, DomainType type, Hash32 root, Bytes4? version = null)
    {
        Hash32 domain = Signing.ComputeDomain(type, version ?? Config.ElectraForkVersion, First.Chain.GenesisValidatorsRoot);
        return BeaconKeys.Sign((int)validator.Value, Signing.ComputeSigningRoot(root, domain));
    }

    public void Dispose() => Nodes.ForEach(node => node.Dispose());

    public DateTimeOffset TimeOf(Slot slot) => DateTimeOffset.FromUnixTimeSeconds((long)(GenesisTime + slot.Value * Config.SecondsPerSlot));

    private async Task<ValidatorIndex> ProposerAsync(StorageNode node, Slot slot)
    {
        Duties<ProposerDuty> duties = await node.Client.GetProposerDutiesAsync(Preset.EpochAt(slot), Cancellation);
        return duties.Items.Single(item => item.Slot == slot).Validator;
    }

    private async Task VoteAsync(Slot slot)
    {
        ValidatorIndex[] all = [.. Enumerable.Range(0, Validators).Select(i => new ValidatorIndex((ulong)i))];
        AttestationData data = await First.Client.ProduceAttestationDataAsync(slot, Cancellation);
        Duties<AttesterDuty> duties = await First.Client.GetAttesterDutiesAsync(Preset.EpochAt(slot), all, Cancellation);
        await First.Client.PublishAttestationsAsync(
            [.. duties.Items.Where(duty => duty.Slot == slot).Select(duty => new SingleAttestation(duty.Committee, duty.Validator, data, Sign(duty.Validator, DomainType.BeaconAttester, data.HashTreeRoot())))],
            Cancellation);
    }

    private NetworkGenesis GenesisOf(IReadOnlyDictionary<StorageCircuit, VerifyingKey> simulated)
    {
        Dictionary<StorageCircuit, VerifyingKey> keys = simulated.ToDictionary(key => key.Key, key => _real.GetValueOrDefault(key.Key, key.Value));
        ChainConfig chain = new(1337, ChainConfig.MainnetDepositContract, new RulesActivation(0, ForkRules.Prague));
        GenesisAccount[] accounts =
        [
            .. SystemContracts.Accounts, .. GenesisContracts.Spacetime(Parameters), .. Enumerable.Range(0, Accounts.Length).Select(i => ContractWorld.Rich(AccountOf(i))),
        ];
        Genesis execution = new(chain, Genesis.FirstHeader(ForkRules.Prague, 30_000_000, (UInt256)1_000_000_000UL), accounts);
        GenesisValidator[] validators = [.. Enumerable.Range(0, Validators).Select(i => new GenesisValidator(BeaconKeys.PublicKey(i), BeaconRecords.Credentials(1, AccountOf(i)), Preset.MinActivationBalance))];
        return new NetworkGenesis(Config, execution, GenesisTime, Sha256.Hash("storage"u8), validators) { VerifyingKeys = keys, Spacetime = Parameters };
    }

    private static Secp256k1SecretKey KeyOf(int number)
    {
        Assert.True(Secp256k1SecretKey.TryDecode(((UInt256)(ulong)(90_000 + number)).ToHash32().AsSpan(), out Secp256k1SecretKey? key));
        return key!;
    }
}
