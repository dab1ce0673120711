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
        Span<ulong> bias = stackalloc ulong[stride];
        bias.Clear();
        for (int window = 0; window < count; window++)
        {
            int position = window * width + width - 1;
            bias[position >> 6] |= 1UL << (position & 63);
        }
        ulong[] biased = new ulong[integers.Length / limbs * stride];
        for (int i = 0; i < integers.Length / limbs; i++)
        {
            ulong carry = 0;
            for (int j = 0; j < stride; j++)
                biased[i * stride + j] = WideMath.AddCarry(j < limbs ? integers[i * limbs + j] : 0, bias[j], ref carry);
        }
        return new(biased, stride, width, count);
    }

    /// <summary>A digit of a scalar.</summary>
    public int Digit(int scalar, int window)
    {
        int position = window * _width, limb = scalar * _stride + (position >> 6), shift = position & 63;
        ulong bits = _biased[limb] >> shift;
        if (shift + _width > 64 && (position >> 6) + 1 < _stride)
            bits |= _biased[limb + 1] << (64 - shift);
        return (int)(bits & ((1UL << _width) - 1)) - (1 << (_width - 1));
    }
}
