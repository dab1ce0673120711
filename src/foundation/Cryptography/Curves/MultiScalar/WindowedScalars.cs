using Flashback.Primitives;

namespace Flashback.Cryptography.Curves;

/// <summary>Scalars cut into signed digits of a fixed width, each digit from −2^(width−1) up to but not 2^(width−1).</summary>
/// <remarks>
/// To each scalar 2^(width−1) is added at every window. A digit is then a window of that sum less 2^(width−1), and no window needs to
/// know what was carried out of the one before.
/// </remarks>
internal sealed class WindowedScalars
{
    private readonly ulong[] _biased;
    private readonly int _stride;
    private readonly int _width;

    private WindowedScalars(ulong[] biased, int stride, int width, int count)
    {
        _biased = biased;
        _stride = stride;
        _width = width;
        Count = count;
    }

    /// <summary>How many windows each scalar has.</summary>
    public int Count { get; }

    /// <summary>How many windows hold every digit of numbers of that many bits.</summary>
    public static int CountFor(int bits, int width) => (bits + 2 + width - 1) / width; // the bias is below 2^(width·count) − 2^bits

    /// <summary>Cuts integers.</summary>
    /// <param name="integers">One after the other, least significant limb first.</param>
    /// <param name="limbs">The limbs of each.</param>
    /// <param name="bits">Their greatest bit length.</param>
    /// <param name="width">The width of a window, from 2 to 24.</param>
    public static WindowedScalars Cut(ReadOnlySpan<ulong> integers, int limbs, int bits, int width)
    {
        int count = CountFor(bits, width), stride = Math.Max(limbs, (count * width + 63) / 64);
        ulong[] bias = Bias(count, width, stride), biased = new ulong[integers.Length / limbs * stride];
        for (int i = 0; i < integers.Length / limbs; i++)
            AddBias(integers.Slice(i * limbs, limbs), bias, biased.AsSpan(i * stride, stride));
        return new(biased, stride, width, count);
    }

    /// <summary>A digit of a scalar.</summary>
    public int Digit(int scalar, int window) => Digit(_biased.AsSpan(scalar * _stride, _stride), window, _width);

    /// <summary>2^(width−1) at every window.</summary>
    public static ulong[] Bias(int count, int width, int limbs)
    {
        ulong[] bias = new ulong[limbs];
        for (int window = 0; window < count; window++)
        {
            int position = window * width + width - 1;
            bias[position >> 6] |= 1UL << (position & 63);
        }
        return bias;
    }

    /// <summary>Writes the sum that digits are read from.</summary>
    public static void AddBias(ReadOnlySpan<ulong> integer, ReadOnlySpan<ulong> bias, Span<ulong> biased)
    {
        ulong carry = 0;
        for (int i = 0; i < biased.Length; i++)
            biased[i] = WideMath.AddCarry(i < integer.Length ? integer[i] : 0, bias[i], ref carry);
    }

    /// <summary>A digit of the integer that <see cref="AddBias"/> was given.</summary>
    public static int Digit(ReadOnlySpan<ulong> biased, int window, int width)
    {
        int position = window * width, limb = position >> 6, shift = position & 63;
        ulong bits = biased[limb] >> shift;
        if (shift + width > 64 && limb + 1 < biased.Length)
            bits |= biased[limb + 1] << (64 - shift);
        return (int)(bits & ((1UL << width) - 1)) - (1 << (width - 1));
    }
}
