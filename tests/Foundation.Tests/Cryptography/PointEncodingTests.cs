using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;

namespace Flashback.Foundation.Tests.Cryptography;

/// <summary>The encodings of BLS12-381's points: each point has exactly one of each kind.</summary>
public class PointEncodingTests
{
    private const byte Compressed = 0x80, Infinity = 0x40, LargerY = 0x20;

    private readonly Randomness _random = Randomness.Fresh();

    private static PointFault Compressed1(byte[] bytes) => G1.TryDecodeCompressed(bytes, out _, out PointFault fault) ? PointFault.None : fault;

    private static PointFault Compressed2(byte[] bytes) => G2.TryDecodeCompressed(bytes, out _, out PointFault fault) ? PointFault.None : fault;

    private static PointFault Uncompressed1(byte[] bytes) => G1.TryDecodeUncompressed(bytes, out _, out PointFault fault) ? PointFault.None : fault;

    private static PointFault Uncompressed2(byte[] bytes) => G2.TryDecodeUncompressed(bytes, out _, out PointFault fault) ? PointFault.None : fault;

    private static readonly (Func<byte[], PointFault> Decode, int Size)[] Compressions =
        [(Compressed1, G1.CompressedSize), (Compressed2, G2.CompressedSize)];

    private static readonly (Func<byte[], PointFault> Decode, int Size)[] All =
        [.. Compressions, (Uncompressed1, G1.UncompressedSize), (Uncompressed2, G2.UncompressedSize)];

    private static byte[] Flagged(int size, byte flags)
    {
        byte[] bytes = new byte[size];
        bytes[0] = flags;
        return bytes;
    }

    [Fact]
    public void Points_of_G1_round_trip()
    {
        for (int i = 0; i < 20; i++)
        {
            G1Affine point = i == 0 ? default : G1.Multiply(G1Point.Generator, _random.Element<Fr>()).ToAffine();
            byte[] compressed = new byte[48], uncompressed = new byte[96];
            G1.EncodeCompressed(point, compressed);
            G1.EncodeUncompressed(point, uncompressed);
            Assert.True(G1.TryDecodeCompressed(compressed, out G1Affine first, out _));
            Assert.True(G1.TryDecodeUncompressed(uncompressed, out G1Affine second, out _));
            Assert.Equal((point, point), (first, second));
        }
    }

    [Fact]
    public void Points_of_G2_round_trip()
    {
        for (int i = 0; i < 20; i++)
        {
            G2Affine point = i == 0 ? default : G2.Multiply(G2Point.Generator, _random.Element<Fr>()).ToAffine();
            byte[] compressed = new byte[96], uncompressed = new byte[192];
            G2.EncodeCompressed(point, compressed);
            G2.EncodeUncompressed(point, uncompressed);
            Assert.True(G2.TryDecodeCompressed(compressed, out G2Affine first, out _));
            Assert.True(G2.TryDecodeUncompressed(uncompressed, out G2Affine second, out _));
            Assert.Equal((point, point), (first, second));
        }
    }

    [Fact]
    public void Rejects_every_other_length()
    {
        foreach ((Func<byte[], PointFault> decode, int size) in All)
        {
            foreach (int length in new[] { 0, 1, size - 1, size + 1, 2 * size })
                Assert.Equal(PointFault.Length, decode(Flagged(length, 0)[..length]));
        }

        static byte[] Flagged(int size, byte flags)
        {
            byte[] bytes = new byte[Math.Max(size, 1)];
            bytes[0] = flags;
            return bytes;
        }
    }

    [Fact]
    public void Rejects_flags_that_do_not_fit_together()
    {
        foreach ((Func<byte[], PointFault> decode, int size) in Compressions)
        {
            Assert.Equal(PointFault.None, decode(Flagged(size, Compressed | Infinity)));
            Assert.Equal(PointFault.Flags, decode(Flagged(size, Compressed | Infinity | LargerY)));
            Assert.Equal(PointFault.Flags, decode(Flagged(size, 0)));
            Assert.Equal(PointFault.Flags, decode(Flagged(size, Infinity)));
            Assert.Equal(PointFault.Flags, decode(Flagged(size, LargerY)));
            Assert.Equal(PointFault.Flags, decode(Flagged(size, Infinity | LargerY)));
        }
        foreach ((Func<byte[], PointFault> decode, int size) in All[2..])
        {
            Assert.Equal(PointFault.None, decode(Flagged(size, Infinity)));
            foreach (int flags in new[] { Compressed, LargerY, Compressed | Infinity, Infinity | LargerY, Compressed | LargerY, Compressed | Infinity | LargerY })
                Assert.Equal(PointFault.Flags, decode(Flagged(size, (byte)flags)));
        }
    }

    [Fact]
    public void Rejects_any_further_bit_at_infinity()
    {
        foreach ((Func<byte[], PointFault> decode, int size) in All)
        {
            byte flags = size is G1.CompressedSize || decode == Compressed2 ? (byte)(Compressed | Infinity) : Infinity;
            for (int bit = 3; bit < 8 * size; bit += 5)
            {
                byte[] bytes = Flagged(size, flags);
                bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
                Assert.Equal(PointFault.InfinityNotZero, decode(bytes));
            }
        }
    }

    [Fact]
    public void Rejects_coordinates_from_the_modulus_up()
    {
        byte[] modulus = new byte[48];
        Integers.Modulus<Fp>().ToByteArray(isUnsigned: true, isBigEndian: true).CopyTo(modulus, 0);
        foreach ((Func<byte[], PointFault> decode, int size) in All)
        {
            for (int coordinate = 0; coordinate < size; coordinate += 48)
            {
                byte[] bytes = new byte[size];
                modulus.CopyTo(bytes, coordinate);
                if (size == G1.CompressedSize || decode == Compressed2)
                    bytes[0] |= Compressed;
                Assert.Equal(PointFault.CoordinateNotReduced, decode(bytes));
            }
        }
    }

    [Fact]
    public void Rejects_points_off_the_curve()
    {
        byte[] bytes = new byte[G1.UncompressedSize];
        G1.EncodeUncompressed(G1Affine.Generator, bytes);
        bytes[^1] ^= 1;
        Assert.Equal(PointFault.NotOnCurve, Uncompressed1(bytes));
        Assert.Equal(PointFault.NotOnCurve, Uncompressed1(new byte[G1.UncompressedSize]));
        bytes = new byte[G2.UncompressedSize];
        G2.EncodeUncompressed(G2Affine.Generator, bytes);
        bytes[^1] ^= 1;
        Assert.Equal(PointFault.NotOnCurve, Uncompressed2(bytes));
        Assert.Equal(PointFault.NotOnCurve, Uncompressed2(new byte[G2.UncompressedSize]));

        foreach ((Func<byte[], PointFault> decode, int size) in Compressions)
        {
            int without = 0;
            for (int i = 0; i < 40; i++)
            {
                byte[] x = Flagged(size, Compressed);
                x[^1] = (byte)i;
                PointFault fault = decode(x);
                Assert.True(fault is PointFault.NotOnCurve or PointFault.NotInSubgroup);
                without += fault == PointFault.NotOnCurve ? 1 : 0;
            }
            Assert.InRange(without, 5, 35);
        }
    }

    [Fact]
    public void Rejects_points_outside_the_subgroup_unless_told_not_to_look()
    {
        for (int i = 0; i < 10; i++)
        {
            G1Affine p = PointsOnCurve.Any<Fp, G1Curve>(() => _random.Element<Fp>());
            byte[] compressed = new byte[48], uncompressed = new byte[96];
            G1.EncodeCompressed(p, compressed);
            G1.EncodeUncompressed(p, uncompressed);
            Assert.Equal((PointFault.NotInSubgroup, PointFault.NotInSubgroup), (Compressed1(compressed), Uncompressed1(uncompressed)));
            Assert.True(G1.TryDecodeCompressedUnchecked(compressed, out G1Affine first, out _));
            Assert.True(G1.TryDecodeUncompressedUnchecked(uncompressed, out G1Affine second, out _));
            Assert.Equal((p, p), (first, second));

            G2Affine q = PointsOnCurve.Any<Fp2, G2Curve>(() => new Fp2(_random.Element<Fp>(), _random.Element<Fp>()));
            compressed = new byte[96];
            uncompressed = new byte[192];
            G2.EncodeCompressed(q, compressed);
            G2.EncodeUncompressed(q, uncompressed);
            Assert.Equal((PointFault.NotInSubgroup, PointFault.NotInSubgroup), (Compressed2(compressed), Uncompressed2(uncompressed)));
            Assert.True(G2.TryDecodeCompressedUnchecked(compressed, out G2Affine third, out _));
            Assert.True(G2.TryDecodeUncompressedUnchecked(uncompressed, out G2Affine fourth, out _));
            Assert.Equal((q, q), (third, fourth));
        }
    }
}
