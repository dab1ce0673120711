using System.Numerics;

namespace Flashback.Cryptography.Fields;

public readonly partial struct Montgomery384<TModulus>
{
    private const int Limbs = 6;
    private const int Size = 8 * Limbs;

    private static readonly ulong[] ModulusLimbs = [TModulus.P0, TModulus.P1, TModulus.P2, TModulus.P3, TModulus.P4, TModulus.P5];

    // 2^384, its square and its cube modulo p. Doubling works on any number below p, in Montgomery's form or not.
    private static readonly Montgomery384<TModulus> MontgomeryOne = DoubleTimes(RawOne, 384);
    private static readonly Montgomery384<TModulus> MontgomerySquared = DoubleTimes(MontgomeryOne, 384);
    private static readonly Montgomery384<TModulus> MontgomeryCubed = DoubleTimes(MontgomerySquared, 384);
    private static readonly Montgomery384<TModulus> GeneratorValue = From(TModulus.Generator);

    private static Montgomery384<TModulus> RawOne => new(1, 0, 0, 0, 0, 0);

    /// <inheritdoc/>
    public static int EncodedSize => Size;

    /// <inheritdoc/>
    public static int LimbCount => Limbs;

    /// <inheritdoc/>
    public static int Bits => 384 - BitOperations.LeadingZeroCount(TModulus.P5);

    /// <inheritdoc/>
    public static ReadOnlySpan<ulong> Modulus => ModulusLimbs;

    /// <inheritdoc/>
    public static Montgomery384<TModulus> Generator => GeneratorValue;

    /// <inheritdoc/>
    public static Montgomery384<TModulus> From(ulong value) => MontgomerySquared * new Montgomery384<TModulus>(value, 0, 0, 0, 0, 0);

    /// <inheritdoc/>
    public static bool TryFromLimbs(ReadOnlySpan<ulong> limbs, out Montgomery384<TModulus> value)
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
        Montgomery384<TModulus> plain = this * RawOne;
        limbs[5] = plain._5;
        limbs[4] = plain._4;
        limbs[3] = plain._3;
        limbs[2] = plain._2;
        limbs[1] = plain._1;
        limbs[0] = plain._0;
    }

    /// <inheritdoc/>
    public Montgomery384<TModulus> Inverse()
    {
        Span<ulong> inverse = stackalloc ulong[Limbs];
        BinaryInverse.Invert([_0, _1, _2, _3, _4, _5], ModulusLimbs, inverse);
        return MontgomeryCubed * Raw(inverse); // the inverse of x·R is x^-1/R; twice R away from Montgomery's form
    }

    /// <inheritdoc/>
    public bool TrySquareRoot(out Montgomery384<TModulus> root) => FieldPowers.TrySquareRoot(this, out root);

    /// <inheritdoc/>
    public bool IsLexicographicallyLargest => FieldEncoding.IsLexicographicallyLargest(this);

    /// <inheritdoc/>
    public int Sign => (int)((this * RawOne)._0 & 1);

    /// <inheritdoc/>
    public static Montgomery384<TModulus> Reduce(ReadOnlySpan<byte> bigEndian)
    {
        if (bigEndian.Length > 2 * Size)
            throw new ArgumentException($"at most {2 * Size} bytes can be reduced, not {bigEndian.Length}", nameof(bigEndian));
        Span<ulong> limbs = stackalloc ulong[2 * Limbs];
        LimbCodec.ReadBigEndian(bigEndian, limbs);
        return MontgomerySquared * Raw(limbs) + MontgomeryCubed * Raw(limbs[Limbs..]);
    }

    /// <inheritdoc/>
    public static bool TryDecode(ReadOnlySpan<byte> bigEndian, out Montgomery384<TModulus> value) => FieldEncoding.TryDecode(bigEndian, out value);

    /// <inheritdoc/>
    public void Encode(Span<byte> bigEndian) => FieldEncoding.Encode(this, bigEndian);

    /// <inheritdoc/>
    public static bool TryDecodeLittleEndian(ReadOnlySpan<byte> littleEndian, out Montgomery384<TModulus> value) => FieldEncoding.TryDecodeLittleEndian(littleEndian, out value);

    /// <inheritdoc/>
    public void EncodeLittleEndian(Span<byte> littleEndian) => FieldEncoding.EncodeLittleEndian(this, littleEndian);

    /// <summary>The canonical big-endian encoding in hexadecimal.</summary>
    public override string ToString() => FieldEncoding.ToText(this);

    private static Montgomery384<TModulus> Raw(ReadOnlySpan<ulong> limbs) =>
        new(limbs[0], limbs[1], limbs[2], limbs[3], limbs[4], limbs[5]);

    private static Montgomery384<TModulus> DoubleTimes(Montgomery384<TModulus> value, int times)
    {
        for (int i = 0; i < times; i++)
            value += value;
        return value;
    }
}
