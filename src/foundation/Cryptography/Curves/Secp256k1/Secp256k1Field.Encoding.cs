using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

public readonly partial struct Secp256k1Field
{
    private const int Limbs = 4; // as others see it
    private const int Size = 8 * Limbs;

    private static ReadOnlySpan<ulong> ModulusLimbs => [ulong.MaxValue - Fold + 1, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue];

    /// <inheritdoc/>
    public static int EncodedSize => Size;

    /// <inheritdoc/>
    public static int LimbCount => Limbs;

    /// <inheritdoc/>
    public static int Bits => 64 * Limbs;

    /// <inheritdoc/>
    public static ReadOnlySpan<ulong> Modulus => ModulusLimbs;

    /// <inheritdoc/>
    public static Secp256k1Field Generator => new(3, 0, 0, 0, 0);

    /// <inheritdoc/>
    public static Secp256k1Field From(ulong value) => new(value & LimbMask, value >> LimbBits, 0, 0, 0);

    /// <inheritdoc/>
    public static bool TryFromLimbs(ReadOnlySpan<ulong> limbs, out Secp256k1Field value)
    {
        value = default;
        if (limbs.Length != Limbs || !LimbCodec.IsBelow(limbs, ModulusLimbs))
            return false;
        value = Repack(limbs);
        return true;
    }

    /// <inheritdoc/>
    public void CopyTo(Span<ulong> limbs)
    {
        Secp256k1Field x = Canonical();
        limbs[3] = (x._3 >> 36) | (x._4 << 16);
        limbs[2] = (x._2 >> 24) | (x._3 << 28);
        limbs[1] = (x._1 >> 12) | (x._2 << 40);
        limbs[0] = x._0 | (x._1 << LimbBits);
    }

    /// <inheritdoc/>
    public Secp256k1Field Inverse()
    {
        Span<ulong> limbs = stackalloc ulong[Limbs], inverse = stackalloc ulong[Limbs];
        CopyTo(limbs);
        BinaryInverse.Invert(limbs, ModulusLimbs, inverse);
        return Repack(inverse);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The power (p + 1)/4 = 2^254 − 2^30 − 244: in binary 223 ones, a zero, 22 ones, 0000, 11 and 00. x_n is this element to the power
    /// of n ones: 253 squarings and 13 products.
    /// </remarks>
    public bool TrySquareRoot(out Secp256k1Field root)
    {
        Secp256k1Field x2 = SquareTimes(this, 1) * this;
        Secp256k1Field x3 = SquareTimes(x2, 1) * this;
        Secp256k1Field x6 = SquareTimes(x3, 3) * x3;
        Secp256k1Field x9 = SquareTimes(x6, 3) * x3;
        Secp256k1Field x11 = SquareTimes(x9, 2) * x2;
        Secp256k1Field x22 = SquareTimes(x11, 11) * x11;
        Secp256k1Field x44 = SquareTimes(x22, 22) * x22;
        Secp256k1Field x88 = SquareTimes(x44, 44) * x44;
        Secp256k1Field x176 = SquareTimes(x88, 88) * x88;
        Secp256k1Field x220 = SquareTimes(x176, 44) * x44;
        Secp256k1Field x223 = SquareTimes(x220, 3) * x3;
        root = SquareTimes(SquareTimes(SquareTimes(x223, 23) * x22, 6) * x2, 2);
        if (root.Square().Equals(this))
            return true;
        root = default;
        return false;
    }

    /// <inheritdoc/>
    public bool IsLexicographicallyLargest => FieldEncoding.IsLexicographicallyLargest(this);

    /// <inheritdoc/>
    public int Sign => (int)(Canonical()._0 & 1);

    /// <inheritdoc/>
    public static Secp256k1Field Reduce(ReadOnlySpan<byte> bigEndian)
    {
        if (bigEndian.Length > 2 * Size)
            throw new ArgumentException($"at most {2 * Size} bytes can be reduced, not {bigEndian.Length}", nameof(bigEndian));
        Span<ulong> limbs = stackalloc ulong[2 * Limbs];
        LimbCodec.ReadBigEndian(bigEndian, limbs);
        return Repack(limbs) + Repack(limbs[Limbs..]) * From(Fold);
    }

    /// <inheritdoc/>
    public static bool TryDecode(ReadOnlySpan<byte> bigEndian, out Secp256k1Field value) => FieldEncoding.TryDecode(bigEndian, out value);

    /// <inheritdoc/>
    public void Encode(Span<byte> bigEndian) => FieldEncoding.Encode(this, bigEndian);

    /// <inheritdoc/>
    public static bool TryDecodeLittleEndian(ReadOnlySpan<byte> littleEndian, out Secp256k1Field value) => FieldEncoding.TryDecodeLittleEndian(littleEndian, out value);

    /// <inheritdoc/>
    public void EncodeLittleEndian(Span<byte> littleEndian) => FieldEncoding.EncodeLittleEndian(this, littleEndian);

    /// <summary>The canonical big-endian encoding in hexadecimal.</summary>
    public override string ToString() => FieldEncoding.ToText(this);

    /// <summary>Four limbs of 64 bits, which may go beyond p, as five.</summary>
    private static Secp256k1Field Repack(ReadOnlySpan<ulong> limbs) => new(
        limbs[0] & LimbMask,
        ((limbs[0] >> LimbBits) | (limbs[1] << 12)) & LimbMask,
        ((limbs[1] >> 40) | (limbs[2] << 24)) & LimbMask,
        ((limbs[2] >> 28) | (limbs[3] << 36)) & LimbMask,
        limbs[3] >> 16);

    private static Secp256k1Field SquareTimes(Secp256k1Field x, int times)
    {
        for (int i = 0; i < times; i++)
            x = Square(x);
        return x;
    }
}
