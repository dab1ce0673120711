using Flashback.Chain.Spacetime;
using Flashback.Client;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime;

/// <summary>The calls that Client makes are those of the contracts' tests, byte for byte: <see cref="Abi"/> is the slow twin of Client's encoding.</summary>
public class ContractBindingTests
{
    private const string ProofType = "(uint64,uint64,(bytes,bytes32,uint64,bool,uint64,uint64,uint64,uint64),bytes32[])";
    private const int Provider = 3;

    private static readonly Address Somebody = ContractWorld.NewAddress(0x77);
    private static readonly Hash32 One = Sha256.Hash([1]), Two = Sha256.Hash([2]);

    [Fact]
    public void Providers()
    {
        Validator validator = new BeaconRecords(4, 32_000_000_000)[Provider];
        ValidatorProof proof = new(Provider, 99, validator, [One, Two, One]);
        ValueTuple<object[]> twin = new([
            (ulong)Provider, 99UL,
            new ValueTuple<object[]>([
                validator.PublicKey.AsSpan().ToArray(), validator.WithdrawalCredentials, validator.EffectiveBalance.Value, validator.Slashed, validator.ActivationEligibilityEpoch.Value,
                validator.ActivationEpoch.Value, validator.ExitEpoch.Value, validator.WithdrawableEpoch.Value]),
            new object[] { One, Two, One }]);
        ProviderAsk ask = new(5UL, 128, 1 << 23, 100_000, 756, new string('x', 20));
        string askType = "(uint128,uint64,uint64,uint64,uint16,string)";
        Require(GenesisContracts.Providers, Abi.Call($"register({ProofType},address,{askType})", twin, Somebody, SpacetimeWorld.Ask()), ProvidersContract.Register(proof, Somebody, ask));
        Require(GenesisContracts.Providers, Abi.Call($"refreshStake({ProofType})", twin), ProvidersContract.RefreshStake(proof));
        Require(GenesisContracts.Providers, Abi.Call("setOperator(uint64,address)", 3UL, Somebody), ProvidersContract.SetOperator(3, Somebody));
        Require(GenesisContracts.Providers, Abi.Call($"setAsk(uint64,{askType})", 3UL, SpacetimeWorld.Ask()), ProvidersContract.SetAsk(3, ask));
    }

    [Fact]
    public void Sectors()
    {
        object[] numbers = [4UL, 5UL];
        Require(
            GenesisContracts.Sectors,
            Abi.Call("preCommit(uint64,(uint64,bytes32,bytes32,uint40,uint40,uint8)[])", 3UL, new object[] { new ValueTuple<object[]>([1UL, One, Two, 7UL, 900UL, 2UL]), new ValueTuple<object[]>([2UL, Two, One, 8UL, 901UL, 1UL]) }),
            SectorsContract.PreCommit(3, [new SectorPreCommit(1, One, Two, 7, 900, 2), new SectorPreCommit(2, Two, One, 8, 901, 1)]));
        Require(GenesisContracts.Sectors, Abi.Call("declareFaults(uint64,uint64[])", 3UL, numbers), SectorsContract.DeclareFaults(3, [4, 5]));
        Require(GenesisContracts.Sectors, Abi.Call("declareRecoveries(uint64,uint64[])", 3UL, numbers), SectorsContract.DeclareRecoveries(3, [4, 5]));
        Require(GenesisContracts.Sectors, Abi.Call("terminate(uint64,uint64[])", 3UL, numbers), SectorsContract.Terminate(3, [4, 5]));
        Require(GenesisContracts.Sectors, Abi.Call("expire(uint64,uint64[])", 3UL, numbers), SectorsContract.Expire(3, [4, 5]));
        Require(GenesisContracts.Sectors, Abi.Call("extend(uint64,uint64[],uint40)", 3UL, numbers, 77UL), SectorsContract.Extend(3, [4, 5], 77));
    }

    [Fact]
    public void Claims_with_the_operators_signature_and_their_blobs()
    {
        SectorClaim signed = new SectorClaim(SectorClaimKind.Update, Provider, 8) { CommR = One, CommD = Two, Blob = 1, Offset = 192 }.Sign(ContractWorld.ChainId, 50, SpacetimeWorld.Keys[Provider]);
        byte[] signature = signed.Signature.ToArray();
        Assert.Equal(SignerOf(signature), SignerOf(SpacetimeWorld.Sign(Provider, 1, 8, 50, One, Two)));
        Require(
            GenesisContracts.Sectors,
            Abi.Call(SpacetimeWorld.ClaimSignature, (object)new object[] { SpacetimeWorld.Claim(1, Provider, 8, One, Two, 1, 192, 50, signature), SpacetimeWorld.Claim(2, Provider, 0) }),
            SectorsContract.Claim([signed, new SectorClaim(SectorClaimKind.Window, Provider, 0)], 7UL, []));

        Address SignerOf(byte[] bytes)
        {
            TypedDomain domain = new("Flashback Sectors", "1", ContractWorld.ChainId, GenesisContracts.Sectors);
            Hash32 type = Abi.Topic("Claim(uint8 kind,uint64 provider,uint64 subject,bytes32 commR,bytes32 commD,uint64 validUntil)");
            Hash32 digest = domain.Digest(TypedDomain.HashOf(type, new AbiTuple().Add(1UL).Add((UInt256)(ulong)Provider).Add(8UL).Add(One).Add(Two).Add(50UL)));
            RecoverableSignature read = new(UInt256.ReadBigEndian(bytes.AsSpan(0, 32)), UInt256.ReadBigEndian(bytes.AsSpan(32, 32)), bytes[64] - 27);
            Assert.True(Secp256k1.TryRecover(digest, read, out Secp256k1PublicKey key));
            Assert.Equal(SpacetimeWorld.OperatorOf(Provider), key.ToAddress());
            return key.ToAddress();
        }
    }

    [Fact]
    public void Bytes_in_blobs_are_where_the_gate_reads_them()
    {
        byte[] first = [.. Enumerable.Range(1, 100).Select(i => (byte)i)], second = [.. Enumerable.Range(101, 100).Select(i => (byte)i)], large = new byte[BlobBytes.Capacity];
        large[^1] = 9;
        BlobWriter writer = new();
        Assert.Equal((0, 0), writer.Write(first));
        Assert.Equal((0, 100), writer.Write(second));
        Assert.Equal((1, 0), writer.Write(large));
        Assert.Equal(BlobBytes.Pack([.. first, .. second]), writer.Blobs[0].ToArray());
        byte[] read = new byte[100];
        Assert.True(BlobBytes.TryRead(writer.Blobs[0].Span, 100, read));
        Assert.Equal(second, read);
        Assert.Equal(BlobBytes.Pack(large), writer.Blobs[1].ToArray());
        Assert.Throws<ArgumentException>(() => writer.Write(new byte[BlobBytes.Capacity + 1]));
    }

    private static void Require(Address contract, byte[] expected, TransactionDraft draft)
    {
        Assert.Equal(contract, draft.To);
        Assert.Equal(Hex.Encode(expected), Hex.Encode(draft.Input.Span));
    }
}
