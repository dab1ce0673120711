using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Rules.Tests.Execution;

public class TransactionCodecTests
{
    private static readonly Transaction Full = new()
    {
        Type = TransactionType.SetCode,
        ChainId = 1,
        Nonce = 3,
        MaxPriorityFeePerGas = 2,
        MaxFeePerGas = UInt256.One << 70,
        GasLimit = 100_000,
        To = World.Contract,
        Value = 77,
        Input = new byte[] { 0, 1, 2 },
        AccessList = [new(World.Other, [default, Hash32.Read(new byte[32])]), new(World.Sender, [])],
        Authorizations = [new Authorization(1, World.Other, 9, 1, 5, 6), new Authorization(0, default, 0, 0, 1, UInt256.MaxValue)],
        Signature = new RecoverableSignature(12, 34, 1),
    };

    public static TheoryData<TransactionType> Types => [.. Enum.GetValues<TransactionType>()];

    [Theory]
    [MemberData(nameof(Types))]
    public void What_is_encoded_decodes_to_the_same_and_no_less_or_more_does(TransactionType type)
    {
        byte[] encoded = TransactionCodec.Encode(Of(type));
        Assert.True(TransactionCodec.TryDecode(encoded, out Transaction? decoded, out _));
        Assert.Equal(encoded, TransactionCodec.Encode(decoded!));
        Assert.Equal(type, decoded!.Type);
        for (int length = 0; length < encoded.Length; length++)
            Assert.False(TransactionCodec.TryDecode(encoded.AsSpan(0, length), out _, out _));
        Assert.False(TransactionCodec.TryDecode([.. encoded, 0], out _, out TransactionFault fault));
        Assert.Equal(new TransactionFault(TransactionFaultKind.Rlp, RlpFault.TrailingBytes), fault);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Damaged_bytes_are_refused_or_mean_what_they_say(TransactionType type) => Seeds.Check(random =>
    {
        byte[] encoded = TransactionCodec.Encode(Of(type));
        for (int i = 0; i < 2000; i++)
        {
            byte[] damaged = Mutations.Mutate(encoded, random);
            if (TransactionCodec.TryDecode(damaged, out Transaction? transaction, out _))
                Assert.Equal(damaged, TransactionCodec.Encode(transaction!));
        }
    });

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x05)]
    [InlineData(0x7f)]
    public void An_unknown_type_is_refused(byte type)
    {
        Assert.False(TransactionCodec.TryDecode([type, 0xc0], out _, out TransactionFault fault));
        Assert.Equal(TransactionFaultKind.UnknownType, fault.Kind);
    }

    [Theory]
    [InlineData(27, null, 0)]
    [InlineData(28, null, 1)]
    [InlineData(37, 1, 0)]
    [InlineData(38, 1, 1)]
    public void A_legacy_signature_holds_parity_and_chain(int v, int? chain, int parity)
    {
        Assert.True(TransactionCodec.TryDecode(LegacyWith(v), out Transaction? transaction, out _));
        Assert.Equal(((ulong?)chain, parity), (transaction!.ChainId, transaction.Signature.YParity));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(26)]
    [InlineData(29)]
    [InlineData(34)]
    public void A_legacy_signature_with_another_v_is_refused(int v)
    {
        Assert.False(TransactionCodec.TryDecode(LegacyWith(v), out _, out TransactionFault fault));
        Assert.Equal(TransactionFaultKind.SignatureParity, fault.Kind);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void The_sender_is_who_signed(TransactionType type)
    {
        Assert.True(Secp256k1SecretKey.TryDecode(((UInt256)12345UL).ToHash32().AsSpan(), out Secp256k1SecretKey? key));
        Transaction transaction = Of(type);
        transaction = transaction with { Signature = Secp256k1.Sign(TransactionCodec.SigningHash(transaction), key!) };
        Assert.True(transaction.TryRecoverSender(out Address sender));
        Assert.Equal(key!.PublicKey.ToAddress(), sender);
        RecoverableSignature signature = transaction.Signature;
        UInt256 order = UInt256.ReadBigEndian(Hex.Decode("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"));
        Transaction high = transaction with { Signature = new RecoverableSignature(signature.R, order - signature.S, 1 - signature.YParity) };
        Assert.False(high.TryRecoverSender(out _)); // the same key, but two transactions would be one
    }

    private static Transaction Of(TransactionType type) => Full with
    {
        Type = type,
        MaxPriorityFeePerGas = type < TransactionType.DynamicFee ? Full.MaxFeePerGas : Full.MaxPriorityFeePerGas,
        AccessList = type < TransactionType.AccessList ? [] : Full.AccessList,
        MaxFeePerBlobGas = type == TransactionType.Blob ? 8UL : 0UL,
        BlobHashes = type == TransactionType.Blob ? [default] : [],
        Authorizations = type == TransactionType.SetCode ? Full.Authorizations : [],
    };

    private static byte[] LegacyWith(int v)
    {
        // nonce, price, gas, to, value, input, v, r, s
        byte[] fields = [1, 1, 1, 0x80, 1, 0x80, .. v == 0 ? (byte[])[0x80] : [(byte)v], 1, 1];
        return [(byte)(0xc0 + fields.Length), .. fields];
    }
}
