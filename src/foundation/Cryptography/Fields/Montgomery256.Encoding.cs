using System.Numerics;

namespace Flashback.Cryptography.Fields;

public readonly partial struct Montgomery256<TModulus>
{
    private const int Limbs = 4;
    private const int Size = 8 * Limbs;

    private static readonly ulong[] ModulusLimbs = [TModulus.P0, TModulus.P1, TModulus.P2, TModulus.P3];

    // 2^256, its square and its cube modulo p. Doubling works on any number below p, in Montgomery's form or not.
    private static readonly Montgomery256<TModulus> MontgomeryOne = DoubleTimes(RawOne, 256);
    private static readonly Montgomery256<TModulus> MontgomerySquared = DoubleTimes(MontgomeryOne, 256);
    private static readonly Montgomery256<TModulus> MontgomeryCubed = DoubleTimes(MontgomerySquared, 256);
    private static readonly Montgomery256<TModulus> GeneratorValue = From(TModulus.Generator);

    private static Montgomery256<TModulus> RawOne => new(1, 0, 0, 0);

    /// <inheritdoc/>
    public static int EncodedSize => Size;

    /// <inheritdoc/>
    public static int LimbCount => Limbs;

    /// <inheritdoc/>
    public static int Bits => 256 - BitOperations.LeadingZeroCount(TModulus.P3);

    /// <inheritdoc/>
    public static ReadOnlySpan<ulong> Modulus => ModulusLimbs;

    /// <inheritdoc/>
    public static Montgomery256<TModulus> Generator => GeneratorValue;

    /// <inheritdoc/>
    public static Montgomery256<TModulus> From(ulong value) => MontgomerySquared * new Montgomery256<TModulus>(value, 0, 0, 0);

    /// <inheritdoc/>
    public static bool TryFromLimbs(ReadOnlySpan<ulong> limbs, out Montgomery256<TModulus> value)
    {
        value = default;
        if (limbs.Length != Limbs || !LimbCodec.IsBelow(limbs, ModulusLimbs))
            return false;
        value = MontgomerySquared * Raw(limbs);
        return true;
    }

    /// <inheritdoc/>
    public void CopyTo(Span<ulong> limbs)
    {
        Montgomery256<TModulus> plain = this * RawOne;
        limbs[3] = plain._3;
        limbs[2] = plain._2;
        limbs[1] = plain._1;
        limbs[0] = plain._0;
    }

    /// <inheritdoc/>
    public Montgomery256<TModulus> Inverse()
    {
        Span<ulong> inverse = stackalloc ulong[Limbs];
        BinaryInverse.Invert([_0, _1, _2, _3], ModulusLimbs, inverse);
        return MontgomeryCubed * Raw(inverse); // the inverse of x·R is x^-1/R; twice R away from Montgomery's form
    }

    /// <inheritdoc/>
    public bool TrySquareRoot(out Montgomery256<TModulus> root) => FieldPowers.TrySquareRoot(this, out root);

    /// <inheritdoc/>
    public bool IsLexicographicallyLargest => FieldEncoding.IsLexicographicallyLargest(this);

    /// <inheritdoc/>
    public int Sign => (int)((this * RawOne)._0 & 1);

    /// <inheritdoc/>
    public static Montgomery256<TModulus> Reduce(ReadOnlySpan<byte> bigEndian)
    {
        if (bigEndian.Length > 2 * Size)
            throw new ArgumentException($"at most {2 * Size} bytes can be reduced, not {bigEndian.Length}", nameof(bigEndian));
        Span<ulong> limbs = stackalloc ulong[2 * Limbs];
        LimbCodec.ReadBigEndian(bigEndian, limbs);
        return MontgomerySquared * Raw(limbs) + MontgomeryCubed * Raw(limbs[Limbs..]);
    }

    /// <inheritdoc/>
    public static bool TryDecode(ReadOnlySpan<byte> bigEndian, out Montgomery256<TModulus> value) => FieldEncoding.TryDecode(bigEndian, out value);

    /// <inheritdoc/>
    public void Encode(Span<byte> bigEndian) => FieldEncoding.Encode(this, bigEndian);

    /// <inheritdoc/>
    public static bool TryDecodeLittleEndian(ReadOnlySpan<byte> littleEndian, out Montgomery256<TModulus> value) => FieldEncoding.TryDecodeLittleEndian(littleEndian, out value);

    /// <inheritdoc/>
    public void EncodeLittleEndian(Span<byte> littleEndian) => FieldEncoding.EncodeLittleEndian(this, littleEndian);

    /// <summary>The canonical big-endian encoding in hexadecimal.</summary>
    public override string ToString() => FieldEncoding.ToText(this);

    private static Montgomery256<TModulus> Raw(ReadOnlySpan<ulong> limbs) =>
        new(limbs[0], limbs[1], limbs[2], limbs[3]);

    private static Montgomery256<TModulus> DoubleTimes(Montgomery256<TModulus> value, int times)
    {
        for (int i = 0; i < times; i++)
            value += value;
        return value;
    }
}
