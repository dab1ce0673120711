using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>A point's multiples, kept so that multiplying it by a public scalar takes one addition per window and no doubling.</summary>
/// <remarks>Window i holds 1, 2, … 2^(width−1) times 2^(width·i)·P, in affine coordinates. The time depends on the scalar.</remarks>
public sealed class FixedBaseTable<TField, TCurve>
    where TField : struct, IField<TField>
    where TCurve : struct, IShortWeierstrass<TField>
{
    private const int Together = 1 << 10;

    private readonly AffinePoint<TField, TCurve>[][] _windows;
    private readonly ulong[] _bias;
    private readonly int _bits;
    private readonly int _width;

    /// <summary>Works the multiples out.</summary>
    /// <param name="point">Any point of the curve.</param>
    /// <param name="bits">The greatest bit length of a scalar.</param>
    /// <param name="width">From 2 to 16. Of 255 bits, a width of 8 keeps 33 windows of 128 points.</param>
    public FixedBaseTable(in AffinePoint<TField, TCurve> point, int bits, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        _bits = bits;
        _width = width;
        _windows = new AffinePoint<TField, TCurve>[WindowedScalars.CountFor(bits, width)][];
        _bias = WindowedScalars.Bias(_windows.Length, width, (_windows.Length * width + 63) / 64);
        JacobianPoint<TField, TCurve> first = point.ToJacobian();
        JacobianPoint<TField, TCurve>[] multiples = new JacobianPoint<TField, TCurve>[1 << (width - 1)];
        for (int window = 0; window < _windows.Length; window++)
        {
            multiples[0] = first;
            for (int i = 1; i < multiples.Length; i++)
                multiples[i] = multiples[i - 1] + first;
            _windows[window] = new AffinePoint<TField, TCurve>[multiples.Length];
            JacobianPoint<TField, TCurve>.ToAffine(multiples, _windows[window]);
            first = multiples[^1].Double();
        }
    }

    /// <summary>scalar·point.</summary>
    /// <exception cref="ArgumentException">The scalar has more bits than the table was made for.</exception>
    public JacobianPoint<TField, TCurve> Multiply<TScalar>(in TScalar scalar)
        where TScalar : struct, IPrimeField<TScalar>
    {
        Span<ulong> biased = stackalloc ulong[_bias.Length];
        AddBias(scalar, biased);
        JacobianPoint<TField, TCurve> sum = default;
        for (int window = 0; window < _windows.Length; window++)
        {
            int digit = WindowedScalars.Digit(biased, window, _width);
            if (digit > 0)
                sum += _windows[window][digit - 1];
            else if (digit < 0)
                sum -= _windows[window][-digit - 1];
        }
        return sum;
    }

    /// <summary>scalars[i]·point for many scalars: additions in affine coordinates that share inversions, about half the work of one by one.</summary>
    /// <param name="scalars">The scalars.</param>
    /// <param name="multiples">Room for as many points.</param>
    /// <exception cref="ArgumentException">A scalar has more bits than the table was made for, or there is less room than scalars.</exception>
    public void MultiplyAll<TScalar>(ReadOnlySpan<TScalar> scalars, Span<AffinePoint<TField, TCurve>> multiples)
        where TScalar : struct, IPrimeField<TScalar>
    {
        if (multiples.Length < scalars.Length)
            throw new ArgumentException("there is less room than scalars", nameof(multiples));
        int limbs = _bias.Length;
        ulong[] biased = new ulong[Math.Min(scalars.Length, Together) * limbs];
        TField[] denominators = new TField[Together], scratch = new TField[Together];
        AffinePoint<TField, TCurve>[] addends = new AffinePoint<TField, TCurve>[Together];
        PointPair[] pairs = new PointPair[Together];
        for (; !scalars.IsEmpty; scalars = scalars[Math.Min(scalars.Length, Together)..], multiples = multiples[Math.Min(multiples.Length, Together)..])
        {
            int count = Math.Min(scalars.Length, Together);
            for (int i = 0; i < count; i++)
                AddBias(scalars[i], biased.AsSpan(i * limbs, limbs));
            Span<AffinePoint<TField, TCurve>> sums = multiples[..count];
            sums.Clear();
            for (int window = 0; window < _windows.Length; window++)
            {
                for (int i = 0; i < count; i++)
                {
                    int digit = WindowedScalars.Digit(biased.AsSpan(i * limbs, limbs), window, _width);
                    addends[i] = digit > 0 ? _windows[window][digit - 1] : digit < 0 ? -_windows[window][-digit - 1] : default;
                    pairs[i] = new(i, i, i);
                }
                BatchedAddition.Add<TField, TCurve>(sums, addends, pairs.AsSpan(0, count), denominators, scratch);
            }
        }
    }

    private void AddBias<TScalar>(in TScalar scalar, Span<ulong> biased)
        where TScalar : struct, IPrimeField<TScalar>
    {
        Span<ulong> limbs = stackalloc ulong[TScalar.LimbCount];
        scalar.CopyTo(limbs);
        for (int bit = _bits; bit < 64 * limbs.Length; bit++)
        {
            if ((limbs[bit >> 6] >> (bit & 63) & 1) != 0)
                throw new ArgumentException($"the scalar has more than {_bits} bits", nameof(scalar));
        }
        WindowedScalars.AddBias(limbs, _bias, biased);
    }
}
