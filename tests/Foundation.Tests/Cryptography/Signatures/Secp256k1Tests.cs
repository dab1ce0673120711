using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography;
using Flashback.Cryptography.Fields;
using Flashback.Primitives;
using Field = Flashback.Cryptography.Curves.Secp256k1Field;
using Scalar = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Secp256k1OrderModulus>;

namespace Flashback.Foundation.Tests.Cryptography.Signatures;

public sealed class Secp256k1FieldTests : PrimeFieldLaws<Field>
{
    [Fact]
    public void What_sums_and_differences_leave_uncarried_does_not_show()
    {
        Randomness random = Randomness.Fresh();
        BigInteger p = Integers.Modulus<Field>();
        for (int walk = 0; walk < 50; walk++)
        {
            BigInteger x = random.Integer(p), y = random.Integer(p);
            Field a = Integers.ToField<Field>(x), b = Integers.ToField<Field>(y);
            for (int step = 0; step < 100; step++)
            {
                switch (random.Below(5))
                {
                    case 0: (a, x) = (a + b, (x + y) % p); break;
                    case 1: (a, x) = (a - b, (x - y + p) % p); break;
                    case 2: (a, x) = (-a, (p - x) % p); break;
                    case 3: (a, x) = (a.Double(), 2 * x % p); break;
                    default: (a, b, x, y) = (b, a, y, x); break;
                }
                Assert.Equal(x, Integers.Of(a));
                Assert.Equal(x * y % p, Integers.Of(a * b));
                Assert.Equal(x * x % p, Integers.Of(a.Square()));
                Assert.Equal(x.IsZero, a.IsZero);
                Assert.Equal(x == y, a == b);
                Assert.True((a - a).IsZero);
                Assert.Equal(Integers.ToField<Field>(x).GetHashCode(), a.GetHashCode());
            }
        }
    }
}

public sealed class Secp256k1OrderTests : PrimeFieldLaws<Scalar>;

public sealed class Secp256k1GroupTests : GroupLaws<Field, Secp256k1Curve, Scalar>
{
    [Fact]
    public void Split_scalars_are_short_and_multiply_alike()
    {
        Scalar lambda = Literal.Of<Scalar>("5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72");
        ulong[] halves = new ulong[4];
        for (int i = 0; i < 200; i++)
        {
            Scalar k = Random.Element<Scalar>();
            Secp256k1Endomorphism.Split(k, halves, out bool negate1, out bool negate2);
            Scalar first = Integers.ToField<Scalar>(Integers.FromLimbs(halves.AsSpan(0, 2)));
            Scalar second = Integers.ToField<Scalar>(Integers.FromLimbs(halves.AsSpan(2, 2)));
            Assert.Equal(k, (negate1 ? -first : first) + (negate2 ? -second : second) * lambda);
        }
        for (int i = 0; i < 20; i++)
        {
            var p = Any();
            Scalar a = Random.Element<Scalar>(), b = Random.Element<Scalar>();
            Assert.Equal(DoubleAndAdd(Generator, Integers.Of(a)) + DoubleAndAdd(p, Integers.Of(b)), Secp256k1Endomorphism.MultiplyGeneratorAndAdd(a, p, b));
        }
    }
}

public class Secp256k1Tests
{
    private const string Order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    private const string OneBelowOrder = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140";

    private readonly Randomness _random = Randomness.Fresh();

    private static Secp256k1SecretKey Key(string hex)
    {
        Assert.True(Secp256k1SecretKey.TryDecode(Hex.Decode(hex.PadLeft(64, '0')), out Secp256k1SecretKey? key));
        return key;
    }

    private static Hash32 Digest(string text) => Sha256.Hash(Encoding.UTF8.GetBytes(text));

    // The vectors that bitcoin's libraries share: RFC 6979 has none for this curve.
    [Theory]
    [InlineData("1", "Satoshi Nakamoto", "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8", "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5")]
    [InlineData("1", "All those moments will be lost in time, like tears in rain. Time to die...", "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b", "547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21")]
    [InlineData(OneBelowOrder, "Satoshi Nakamoto", "fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d0", "6b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5")]
    [InlineData("f8b8af8ce3c7cca5e300d33939540c10d45ce001b8f252bfbc57ba0342904181", "Alan Turing", "7063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c", "58dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea")]
    public void Signatures_are_those_of_RFC_6979(string secret, string message, string r, string s)
    {
        RecoverableSignature signature = Secp256k1.Sign(Digest(message), Key(secret));
        Assert.Equal("0x" + r, signature.R.ToHash32().ToString());
        Assert.Equal("0x" + s, signature.S.ToHash32().ToString());
    }

    [Fact]
    public void Signatures_verify_and_lead_back_to_the_key_and_to_no_other()
    {
        for (int i = 0; i < 40; i++)
        {
            Secp256k1SecretKey key = Secp256k1SecretKey.Generate(), other = Secp256k1SecretKey.Generate();
            Hash32 digest = i == 0 ? default : Hash32.Read(_random.Bytes(32));
            RecoverableSignature signature = Secp256k1.Sign(digest, key);
            Assert.True(signature.HasLowS);
            Assert.True(Secp256k1.Verify(digest, signature, key.PublicKey));
            Assert.False(Secp256k1.Verify(digest, signature, other.PublicKey));
            Assert.True(Secp256k1.TryRecover(digest, signature, out Secp256k1PublicKey recovered));
            Assert.Equal(key.PublicKey, recovered);
            Assert.True(Secp256k1.TryRecover(digest, signature with { YParity = 1 - signature.YParity }, out Secp256k1PublicKey wrong));
            Assert.NotEqual(key.PublicKey, wrong);
            Assert.False(Secp256k1.Verify(Hash32.Read(_random.Bytes(32)), signature, key.PublicKey));

            UInt256 high = UInt256.ReadBigEndian(Hex.Decode(Order)) - signature.S;
            RecoverableSignature twin = new(signature.R, high, 1 - signature.YParity);
            Assert.False(twin.HasLowS);
            Assert.False(Secp256k1.Verify(digest, twin, key.PublicKey));
            Assert.True(Secp256k1.TryRecover(digest, twin, out recovered));
            Assert.Equal(key.PublicKey, recovered);
        }
    }

    [Fact]
    public void The_platform_accepts_our_signatures()
    {
        for (int i = 0; i < 10; i++)
        {
            Secp256k1SecretKey key = Secp256k1SecretKey.Generate();
            byte[] point = new byte[65], signature = new byte[64], digest = _random.Bytes(32);
            key.PublicKey.EncodeUncompressed(point);
            using ECDsa platform = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.CreateFromFriendlyName("secp256k1"),
                Q = new ECPoint { X = point[1..33], Y = point[33..] },
            });
            RecoverableSignature ours = Secp256k1.Sign(Hash32.Read(digest), key);
            ours.R.WriteBigEndian(signature);
            ours.S.WriteBigEndian(signature.AsSpan(32));
            Assert.True(platform.VerifyHash(digest, signature));
        }
    }

    [Fact]
    public void Refuses_numbers_out_of_range_and_points_that_are_none()
    {
        Hash32 digest = Digest("out of range");
        Secp256k1SecretKey key = Key("2a");
        RecoverableSignature good = Secp256k1.Sign(digest, key);
        UInt256 order = UInt256.ReadBigEndian(Hex.Decode(Order));
        foreach (RecoverableSignature bad in new[]
        {
            good with { R = 0 }, good with { S = 0 }, good with { R = order }, good with { S = order }, good with { R = UInt256.MaxValue },
            good with { R = order + 1 },
        })
        {
            Assert.False(Secp256k1.TryRecover(digest, bad, out _));
            Assert.False(Secp256k1.Verify(digest, bad, key.PublicKey));
        }
        Assert.False(Secp256k1.TryRecover(digest, good with { YParity = 2 }, out _));
        Assert.False(Secp256k1.TryRecover(digest, good with { YParity = -1 }, out _));
        Assert.False(Secp256k1.TryRecover(digest, good with { R = 5 }, out _)); // 5³ + 7 is no square
        Assert.False(Secp256k1.Verify(digest, good, default));
        Assert.False(Secp256k1SecretKey.TryDecode(new byte[32], out _));
        Assert.False(Secp256k1SecretKey.TryDecode(Hex.Decode(Order), out _));
        Assert.False(Secp256k1SecretKey.TryDecode(new byte[31], out _));
    }

    [Fact]
    public void Refuses_to_recover_the_point_at_infinity()
    {
        // s·R = z·G with R = k·G: s = z/k, and any r of that R.
        Scalar k = Scalar.From(12345), z = Scalar.From(999);
        var point = SecretMultiplication.Multiply(AffinePoint<Field, Secp256k1Curve>.Generator, [12345, 0, 0, 0]).ToAffine();
        byte[] digest = new byte[32], r = new byte[32], s = new byte[32];
        z.Encode(digest);
        point.X.Encode(r);
        (z * k.Inverse()).Encode(s);
        Assert.False(Secp256k1.TryRecover(Hash32.Read(digest), new(UInt256.ReadBigEndian(r), UInt256.ReadBigEndian(s), point.Y.Sign), out _));
    }

    [Fact]
    public void A_disposed_key_signs_no_more()
    {
        Secp256k1SecretKey key = Key("7");
        byte[] bytes = new byte[32];
        key.Encode(bytes);
        Assert.Equal(7, bytes[31]);
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Secp256k1.Sign(default, key));
        Assert.Throws<ObjectDisposedException>(() => key.Encode(bytes));
    }

    [Fact]
    public void Addresses_are_those_of_the_accounts() =>
        Assert.Equal("0x7e5f4552091a69125d5dfcb7b8c2659029395bdf", Key("1").PublicKey.ToAddress().ToString());

    [Fact]
    public void Key_encodings_round_trip_and_refuse_all_else()
    {
        for (int i = 0; i < 20; i++)
        {
            Secp256k1PublicKey key = Secp256k1SecretKey.Generate().PublicKey;
            byte[] compressed = new byte[33], full = new byte[65];
            key.EncodeCompressed(compressed);
            key.EncodeUncompressed(full);
            foreach (byte[] encoding in new[] { compressed, full })
            {
                Assert.True(Secp256k1PublicKey.TryDecode(encoding, out Secp256k1PublicKey back, out PointFault fault));
                Assert.Equal(key, back);
                Assert.Equal(PointFault.None, fault);
                AssertFault(PointFault.Length, encoding[1..]);
                AssertFault(PointFault.Length, [.. encoding, 0]);
                foreach (byte prefix in (byte[])[0, 1, 5, 6, 7, 0xff])
                    AssertFault(PointFault.Flags, [prefix, .. encoding[1..]]);
            }
            Assert.True(Secp256k1PublicKey.TryDecodeCoordinates(full.AsSpan(1), out Secp256k1PublicKey same, out _));
            Assert.Equal(key, same);
            full[64] ^= 1;
            AssertFault(PointFault.NotOnCurve, full);
        }
        byte[] p = Hex.Decode("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f");
        AssertFault(PointFault.CoordinateNotReduced, [2, .. p]);
        AssertFault(PointFault.CoordinateNotReduced, [4, .. p, .. new byte[32]]);
        AssertFault(PointFault.NotOnCurve, [3, .. new byte[31], 5]);
        AssertFault(PointFault.NotOnCurve, [4, .. new byte[64]]); // (0, 0) stands for infinity inside, not outside
        AssertFault(PointFault.Length, [0]); // the standard's infinity
    }

    private static void AssertFault(PointFault expected, byte[] encoding)
    {
        Assert.False(Secp256k1PublicKey.TryDecode(encoding, out Secp256k1PublicKey key, out PointFault fault));
        Assert.Equal(expected, fault);
        Assert.Equal(default, key);
    }
}
