namespace Flashback.Cryptography.Curves;

/// <summary>The windowed non-adjacent form of a public scalar: odd digits, at most one among every <c>width</c> places, zero elsewhere.</summary>
internal static class SignedDigits
{
    /// <summary>How many digits a scalar of that many limbs may need.</summary>
    public static int Count(int limbs) => 64 * limbs + 1;

    /// <summary>Writes digits between −2^(width−1) and 2^(width−1), least significant first; returns the number up to the last non-zero one.</summary>
    /// <param name="scalar">Least significant limb first.</param>
    /// <param name="width">From 2 to 15.</param>
    /// <param name="digits">At least <see cref="Count"/> places; all are written.</param>
    /// <param name="isNegative">Whether the digits are to be those of the scalar's negative.</param>
    public static int Recode(ReadOnlySpan<ulong> scalar, int width, Span<short> digits, bool isNegative = false)
    {
        digits.Clear();
        int bits = 64 * scalar.Length, used = 0, carry = 0;
        for (int position = 0; position < bits || carry != 0;)
        {
            int bit = position < bits ? (int)(scalar[position >> 6] >> (position & 63)) & 1 : 0;
            if (bit == carry)
            {
                position++; // an even rest
                continue;
            }
            int digit = Window(scalar, position, width) + carry;
            carry = digit >> (width - 1) & 1;
            digit -= carry << width;
            digits[position] = (short)(isNegative ? -digit : digit);
            used = position + 1;
            position += width;
        }
        return used;
    }

    private static int Window(ReadOnlySpan<ulong> scalar, int position, int width)
    {
        int limb = position >> 6, shift = position & 63;
        ulong bits = limb < scalar.Length ? scalar[limb] >> shift : 0;
        if (shift + width > 64 && limb + 1 < scalar.Length)
            bits |= scalar[limb + 1] << (64 - shift);
        return (int)(bits & ((1UL << width) - 1));
    }
}
