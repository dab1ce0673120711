using System.Numerics;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>What modular exponentiation costs, and how long its numbers may be.</summary>
/// <param name="Least">Least gas.</param>
/// <param name="MaxLength">Longest base, exponent and modulus, in bytes.</param>
/// <param name="LongExponentFactor">Iterations per byte of the exponent beyond its first 32.</param>
/// <param name="SmallComplexity">The complexity where base and modulus have up to 32 bytes; 0 where the general rule holds for them too.</param>
/// <param name="ComplexityFactor">By how much the square of the words is multiplied.</param>
/// <param name="Divisor">What the product of complexity and iterations is divided by.</param>
/// <param name="LimitsLengths">True when longer numbers are refused, rather than merely too dear. spec: EIP-7823</param>
internal sealed record ModExpPricing(long Least, long MaxLength, int LongExponentFactor, int SmallComplexity, int ComplexityFactor, int Divisor, bool LimitsLengths)
{
    /// <summary>spec: EIP-2565</summary>
    /// <remarks>There is no limit on lengths; an exponent of 2^27 bytes would cost 358 million gas at least, more than any block has.</remarks>
    public static ModExpPricing Eip2565 { get; } = new(Least: 200, MaxLength: 1 << 27, LongExponentFactor: 8, SmallComplexity: 0, ComplexityFactor: 1, Divisor: 3, LimitsLengths: false);

    /// <summary>spec: EIP-7823, EIP-7883</summary>
    public static ModExpPricing Eip7883 { get; } = new(Least: 500, MaxLength: 1024, LongExponentFactor: 16, SmallComplexity: 16, ComplexityFactor: 2, Divisor: 1, LimitsLengths: true);

    /// <summary>The gas for numbers of these lengths, when the exponent's first 32 bytes (or all of it) are <paramref name="head"/>.</summary>
    public long GasFor(long baseLength, long exponentLength, long modulusLength, in UInt256 head)
    {
        long longest = Math.Max(baseLength, modulusLength), words = (longest + 7) / 8;
        UInt128 complexity = SmallComplexity != 0 && longest <= 32 ? (UInt128)SmallComplexity : (UInt128)words * (UInt128)words * (UInt128)ComplexityFactor;
        UInt128 iterations = (UInt128)(exponentLength > 32 ? LongExponentFactor * (exponentLength - 32) : 0) + (UInt128)Math.Max(head.BitLength - 1, 0);
        UInt128 gas = complexity * UInt128.Max(iterations, 1) / (UInt128)Divisor;
        return gas > long.MaxValue ? long.MaxValue : Math.Max(Least, (long)gas);
    }
}

/// <summary>Modular exponentiation of numbers of any length. spec: EIP-198</summary>
/// <remarks>
/// <code>
/// 0     length of the base B      (32 bytes, as are the next two)
/// 32    length of the exponent E
/// 64    length of the modulus M
/// 96    base, exponent, modulus: B, E and M bytes; what the input lacks is zeros
/// </code>
/// </remarks>
internal sealed class ModExpPrecompile(ModExpPricing pricing) : IPrecompile
{
    private const int HeaderLength = 96;

    public long GasFor(ReadOnlySpan<byte> input)
    {
        UInt256 @base = Number(input, 0, 32), exponent = Number(input, 32, 32), modulus = Number(input, 64, 32);
        UInt256 most = (ulong)pricing.MaxLength;
        if (@base > most || exponent > most || modulus > most)
            return @base.IsZero && modulus.IsZero && !pricing.LimitsLengths ? pricing.Least : long.MaxValue;
        UInt256 head = Number(input, HeaderLength + (long)@base.Low, (int)Math.Min(exponent.Low, 32));
        return pricing.GasFor((long)@base.Low, (long)exponent.Low, (long)modulus.Low, head);
    }

    public bool TryRun(ReadOnlySpan<byte> input, ReturnBuffer output)
    {
        UInt256 baseLength = Number(input, 0, 32), exponentLength = Number(input, 32, 32), modulusLength = Number(input, 64, 32);
        Span<byte> result = output.Take((int)modulusLength.Low); // GasFor has seen to the bounds of all three
        result.Clear();
        if (modulusLength.IsZero)
            return true;
        long at = HeaderLength;
        BigInteger @base = Integer(input, at, (long)baseLength.Low);
        at += (long)baseLength.Low;
        BigInteger exponent = Integer(input, at, (long)exponentLength.Low);
        at += (long)exponentLength.Low;
        BigInteger modulus = Integer(input, at, (long)modulusLength.Low);
        if (modulus.IsZero || modulus.IsOne)
            return true;
        BigInteger power = ModularPower.Of(@base, exponent, modulus);
        return power.TryWriteBytes(result[(result.Length - power.GetByteCount(isUnsigned: true))..], out _, isUnsigned: true, isBigEndian: true);
    }

    /// <summary>Up to 32 bytes of the input as a number; what lies beyond its end counts as zeros.</summary>
    private static UInt256 Number(ReadOnlySpan<byte> input, long at, int length)
    {
        Span<byte> bytes = stackalloc byte[32];
        bytes.Clear();
        Part(input, at, length).CopyTo(bytes);
        return UInt256.ReadBigEndian(bytes[..length]);
    }

    private static BigInteger Integer(ReadOnlySpan<byte> input, long at, long length)
    {
        ReadOnlySpan<byte> part = Part(input, at, length);
        return new BigInteger(part, isUnsigned: true, isBigEndian: true) << (int)(8 * (length - part.Length));
    }

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> input, long at, long length) =>
        at >= input.Length ? [] : input.Slice((int)at, (int)Math.Min(length, input.Length - at));
}
