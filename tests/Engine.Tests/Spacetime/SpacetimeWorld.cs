using System.Buffers.Binary;
using System.Text.Json;
using Flashback.Chain.Spacetime;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime;

/// <summary>A penalty as a block hands it to the consensus layer.</summary>
internal readonly record struct Penalty(Bytes48 PublicKey, ulong Gwei, byte Kind);

/// <summary>The contracts in the first state of a network, slots that pass, and those who use them.</summary>
internal sealed class SpacetimeWorld
{
    public const string ClaimSignature = "claim((uint8,uint64,uint64,bytes32,bytes32,uint16,uint32,uint64,bytes)[])";
    private const int UsualValidators = 4;
    private const int MostValidators = 24;

    private const string RegisterSignature =
        "register((uint64,uint64,(bytes,bytes32,uint64,bool,uint64,uint64,uint64,uint64),bytes32[]),address,(uint128,uint64,uint64,uint64,uint16,string))";

    /// <summary>All errors of the contracts, out of their interfaces, so that a refusal can be read.</summary>
    private static readonly string[] Errors = [.. new[] { "Randomness", "Providers", "Sectors", "Market", "QonOptimizer", "StakingPool" }.SelectMany(ErrorsOf).Distinct()];

    internal static readonly Secp256k1SecretKey[] Keys = [.. Enumerable.Range(1, MostValidators).Select(KeyOf)];

    public SpacetimeWorld(SpacetimeParameters? parameters = null, ulong gwei = 10_000_000_000_000, ulong slot = 1_000, int validators = UsualValidators, params GenesisAccount[] more)
    {
        Parameters = parameters ?? SpacetimeParameters.Devnet(genesisTime: 1_000_000);
        Beacon = new BeaconRecords(validators, gwei);
        Contracts = new ContractWorld([
            .. more, .. GenesisContracts.Spacetime(Parameters), .. SystemContracts.Accounts, ContractWorld.Rich(Sender),
            .. Enumerable.Range(0, validators).Select(i => ContractWorld.Rich(OperatorOf(i)))]);
        Begin(slot);
    }

    public SpacetimeParameters Parameters { get; }

    public BeaconRecords Beacon { get; }

    public ContractWorld Contracts { get; }

    public ulong Slot { get; private set; }

    public ulong Timestamp => Parameters.GenesisTime + Slot * Parameters.SecondsPerSlot;

    public static Address Sender { get; } = ContractWorld.NewAddress(0x5e4d);

    public static Hash32 BlobHash { get; } = Hash32.Read([1, .. Keccak.Hash256([9]).AsSpan()[1..]]);

    public static Address OperatorOf(int provider) => Keys[provider].PublicKey.ToAddress();

    public static Hash32 RandaoOf(ulong slot) => Keccak.Hash256(BitConverter.GetBytes(slot));

    public Hash32 EmptyCommD => Parameters.Immutables["EMPTY_COMM_D"].ToHash32();

    /// <summary>The first calls of a block: the forks' and ours.</summary>
    public void Begin(ulong slot)
    {
        Slot = slot;
        Contracts.Block = Contracts.Block with { Number = Contracts.Block.Number + 1, Timestamp = Timestamp, PrevRandao = RandaoOf(slot) };
        Assert.True(Contracts.CallAsSystem(OpeningCall.BeaconRoots.Contract, Beacon.BlockRoot.AsSpan().ToArray()).IsSuccess);
        Assert.True(Contracts.CallAsSystem(GenesisContracts.Randomness, [.. RandaoOf(slot).AsSpan(), .. ((UInt256)slot).ToHash32().AsSpan()]).IsSuccess);
    }

    /// <summary>The last call of a block.</summary>
    public Penalty[] End()
    {
        SystemCallOutcome outcome = Contracts.CallAsSystem(GenesisContracts.Sectors, []);
        Assert.True(outcome.IsSuccess, Reason(outcome.Output));
        return ReadPenalties(outcome.Output.Span);
    }

    /// <summary>Blocks at each slot up to one; the penalties of all of them. Leaves the last block open.</summary>
    public Penalty[] AdvanceTo(ulong slot)
    {
        List<Penalty> penalties = [];
        while (Slot < slot)
        {
            penalties.AddRange(End());
            Begin(Slot + 1);
        }
        return [.. penalties];
    }

    public static Penalty[] ReadPenalties(ReadOnlySpan<byte> requests)
    {
        const int Length = 48 + 8 + 1;
        Assert.Equal(0, requests.Length % Length);
        Penalty[] penalties = new Penalty[requests.Length / Length];
        for (int i = 0; i < penalties.Length; i++)
        {
            ReadOnlySpan<byte> request = requests.Slice(i * Length, Length);
            penalties[i] = new Penalty(Bytes48.Read(request[..48]), BinaryPrimitives.ReadUInt64LittleEndian(request[48..]), request[56]);
        }
        return penalties;
    }

    public void Register(int provider) => AssertDone(TryRegister(provider, BeaconRecords.OwnerOf(provider), Beacon.Prove(provider, Timestamp)));

    public TransactionOutcome TryRegister(int provider, Address caller, ValueTuple<object[]> proof, Address? hotKey = null, ValueTuple<object[]>? ask = null) =>
        Contracts.Send(caller, GenesisContracts.Providers, Abi.Call(RegisterSignature, proof, hotKey ?? OperatorOf(provider), ask ?? Ask()));

    public static ValueTuple<object[]> Ask(ulong smallest = 128, ulong largest = 1 << 23, int endpointLength = 20) =>
        new([(UInt256)5UL, smallest, largest, 100_000UL, 756UL, Enumerable.Repeat((byte)'x', endpointLength).ToArray()]);

    public TransactionOutcome TryRefresh(ValueTuple<object[]> proof) =>
        Contracts.Send(Sender, GenesisContracts.Providers, Abi.Call("refreshStake((uint64,uint64,(bytes,bytes32,uint64,bool,uint64,uint64,uint64,uint64),bytes32[]))", proof));

    /// <summary>A call of Sectors by a provider's operator.</summary>
    public TransactionOutcome Operate(int provider, string signature, params object[] arguments) =>
        Contracts.Send(OperatorOf(provider), GenesisContracts.Sectors, Abi.Call(signature, [(ulong)provider, .. arguments]));

    public TransactionOutcome TryPreCommit(int provider, params ValueTuple<object[]>[] sectors) =>
        Operate(provider, "preCommit(uint64,(uint64,bytes32,bytes32,uint40,uint40,uint8)[])", (object)sectors.Cast<object>().ToArray());

    public ValueTuple<object[]> PreCommit(ulong number, int cadence = 1, ulong? expiration = null, ulong? sealSlot = null, Hash32? commR = null, Hash32? commD = null) =>
        new([number, commR ?? CommR(number), commD ?? EmptyCommD, sealSlot ?? Slot - 1, expiration ?? Slot + (Parameters.MinLifetimePeriods + 20) * Parameters.ProvingPeriod, (ulong)cadence]);

    public static Hash32 CommR(ulong number) => Keccak.Hash256([7, .. BitConverter.GetBytes(number)]);

    public TransactionOutcome TryClaim(int provider, params ValueTuple<object[]>[] claims) => TryClaim(OperatorOf(provider), (UInt256)1_000_000_000_000UL, claims);

    public TransactionOutcome TryClaim(Address caller, UInt256 wei, params ValueTuple<object[]>[] claims) =>
        Contracts.Send(caller, GenesisContracts.Sectors, Abi.Call(ClaimSignature, (object)claims.Cast<object>().ToArray()), wei, BlobHash);

    public static ValueTuple<object[]> Claim(
        int kind, int provider, ulong subject, Hash32 commR = default, Hash32 commD = default, int blob = 0, ulong offset = 0, ulong validUntil = 0, byte[]? signature = null) =>
        new([(ulong)kind, (ulong)provider, subject, commR, commD, (ulong)blob, offset, validUntil, signature ?? []]);

    /// <summary>The operator's signature for a claim that somebody else sends. spec: EIP-712</summary>
    public static byte[] Sign(int provider, int kind, ulong subject, ulong validUntil, Hash32 commR = default, Hash32 commD = default, int? signer = null)
    {
        Hash32 domain = Keccak.Hash256(Abi.Encode(
            Abi.Topic("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"), Abi.Topic("Flashback Sectors"), Abi.Topic("1"), ContractWorld.ChainId, GenesisContracts.Sectors));
        Hash32 statement = Keccak.Hash256(Abi.Encode(
            Abi.Topic("Claim(uint8 kind,uint64 provider,uint64 subject,bytes32 commR,bytes32 commD,uint64 validUntil)"), (ulong)kind, (ulong)provider, subject, commR, commD, validUntil));
        RecoverableSignature signature = Secp256k1.Sign(Keccak.Hash256([0x19, 0x01, .. domain.AsSpan(), .. statement.AsSpan()]), Keys[signer ?? provider]);
        return [.. signature.R.ToHash32().AsSpan(), .. signature.S.ToHash32().AsSpan(), (byte)(27 + signature.YParity)];
    }

    /// <summary>Sectors that are active: pre-committed and claimed, in blocks as full as they may be.</summary>
    public void Seal(int provider, ulong first, int count, int cadence = 1)
    {
        const int MostClaims = 128, MostPreCommits = 100;
        for (int done = 0; done < count; done += MostPreCommits)
            AssertDone(TryPreCommit(provider, [.. Enumerable.Range(done, Math.Min(MostPreCommits, count - done)).Select(i => PreCommit(first + (ulong)i, cadence))]));
        _ = AdvanceTo(Slot + Parameters.PrecommitDelay);
        for (int done = 0; done < count; done += MostClaims)
        {
            _ = AdvanceTo(Slot + 1);
            AssertDone(TryClaim(OperatorOf(provider), UInt256.One << 100, [.. Enumerable.Range(done, Math.Min(MostClaims, count - done)).Select(i => Claim(0, provider, first + (ulong)i))]));
        }
        _ = AdvanceTo(Slot + 1);
    }

    /// <summary>The answer of a view of Sectors.</summary>
    public byte[] Ask(string signature, params object[] arguments) => Ask(GenesisContracts.Sectors, signature, arguments);

    public byte[] Ask(Address contract, string signature, params object[] arguments)
    {
        SystemCallOutcome outcome = Contracts.Ask(contract, Abi.Call(signature, arguments));
        Assert.True(outcome.IsSuccess, Reason(outcome.Output));
        return outcome.Output.ToArray();
    }

    public string ReasonOfAsking(string signature, params object[] arguments) => Reason(Contracts.Ask(GenesisContracts.Sectors, Abi.Call(signature, arguments)).Output);

    /// <summary>window, challengeSlot, opens, closes, isProven</summary>
    public ulong[] Window(int provider, ulong partition)
    {
        byte[] answer = Ask("windowOf(uint64,uint64)", (ulong)provider, partition);
        return [.. Enumerable.Range(0, 5).Select(i => Abi.WordAt(answer, i).Low)];
    }

    public static void AssertDone(TransactionOutcome outcome) => Assert.True(outcome.IsSuccess, $"{outcome.Halt}: {Reason(outcome.Output)}");

    public static void AssertRefused(string error, TransactionOutcome outcome)
    {
        Assert.Equal(Halt.Revert, outcome.Halt);
        Assert.Equal(error, Reason(outcome.Output));
    }

    /// <summary>The name of the error, without its arguments.</summary>
    public static string Reason(ReadOnlyMemory<byte> output) => Abi.ReasonOf(output.Span, Errors).Split('(')[0];

    private static IEnumerable<string> ErrorsOf(string contract)
    {
        using JsonDocument abi = JsonDocument.Parse(ContractArtifact.Load(contract).Abi);
        return [.. from entry in abi.RootElement.EnumerateArray()
                   where entry.GetProperty("type").GetString() == "error"
                   let types = entry.GetProperty("inputs").EnumerateArray().Select(input => input.GetProperty("type").GetString())
                   select $"{entry.GetProperty("name").GetString()}({string.Join(',', types)})"];
    }

    private static Secp256k1SecretKey KeyOf(int number)
    {
        Assert.True(Secp256k1SecretKey.TryDecode(((UInt256)(ulong)(4242 + number)).ToHash32().AsSpan(), out Secp256k1SecretKey? key));
        return key!;
    }
}
