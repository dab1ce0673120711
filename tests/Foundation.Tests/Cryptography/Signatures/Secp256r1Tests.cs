using System.Security.Cryptography;
using System.Text;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography;
using Flashback.Primitives;
using Field = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Secp256r1FieldModulus>;
using Scalar = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Secp256r1OrderModulus>;

namespace Flashback.Foundation.Tests.Cryptography.Signatures;

public sealed class Secp256r1FieldTests : PrimeFieldLaws<Field>;

public sealed class Secp256r1OrderTests : PrimeFieldLaws<Scalar>;

public sealed class Secp256r1GroupTests : GroupLaws<Field, Secp256r1Curve, Scalar>;

public class Secp256r1Tests
{
    // RFC 6979 appendix A.2.5.
    private const string Secret = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
    private const string Coordinates =
        "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
    private const string Order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

    private readonly Randomness _random = Randomness.Fresh();

    private static UInt256 Number(string hex) => UInt256.ReadBigEndian(Hex.Decode(hex));

    [Theory]
    [InlineData("sample", "a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60", "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716", "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8")]
    [InlineData("test", "d16b6ae827f17175e040871a1c7ec3500192c4c92677336ec2537acaee0008e0", "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367", "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083")]
    public void Nonces_and_signatures_are_those_of_RFC_6979(string message, string nonce, string r, string s)
    {
        Hash32 digest = Sha256.Hash(Encoding.ASCII.GetBytes(message));
        byte[] reduced = new byte[32];
        Scalar.Reduce(digest.AsSpan()).Encode(reduced);
        DeterministicNonce nonces = new(new byte[64], Hex.Decode(Secret), reduced);
        Assert.Equal("0x" + nonce, nonces.Next<Scalar>().ToString());
        Assert.NotEqual("0x" + nonce, nonces.Next<Scalar>().ToString());

        byte[] key = Hex.Decode(Coordinates);
        UInt256 order = Number(Order);
        Assert.True(Secp256r1.Verify(digest, Number(r), Number(s), key));
        Assert.True(Secp256r1.Verify(digest, Number(r), order - Number(s), key));
        Assert.False(Secp256r1.Verify(digest, Number(r), Number(s) + 1, key));
        Assert.False(Secp256r1.Verify(Sha256.Hash([]), Number(r), Number(s), key));
        Assert.False(Secp256r1.Verify(digest, 0, Number(s), key));
        Assert.False(Secp256r1.Verify(digest, Number(r), 0, key));
        Assert.False(Secp256r1.Verify(digest, order, Number(s), key));
        Assert.False(Secp256r1.Verify(digest, Number(r), order + Number(s), key));
        Assert.False(Secp256r1.Verify(digest, Number(r), Number(s), key.AsSpan(1)));
        Assert.False(Secp256r1.Verify(digest, Number(r), Number(s), new byte[64]));
        key[63] ^= 1;
        Assert.False(Secp256r1.Verify(digest, Number(r), Number(s), key));
    }

    [Fact]
    public void Accepts_the_signatures_of_the_platform_and_no_altered_ones()
    {
        using ECDsa platform = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ECPoint q = platform.ExportParameters(false).Q;
        byte[] key = [.. q.X!, .. q.Y!];
        for (int i = 0; i < 20; i++)
        {
            byte[] digest = _random.Bytes(32), signature = platform.SignHash(digest);
            UInt256 r = UInt256.ReadBigEndian(signature.AsSpan(0, 32)), s = UInt256.ReadBigEndian(signature.AsSpan(32));
            Assert.True(Secp256r1.Verify(Hash32.Read(digest), r, s, key));
            digest[_random.Below(32)] ^= (byte)(1 << _random.Below(8));
            Assert.False(Secp256r1.Verify(Hash32.Read(digest), r, s, key));
        }
    }

    [Fact]
    public void Finds_an_x_coordinate_that_lies_between_order_and_modulus()
    {
        // The smallest x from the order up that is on the curve: r is then x − order.
        for (ulong r = 1; ; r++)
        {
            byte[] bytes = (Number(Order) + r).ToHash32().AsSpan().ToArray();
            Assert.True(Field.TryDecode(bytes, out Field x));
            if (!SecEncoding<Field, Secp256r1Curve>.TryFromX(x, 0, out AffinePoint<Field, Secp256r1Curve> point))
                continue;
            var doubled = point.ToJacobian().Double() - point;
            Assert.True(EcdsaVerification<Field, Secp256r1Curve, Scalar>.HasX(doubled, r));
            Assert.False(EcdsaVerification<Field, Secp256r1Curve, Scalar>.HasX(doubled, r + 1));
            Assert.False(EcdsaVerification<Field, Secp256r1Curve, Scalar>.HasX(default, r));
            return;
        }
    }
}
