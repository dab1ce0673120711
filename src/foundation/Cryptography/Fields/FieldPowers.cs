using System.Runtime.CompilerServices;

namespace Flashback.Cryptography.Fields;

/// <summary>Powers, quadratic residues and square roots in any field.</summary>
public static class FieldPowers
{
    private const int WindowBits = 4;

    [InlineArray(1 << WindowBits)]
    private struct Window<TField>
    {
        private TField _first;
    }

    /// <summary><paramref name="x"/> to a public power, least significant limb first. The time depends on the exponent, not on <paramref name="x"/>.</summary>
    [SkipLocalsInit] // the table is filled before it is read
    public static TField Power<TField>(in TField x, ReadOnlySpan<ulong> exponent)
        where TField : struct, IField<TField>
    {
        int top = exponent.Length - 1;
        while (top >= 0 && exponent[top] == 0)
            top--;
        if (top < 0)
            return TField.One;

        Window<TField> powers = default;
        powers[0] = TField.One;
        for (int i = 1; i < 1 << WindowBits; i++)
            powers[i] = powers[i - 1] * x;

        TField result = TField.One;
        bool started = false;
        for (int position = 64 * top + 60; position >= 0; position -= WindowBits)
        {
            if (started)
                result = result.Square().Square().Square().Square();
            int digit = (int)(exponent[position >> 6] >> (position & 63)) & 15;
            if (digit != 0)
            {
                result = started ? result * powers[digit] : powers[digit];
                started = true;
            }
        }
        return result;
    }

    /// <summary>Legendre's symbol: 1 for a non-zero square, −1 for a non-square, 0 for zero.</summary>
    public static int Legendre<TField>(in TField x)
        where TField : struct, IPrimeField<TField>
    {
        TField power = Power(x, RootPlan<TField>.HalfOrder);
        return power.IsZero ? 0 : power.Equals(TField.One) ? 1 : -1;
    }

    /// <summary>A square root in a prime field: one exponentiation where p ≡ 3 modulo 4, else the algorithm of Tonelli and Shanks.</summary>
    /// <returns>False when <paramref name="x"/> is no square; <paramref name="root"/> is then zero.</returns>
    public static bool TrySquareRoot<TField>(in TField x, out TField root)
        where TField : struct, IPrimeField<TField>
    {
        if (RootPlan<TField>.TwoAdicity == 1)
        {
            root = Power(x, RootPlan<TField>.QuarterOrder);
        }
        else if (!TryTonelliShanks(x, out root))
        {
            return false;
        }
        if (root.Square().Equals(x))
            return true;
        root = TField.Zero;
        return false;
    }

    // x = root²·rest throughout, while the order of rest, a power of two, falls: paper: Shanks 1973, "Five number-theoretic algorithms".
    private static bool TryTonelliShanks<TField>(in TField x, out TField root)
        where TField : struct, IPrimeField<TField>
    {
        TField power = Power(x, RootPlan<TField>.HalfOddPart); // x^((t-1)/2) where p - 1 = 2^s·t
        root = x * power;
        TField rest = root * power;
        TField generator = RootPlan<TField>.TwoPowerGenerator;
        int order = RootPlan<TField>.TwoAdicity;
        while (!rest.Equals(TField.One) && !rest.IsZero)
        {
            int k = 0;
            for (TField square = rest; !square.Equals(TField.One); k++)
                square = square.Square();
            if (k >= order)
            {
                root = TField.Zero;
                return false; // the order of rest is all of 2^s: no square
            }
            for (int i = k + 1; i < order; i++)
                generator = generator.Square();
            root *= generator;
            generator = generator.Square();
            rest *= generator;
            order = k;
        }
        return true;
    }

    /// <summary>What square roots need to know of a field, worked out once from its modulus.</summary>
    private static class RootPlan<TField>
        where TField : struct, IPrimeField<TField>
    {
        public static readonly ulong[] HalfOrder = ShiftRight(TField.Modulus, 1);
        public static readonly ulong[] QuarterOrder = PlusOne(ShiftRight(TField.Modulus, 2));
        public static readonly int TwoAdicity = TrailingZeros(TField.Modulus);
        public static readonly ulong[] HalfOddPart = ShiftRight(TField.Modulus, TwoAdicity + 1);
        public static readonly TField TwoPowerGenerator = Power(TField.Generator, ShiftRight(TField.Modulus, TwoAdicity));

        /// <summary>How often two divides modulus − 1.</summary>
        private static int TrailingZeros(ReadOnlySpan<ulong> modulus)
        {
            int zeros = 1;
            while ((modulus[zeros >> 6] >> (zeros & 63) & 1) == 0)
                zeros++;
            return zeros;
        }

        private static ulong[] ShiftRight(ReadOnlySpan<ulong> limbs, int bits)
        {
            ulong[] shifted = new ulong[limbs.Length];
            for (int i = 0; i < limbs.Length; i++)
            {
                ulong low = i + bits / 64 < limbs.Length ? limbs[i + bits / 64] : 0;
                ulong high = i + bits / 64 + 1 < limbs.Length ? limbs[i + bits / 64 + 1] : 0;
                shifted[i] = bits % 64 == 0 ? low : (low >> (bits % 64)) | (high << (64 - bits % 64));
            }
            return shifted;
        }

        private static ulong[] PlusOne(ulong[] limbs)
        {
            for (int i = 0; i < limbs.Length && ++limbs[i] == 0; i++)
            {
            }
            return limbs;
        }
    }
}
