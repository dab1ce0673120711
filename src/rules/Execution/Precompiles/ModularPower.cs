using System.Numerics;

namespace Flashback.Execution;

/// <summary>Powers modulo numbers of any size, several times as quick as the framework's.</summary>
/// <remarks>
/// The modulus is <c>odd · 2^twos</c>. Modulo the odd part, Montgomery's products need no division; modulo the power of two, products are
/// cut off; the two remainders make the whole by the Chinese remainder theorem. All operands are public. paper: Ç. K. Koç, T. Acar, B. Kaliski:
/// Analyzing and comparing Montgomery multiplication algorithms (1996), the CIOS method; Ç. K. Koç: Montgomery reduction with even modulus (1994)
/// </remarks>
internal static class ModularPower
{
    /// <summary>With exponents of so few bits, setting up costs more than it saves.</summary>
    private const int ShortExponent = 4;

    /// <summary><c>@base^exponent mod modulus</c>; the modulus is above 1, nothing is negative.</summary>
    public static BigInteger Of(in BigInteger @base, in BigInteger exponent, in BigInteger modulus)
    {
        if (exponent.GetBitLength() <= ShortExponent)
            return BigInteger.ModPow(@base, exponent, modulus);
        int twos = (int)BigInteger.TrailingZeroCount(modulus);
        BigInteger odd = modulus >> twos;
        if (odd.IsOne)
            return ModuloPowerOfTwo(@base, exponent, twos);
        BigInteger remainder = ModuloOdd(@base, exponent, odd);
        if (twos == 0)
            return remainder;
        BigInteger mask = (BigInteger.One << twos) - 1;
        BigInteger other = ModuloPowerOfTwo(@base, exponent, twos);
        return remainder + odd * (((other - remainder) * InverseModuloPowerOfTwo(odd, twos)) & mask);
    }

    private static BigInteger ModuloOdd(in BigInteger @base, in BigInteger exponent, in BigInteger odd)
    {
        int length = LimbsFor(odd.GetBitLength());
        ulong[] modulus = new ulong[length];
        Write(odd, modulus);
        BigInteger radix = BigInteger.One << (64 * length);
        ulong[] one = new ulong[length], x = new ulong[length];
        Write(radix % odd, one);
        Write((@base % odd << (64 * length)) % odd, x);
        MontgomeryProduct product = new(modulus);
        ulong[] power = Power(product, one, x, exponent);
        Array.Clear(one);
        one[0] = 1;
        product.Multiply(power, one, x); // out of Montgomery's form
        return Read(x);
    }

    private static BigInteger ModuloPowerOfTwo(in BigInteger @base, in BigInteger exponent, int twos)
    {
        BigInteger mask = (BigInteger.One << twos) - 1;
        int length = LimbsFor(twos);
        ulong[] one = new ulong[length], x = new ulong[length];
        one[0] = 1;
        Write(@base & mask, x);
        return Read(Power(default(CutProduct), one, x, exponent)) & mask;
    }

    /// <summary>Goes through the exponent from the top, some bits at a time.</summary>
    private static ulong[] Power<TProduct>(TProduct product, ulong[] one, ulong[] x, in BigInteger exponent)
        where TProduct : struct, ILimbProduct
    {
        int bits = (int)exponent.GetBitLength();
        int width = bits <= 24 ? 1 : bits <= 512 ? 4 : 5;
        ulong[][] powers = new ulong[1 << width][];
        powers[0] = one;
        powers[1] = x;
        for (int i = 2; i < powers.Length; i++)
        {
            powers[i] = new ulong[x.Length];
            product.Multiply(powers[i - 1], x, powers[i]);
        }
        byte[] digits = exponent.ToByteArray();
        int at = (bits + width - 1) / width * width - width;
        ulong[] result = [.. powers[Window(digits, at, width)]], scratch = new ulong[x.Length];
        for (at -= width; at >= 0; at -= width)
        {
            for (int i = 0; i < width; i++)
            {
                product.Multiply(result, result, scratch);
                (result, scratch) = (scratch, result);
            }
            int window = Window(digits, at, width);
            if (window == 0)
                continue;
            product.Multiply(result, powers[window], scratch);
            (result, scratch) = (scratch, result);
        }
        return result;
    }

    /// <summary>Up to 8 bits of a number, from bit <paramref name="at"/> on, least significant byte first.</summary>
    private static int Window(byte[] digits, int at, int width)
    {
        int low = digits[at / 8], high = at / 8 + 1 < digits.Length ? digits[at / 8 + 1] : 0;
        return ((high << 8 | low) >> (at & 7)) & ((1 << width) - 1);
    }

    /// <summary>Newton's iteration: each step doubles the bits that are right.</summary>
    private static BigInteger InverseModuloPowerOfTwo(in BigInteger odd, int twos)
    {
        BigInteger inverse = BigInteger.One;
        for (int bits = 1; bits < twos;)
        {
            bits = Math.Min(2 * bits, twos);
            BigInteger mask = (BigInteger.One << bits) - 1;
            inverse = (inverse * (2 - ((odd & mask) * inverse & mask))) & mask;
        }
        return inverse;
    }

    private static int LimbsFor(long bits) => (int)((bits + 63) / 64);

    private static void Write(in BigInteger value, ulong[] limbs)
    {
        Span<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(limbs.AsSpan());
        bytes.Clear();
        if (!value.TryWriteBytes(bytes, out _, isUnsigned: true))
            throw new System.Diagnostics.UnreachableException("a remainder is longer than its modulus");
    }

    private static BigInteger Read(ulong[] limbs) => new(System.Runtime.InteropServices.MemoryMarshal.AsBytes(limbs.AsSpan()), isUnsigned: true);
}
