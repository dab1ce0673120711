using System.Text;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Primitives;
using Flashback.State.Store;
using Flashback.State.Store.Sqlite;
using Flashback.Testing;
using Flashback.Validator;

namespace Flashback.Roles.Tests.Validator;

public sealed class ProtectionTests : IDisposable
{
    private static readonly Hash32 Root = RootOf(1000);
    private static readonly Bytes48 Key = FixedBytes.Parse<Bytes48>("0x" + new string('a', 96)), Other = FixedBytes.Parse<Bytes48>("0x" + new string('b', 96));

    private readonly SqliteStore _store = SqliteStore.OpenTemporary(SlashingProtection.Columns);
    private readonly SlashingProtection _protection;

    public ProtectionTests() => _protection = SlashingProtection.Open(_store, Root);

    public void Dispose() => _store.Dispose();

    internal static Hash32 RootOf(int number)
    {
        byte[] bytes = new byte[32];
        BitConverter.TryWriteBytes(bytes, number);
        return Hash32.Read(bytes);
    }

    [Fact]
    public void A_block_is_signed_once_and_the_same_again()
    {
        Assert.Null(Block(10, 1));
        Assert.Null(Block(10, 1));
        Assert.Equal(ProtectionRule.DoubleProposal, Block(10, 2));
        Assert.Null(_protection.Record(Other, new SignedBlock(new(10), RootOf(2))));
        Assert.Null(Block(12, 1));
        Assert.Null(Block(11, 1)); // everything above the first is known
        Assert.Equal(ProtectionRule.SlotBelowMinimum, Block(9, 1));
    }

    [Fact]
    public void A_vote_is_signed_once_and_the_same_again()
    {
        Assert.Null(Vote(3, 4, 1));
        Assert.Null(Vote(3, 4, 1));
        Assert.Equal(ProtectionRule.DoubleVote, Vote(3, 4, 2));
        Assert.Equal(ProtectionRule.DoubleVote, Vote(4, 4, 1));
        Assert.Equal(ProtectionRule.SourceAfterTarget, Vote(6, 5, 1));
        Assert.Null(Vote(5, 6, 1));
        Assert.Equal(ProtectionRule.SurroundingVote, Vote(4, 7, 1));
        Assert.Null(Vote(5, 9, 1));
        Assert.Equal(ProtectionRule.SurroundedVote, Vote(7, 8, 1));
        Assert.Null(Vote(5, 8, 1));
        Assert.Null(_protection.Record(Other, new SignedAttestation(new(7), new(8), RootOf(1))));
    }

    [Fact]
    public void Nothing_below_the_first_vote_is_signed()
    {
        Assert.Null(Vote(10, 20, 1));
        Assert.Equal(ProtectionRule.SourceBelowMinimum, Vote(9, 19, 1));
        Assert.Equal(ProtectionRule.TargetBelowMinimum, Vote(10, 19, 1));
        Assert.Equal(ProtectionRule.SurroundingVote, Vote(9, 21, 1));
        Assert.Equal(ProtectionRule.SurroundedVote, Vote(11, 19, 1));
    }

    [Fact]
    public void Old_messages_are_forgotten_for_a_watermark()
    {
        for (ulong epoch = 1; epoch < SlashingProtection.KeptEpochs + 100; epoch++)
        {
            Assert.Null(Vote(epoch, epoch + 1, (int)epoch));
            Assert.Null(Block(epoch * 320, (int)epoch));
        }
        KeyHistory known = Assert.Single(_protection.Export().Keys);
        Assert.InRange(known.Attestations.Count, 1, (int)SlashingProtection.KeptEpochs + 2);
        Assert.InRange(known.Blocks.Count, 1, (int)(SlashingProtection.KeptSlots / 320) + 2);
        Assert.Equal(ProtectionRule.DoubleVote, Vote(600, 601, 1));
        Assert.Null(Vote(600, 601, 600));
        Assert.Equal(ProtectionRule.TargetBelowMinimum, Vote(99, 99, 90));
        Assert.Equal(ProtectionRule.SourceBelowMinimum, Vote(50, 51, 50));
        Assert.Equal(ProtectionRule.SlotBelowMinimum, Block(3200, 10));
        Assert.Contains(known.Attestations, vote => vote.SigningRoot is null); // the watermark goes out too
    }

    [Fact]
    public void Nothing_is_signed_in_the_gap_that_an_import_leaves()
    {
        Assert.Null(Vote(1, 2, 1));
        Assert.Null(Block(5, 1));
        Assert.Null(Import("""{"pubkey":"KEY","signed_blocks":[{"slot":"100"},{"slot":"50","signing_root":"ROOT"}],"signed_attestations":[{"source_epoch":"8","target_epoch":"20"},{"source_epoch":"9","target_epoch":"10","signing_root":"ROOT"}]}"""));
        Assert.Equal(ProtectionRule.SlotBelowMinimum, Block(70, 1));
        Assert.Equal(ProtectionRule.DoubleProposal, Block(100, 1));
        Assert.Null(Block(50, 7));
        Assert.Null(Block(101, 1));
        Assert.Equal(ProtectionRule.SurroundedVote, Vote(9, 19, 1));
        Assert.Equal(ProtectionRule.DoubleVote, Vote(9, 20, 1));
        Assert.Equal(ProtectionRule.SurroundingVote, Vote(8, 21, 1));
        Assert.Null(Vote(9, 10, 7));
        Assert.Null(Vote(9, 21, 1));
    }

    [Fact]
    public void What_contradicts_itself_is_imported_and_never_signed_again()
    {
        Assert.Null(Import("""
            {"pubkey":"KEY","signed_blocks":[{"slot":"5","signing_root":"ROOT"}],"signed_attestations":[{"source_epoch":"9","target_epoch":"3"},{"source_epoch":"1","target_epoch":"4","signing_root":"ROOT"}]},
            {"pubkey":"KEY","signed_blocks":[{"slot":"5"}],"signed_attestations":[{"source_epoch":"2","target_epoch":"4","signing_root":"ROOT"}]}
            """));
        Assert.Equal(ProtectionRule.DoubleProposal, Block(5, 7));
        Assert.Equal(ProtectionRule.DoubleVote, Vote(2, 4, 7));
        Assert.NotNull(Vote(8, 10, 7));
        Assert.Null(Vote(9, 10, 7));
    }

    [Fact]
    public void What_is_exported_protects_another_database_as_well()
    {
        Assert.Null(Vote(3, 4, 1));
        Assert.Null(Vote(4, 5, 2));
        Assert.Null(Block(40, 3));
        Assert.Null(Interchange.Parse(_protection.Export().ToJson(), out Interchange? file));
        Assert.Equal(_protection.Export([Key]).ToJson(), file!.ToJson());
        using SqliteStore store = SqliteStore.OpenTemporary(SlashingProtection.Columns);
        SlashingProtection other = SlashingProtection.Open(store, Root);
        Assert.Null(other.Import(file));
        Assert.Equal(file.ToJson(), other.Export().ToJson());
        Assert.Equal(ProtectionRule.DoubleVote, other.Record(Key, new SignedAttestation(new(4), new(5), RootOf(9)))?.Rule);
        Assert.Null(other.Record(Key, new SignedAttestation(new(4), new(5), RootOf(2))));
        Assert.Equal(ProtectionRule.DoubleProposal, other.Record(Key, new SignedBlock(new(40), RootOf(9)))?.Rule);
        Assert.Null(other.Record(Key, new SignedAttestation(new(4), new(6), RootOf(2))));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"metadata":{"interchange_format_version":"4","genesis_validators_root":"ROOT"},"data":[]}""")]
    [InlineData("""{"metadata":{"interchange_format_version":"5","genesis_validators_root":"0x00"},"data":[]}""")]
    [InlineData("""{"metadata":{"interchange_format_version":"5","genesis_validators_root":"ROOT"},"data":[null]}""")]
    [InlineData("""{"metadata":{"interchange_format_version":"5","genesis_validators_root":"ROOT"},"data":[{"pubkey":"KEY","signed_blocks":[]}]}""")]
    [InlineData("""{"metadata":{"interchange_format_version":"5","genesis_validators_root":"ROOT"},"data":[{"pubkey":"0x00","signed_blocks":[],"signed_attestations":[]}]}""")]
    [InlineData("""{"metadata":{"interchange_format_version":"5","genesis_validators_root":"ROOT"},"data":[{"pubkey":"KEY","signed_blocks":[null],"signed_attestations":[]}]}""")]
    [InlineData("""{"metadata":{"interchange_format_version":"5","genesis_validators_root":"ROOT"},"data":[{"pubkey":"KEY","signed_blocks":[{}],"signed_attestations":[]}]}""")]
    [InlineData("""{"metadata":{"interchange_format_version":"5","genesis_validators_root":"ROOT"},"data":[{"pubkey":"KEY","signed_blocks":[{"slot":"-1"}],"signed_attestations":[]}]}""")]
    [InlineData("""{"metadata":{"interchange_format_version":"5","genesis_validators_root":"ROOT"},"data":[{"pubkey":"KEY","signed_blocks":[{"slot":"1","signing_root":"0x1"}],"signed_attestations":[]}]}""")]
    public void A_file_that_is_no_interchange_is_refused(string json) =>
        Assert.Equal(ProtectionRule.InterchangeFormat, Interchange.Parse(Encoding.UTF8.GetBytes(Fill(json)), out _)?.Rule);

    [Fact]
    public void A_file_and_a_database_of_another_chain_are_refused()
    {
        Assert.Equal(ProtectionRule.OtherChain, _protection.Import(new Interchange(RootOf(7), []))?.Rule);
        Assert.Throws<InvalidDataException>(() => SlashingProtection.Open(_store, RootOf(7)));
        Assert.Equal(Root, SlashingProtection.ChainIn(_store));
    }

    [Fact]
    public void Two_that_ask_at_once_do_not_both_get_a_signature() => Seeds.Check(random =>
    {
        for (ulong epoch = 1; epoch <= 40; epoch++)
        {
            int signed = 0;
            Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            {
                if (_protection.Record(Key, new SignedAttestation(new(epoch - 1), new(epoch), RootOf(i))) is null)
                    Interlocked.Increment(ref signed);
                Assert.Null(_protection.Record(KeyOf(i), new SignedAttestation(new(epoch - 1), new(epoch), RootOf(i))));
            });
            Assert.Equal(1, signed);
        }
    });

    [Fact]
    public void A_database_that_fails_gives_no_signature()
    {
        using BlsSecretKey key = BlsSecretKey.Generate();
        using ProtectedSigner signer = new(key, _protection);
        _store.Dispose();
        Assert.Throws<StoreException>(() => signer.SignBlock(default(BeaconBlockHeader) with { Slot = new(4) }, default, out _));
    }

    [Fact]
    public void The_signer_signs_blocks_and_votes_for_its_chain_only_beside_its_history()
    {
        Bytes4 version = ConsensusConfig.Devnet.ElectraForkVersion;
        BlsSecretKey key = BlsSecretKey.Generate();
        BlsPublicKey publicKey = key.ToPublicKey();
        ProtectedSigner signer = new(key, _protection);
        BeaconBlockHeader block = default(BeaconBlockHeader) with { Slot = new(4) };
        Assert.Null(signer.SignBlock(block, version, out Bytes96 signature));
        Assert.True(IsSigned(publicKey, block.HashTreeRoot(), DomainType.BeaconProposer, version, signature));
        Assert.Null(signer.SignBlock(block, version, out Bytes96 again));
        Assert.Equal(signature, again);
        Assert.Equal(ProtectionRule.DoubleProposal, signer.SignBlock(block with { StateRoot = RootOf(1) }, version, out Bytes96 none)?.Rule);
        Assert.Equal(default, none);
        AttestationData vote = new(new(9), default, RootOf(5), new(new(0), RootOf(6)), new(new(1), RootOf(7)));
        Assert.Null(signer.SignAttestation(vote, version, out signature));
        Assert.True(IsSigned(publicKey, vote.HashTreeRoot(), DomainType.BeaconAttester, version, signature));
        Assert.Equal(ProtectionRule.DoubleVote, signer.SignAttestation(vote with { BeaconBlockRoot = RootOf(8) }, version, out _)?.Rule);
        Assert.True(IsSigned(publicKey, RootOf(3), DomainType.Randao, version, signer.Sign(DomainType.Randao, version, RootOf(3))));
        Assert.Throws<ArgumentException>(() => signer.Sign(DomainType.BeaconProposer, version, RootOf(3)));
        Assert.Throws<ArgumentException>(() => signer.Sign(DomainType.BeaconAttester, version, RootOf(3)));
        signer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => signer.Sign(DomainType.Randao, version, RootOf(3)));
    }

    internal static Bytes48 KeyOf(int number)
    {
        byte[] bytes = new byte[48];
        BitConverter.TryWriteBytes(bytes, number + 1);
        return FixedBytes.Read<Bytes48>(bytes);
    }

    private static bool IsSigned(BlsPublicKey key, Hash32 root, DomainType type, Bytes4 version, Bytes96 signature) =>
        BlsSignature.TryDecode(signature.AsSpan(), out BlsSignature? decoded, out _)
        && Bls.Verify(key, Signing.ComputeSigningRoot(root, Signing.ComputeDomain(type, version, Root)).AsSpan(), decoded);

    private static string Fill(string json) => json.Replace("KEY", $"{Hex.Encode(Key.AsSpan())}", StringComparison.Ordinal).Replace("ROOT", Hex.Encode(RootOf(7).AsSpan()), StringComparison.Ordinal);

    private Invalid<ProtectionRule>? Import(string data)
    {
        string json = $$"""{"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{Hex.Encode(Root.AsSpan())}}"},"data":[{{Fill(data)}}]}""";
        Assert.Null(Interchange.Parse(Encoding.UTF8.GetBytes(json), out Interchange? file));
        return _protection.Import(file!);
    }

    private ProtectionRule? Block(ulong slot, int root) => _protection.Record(Key, new SignedBlock(new(slot), RootOf(root)))?.Rule;

    private ProtectionRule? Vote(ulong source, ulong target, int root) => _protection.Record(Key, new SignedAttestation(new(source), new(target), RootOf(root)))?.Rule;
}
