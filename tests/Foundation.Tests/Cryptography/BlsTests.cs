using System.Numerics;
using System.Text;
using Flashback.Cryptography;
using Flashback.Cryptography.Curves;
using Flashback.Primitives;

namespace Flashback.Foundation.Tests.Cryptography;

public class BlsTests
{
    private readonly Randomness _random = Randomness.Fresh();

    private static BlsSecretKey Key(int number)
    {
        byte[] bytes = new byte[BlsSecretKey.Size];
        bytes[^1] = (byte)(number + 1);
        bytes[3] = 7;
        Assert.True(BlsSecretKey.TryDecode(bytes, out BlsSecretKey? key, out _));
        return key;
    }

    private static byte[] Message(int number) => Encoding.ASCII.GetBytes($"message {number}");

    [Fact]
    public void A_signature_verifies_for_its_key_and_message_only()
    {
        using BlsSecretKey key = BlsSecretKey.Generate(), other = Key(1);
        BlsPublicKey publicKey = key.ToPublicKey();
        BlsSignature signature = key.Sign(Message(0));
        Assert.True(Bls.Verify(publicKey, Message(0), signature));
        Assert.False(Bls.Verify(publicKey, Message(1), signature));
        Assert.False(Bls.Verify(other.ToPublicKey(), Message(0), signature));
        Assert.False(Bls.Verify(publicKey, Message(0), other.Sign(Message(0))));
        Assert.False(Bls.Verify(publicKey, Message(0), BlsSignature.Infinity));
    }

    [Fact]
    public void Keys_and_signatures_round_trip_as_bytes()
    {
        using BlsSecretKey key = BlsSecretKey.Generate();
        byte[] bytes = new byte[BlsSecretKey.Size];
        key.Encode(bytes);
        Assert.True(BlsSecretKey.TryDecode(bytes, out BlsSecretKey? again, out _));
        BlsPublicKey publicKey = key.ToPublicKey();
        Assert.Equal(publicKey, again.ToPublicKey());
        Assert.True(BlsPublicKey.TryDecode(publicKey.ToBytes(), out BlsPublicKey? decoded, out _));
        Assert.Equal(publicKey, decoded);
        Assert.Equal(Hex.Encode(publicKey.ToBytes()), publicKey.ToString());
        BlsSignature signature = again.Sign([]);
        Assert.True(BlsSignature.TryDecode(signature.ToBytes(), out BlsSignature? decodedSignature, out _));
        Assert.Equal(signature, decodedSignature);
        again.Dispose();
    }

    [Fact]
    public void Secret_keys_are_numbers_from_one_to_the_order()
    {
        BigInteger order = Integers.Modulus<Fr>();
        foreach ((BigInteger number, BlsSecretKeyFault expected) in new[]
        {
            (BigInteger.Zero, BlsSecretKeyFault.Zero), (BigInteger.One, BlsSecretKeyFault.None), (order - 1, BlsSecretKeyFault.None),
            (order, BlsSecretKeyFault.NotReduced), ((BigInteger.One << 256) - 1, BlsSecretKeyFault.NotReduced),
        })
        {
            byte[] bytes = new byte[32];
            byte[] digits = number.ToByteArray(isUnsigned: true, isBigEndian: true);
            digits.CopyTo(bytes, 32 - digits.Length);
            Assert.Equal(expected == BlsSecretKeyFault.None, BlsSecretKey.TryDecode(bytes, out BlsSecretKey? key, out BlsSecretKeyFault fault));
            Assert.Equal(expected, fault);
            key?.Dispose();
        }
        Assert.False(BlsSecretKey.TryDecode(new byte[31], out _, out BlsSecretKeyFault length));
        Assert.Equal(BlsSecretKeyFault.Length, length);
    }

    [Fact]
    public void A_disposed_key_signs_nothing_and_a_key_never_prints()
    {
        BlsSecretKey key = Key(3);
        byte[] bytes = new byte[32];
        key.Encode(bytes);
        Assert.DoesNotContain(Convert.ToHexString(bytes), key.ToString(), StringComparison.OrdinalIgnoreCase);
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Sign([]));
        Assert.Throws<ObjectDisposedException>(() => key.ToPublicKey());
        Assert.Throws<ObjectDisposedException>(() => key.Encode(bytes));
    }

    [Fact]
    public void Infinity_is_no_public_key_and_a_sum_that_is_infinity_verifies_nothing()
    {
        byte[] infinity = new byte[BlsPublicKey.Size];
        infinity[0] = 0xc0;
        Assert.False(BlsPublicKey.TryDecode(infinity, out _, out PointFault fault));
        Assert.Equal(PointFault.Infinity, fault);

        using BlsSecretKey key = Key(1);
        BlsPublicKey publicKey = key.ToPublicKey(), negative = new(-publicKey.Point);
        BlsPublicKey sum = Bls.AggregatePublicKeys([publicKey, negative]);
        Assert.Equal(infinity, sum.ToBytes());
        Assert.False(Bls.Verify(sum, Message(0), BlsSignature.Infinity));
        Assert.False(Bls.FastAggregateVerify([publicKey, negative], Message(0), BlsSignature.Infinity));
        Assert.False(Bls.AggregateVerify([sum], [Message(0)], BlsSignature.Infinity));
        Assert.False(Bls.VerifyBatch([new(sum, Message(0), BlsSignature.Infinity), new(publicKey, Message(0), key.Sign(Message(0)))]));
    }

    [Fact]
    public void Aggregates_verify_whole_only()
    {
        using BlsSecretKey a = Key(1), b = Key(2), c = Key(3);
        BlsPublicKey[] keys = [a.ToPublicKey(), b.ToPublicKey(), c.ToPublicKey()];
        BlsSignature same = Bls.Aggregate([a.Sign(Message(0)), b.Sign(Message(0)), c.Sign(Message(0))]);
        Assert.True(Bls.FastAggregateVerify(keys, Message(0), same));
        Assert.True(Bls.EthFastAggregateVerify(keys, Message(0), same));
        Assert.False(Bls.FastAggregateVerify(keys.AsSpan(1), Message(0), same));
        Assert.False(Bls.FastAggregateVerify([], Message(0), BlsSignature.Infinity));
        Assert.True(Bls.EthFastAggregateVerify([], Message(0), BlsSignature.Infinity));
        Assert.False(Bls.EthFastAggregateVerify([], Message(0), same));

        BlsSignature each = Bls.Aggregate([a.Sign(Message(0)), b.Sign(Message(1)), c.Sign(Message(2))]);
        ReadOnlyMemory<byte>[] messages = [Message(0), Message(1), Message(2)];
        Assert.True(Bls.AggregateVerify(keys, messages, each));
        Array.Reverse(messages);
        Assert.False(Bls.AggregateVerify(keys, messages, each));
        Assert.False(Bls.AggregateVerify([], [], BlsSignature.Infinity));
        Assert.Throws<ArgumentException>(() => Bls.AggregateVerify(keys, messages.AsSpan(1), each));
        Assert.Throws<ArgumentException>(() => Bls.Aggregate([]));
        Assert.Throws<ArgumentException>(() => Bls.AggregatePublicKeys([]));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(5, 2)]
    [InlineData(40, 40)]
    [InlineData(40, 3)]
    public void A_batch_verifies_exactly_when_every_set_does(int count, int messages)
    {
        BlsSignatureSet[] sets = new BlsSignatureSet[count];
        for (int i = 0; i < count; i++)
        {
            using BlsSecretKey key = Key(i);
            sets[i] = new BlsSignatureSet(key.ToPublicKey(), Message(i % messages), key.Sign(Message(i % messages)));
        }
        Assert.True(Bls.VerifyBatch(sets));
        if (count == 0)
            return;
        int bad = _random.Below(count);
        BlsSignatureSet good = sets[bad];
        sets[bad] = good with { Message = Message(messages) };
        Assert.False(Bls.VerifyBatch(sets));
        sets[bad] = good with { Signature = new BlsSignature(-good.Signature.Point) };
        Assert.False(Bls.VerifyBatch(sets));
        if (count < 2)
            return;
        // Two wrong signatures whose sum is right: only the coefficients tell.
        int partner = (bad + 1) % count;
        sets[bad] = good with { Signature = new BlsSignature((good.Signature.Point.ToJacobian() + G2Affine.Generator).ToAffine()) };
        sets[partner] = sets[partner] with { Signature = new BlsSignature((sets[partner].Signature.Point.ToJacobian() - G2Affine.Generator).ToAffine()) };
        Assert.False(Bls.VerifyBatch(sets));
    }

    [Fact]
    public void Derives_the_keys_of_EIP_2333()
    {
        byte[] seed = Hex.Decode("c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04");
        using BlsSecretKey master = BlsKeyDerivation.FromKeyMaterial(seed, []);
        using BlsSecretKey child = BlsKeyDerivation.DeriveChild(master, 0);
        Assert.Equal("6083874454709270928345386274498605044986640685124978867557563392430687146096", Number(master));
        Assert.Equal("20397789859736650942317412262472558107875392172444076792671091975210932703118", Number(child));
        Assert.Throws<ArgumentException>(() => BlsKeyDerivation.FromKeyMaterial(new byte[31], []));

        static string Number(BlsSecretKey key)
        {
            byte[] bytes = new byte[32];
            key.Encode(bytes);
            return new BigInteger(bytes, isUnsigned: true, isBigEndian: true).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public void The_key_cache_returns_one_object_per_key_and_stays_within_its_bound()
    {
        BlsPublicKeyCache cache = new(8);
        byte[][] encodings = [.. Enumerable.Range(0, 30).Select(i =>
        {
            using BlsSecretKey key = Key(i);
            return key.ToPublicKey().ToBytes();
        })];
        Assert.True(cache.TryGet(encodings[0], out BlsPublicKey? first, out _));
        foreach (byte[] encoding in encodings)
        {
            Assert.True(cache.TryGet(encoding, out BlsPublicKey? key, out _));
            Assert.Equal(encoding, key.ToBytes());
            Assert.True(cache.TryGet(encodings[0], out BlsPublicKey? again, out _)); // in use, so it stays
            Assert.Same(first, again);
            Assert.InRange(cache.Count, 1, 8);
        }
        Assert.False(cache.TryGet(new byte[BlsPublicKey.Size], out _, out PointFault fault));
        Assert.Equal(PointFault.Flags, fault);
        Assert.False(cache.TryGet(encodings[0].AsSpan(1), out _, out fault));
        Assert.Equal(PointFault.Length, fault);
        Assert.Throws<ArgumentOutOfRangeException>(() => new BlsPublicKeyCache(1));
    }
}
