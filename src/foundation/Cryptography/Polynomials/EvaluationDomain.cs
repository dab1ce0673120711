using Flashback.Cryptography.Fields;
using Flashback.Primitives;

namespace Flashback.Cryptography.Polynomials;

/// <summary>
/// The powers ω^0, ω^1, … of a root of one of order 2^k: number-theoretic transforms between a polynomial's coefficients and its values
/// there or on a coset, in place and in natural order. Large ones run over the cores; the result is the same on any number.
/// </summary>
/// <typeparam name="TField">The field; its group has an order divisible by a large power of two.</typeparam>
public sealed class EvaluationDomain<TField>
    where TField : struct, IPrimeField<TField>
{
    private const int ParallelFrom = 1 << 12;
    private const int ChunkLength = 1 << 10;
    private const int LargestLogSize = 30;

    /// <summary>The domain of 2^<paramref name="logSize"/> points.</summary>
    /// <param name="logSize">From 0 to 30 and at most the number of twos in the order of the field's group.</param>
    /// <exception cref="ArgumentOutOfRangeException">The field has no such domain.</exception>
    public EvaluationDomain(int logSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(logSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(logSize, Math.Min(LargestLogSize, RootsOfUnity<TField>.TwoAdicity));
        Size = 1 << logSize;
        Root = RootsOfUnity<TField>.Root(logSize);
        InverseSize = TField.From((ulong)Size).Inverse();
    }

    /// <summary>The number of points.</summary>
    public int Size { get; }

    /// <summary>The root ω whose powers are the points: the field's generator to the power (p − 1)/Size.</summary>
    public TField Root { get; }

    /// <summary>1/Size.</summary>
    public TField InverseSize { get; }

    /// <summary>Replaces coefficients, lowest first, by the values at ω^0, ω^1, ….</summary>
    /// <exception cref="ArgumentException">The length is not <see cref="Size"/>; so for all transforms.</exception>
    public void Forward(Memory<TField> values)
    {
        Check(values);
        if (Size < ParallelFrom)
        {
            Butterflies<TField>.Transform(values.Span, 0);
            BitReversal.Permute(values.Span);
            return;
        }
        Butterflies<TField>.TransformInParallel(values);
        BitReversal.PermuteInParallel(values);
    }

    /// <summary>Replaces values at ω^0, ω^1, … by coefficients, lowest first.</summary>
    public void Inverse(Memory<TField> values)
    {
        Forward(values);
        Reflect(values);
        ForChunks(Size, (from, to) =>
        {
            Span<TField> span = values.Span;
            for (int i = from; i < to; i++)
                span[i] *= InverseSize;
        });
    }

    /// <summary>Replaces coefficients by the values at <paramref name="shift"/>·ω^0, <paramref name="shift"/>·ω^1, ….</summary>
    public void ForwardOnCoset(Memory<TField> values, in TField shift)
    {
        Check(values);
        MultiplyByPowers(values, shift, TField.One);
        Forward(values);
    }

    /// <summary>Replaces values at <paramref name="shift"/>·ω^0, <paramref name="shift"/>·ω^1, … by coefficients.</summary>
    /// <exception cref="ArgumentException">The shift is zero, or the length is not <see cref="Size"/>.</exception>
    public void InverseOnCoset(Memory<TField> values, in TField shift)
    {
        if (shift.IsZero)
            throw new ArgumentException("a coset has no shift by zero", nameof(shift));
        Forward(values);
        Reflect(values);
        MultiplyByPowers(values, shift.Inverse(), InverseSize);
    }

    /// <summary>Takes values at ω^(−i) to values at ω^i: a forward transform so corrected is an inverse one, but for the factor 1/Size.</summary>
    private void Reflect(Memory<TField> values) => ForChunks(Size / 2, (from, to) =>
    {
        Span<TField> span = values.Span;
        for (int i = Math.Max(from, 1); i < to; i++)
            (span[i], span[^i]) = (span[^i], span[i]);
    });

    /// <summary>Multiplies element i by first·ratio^i.</summary>
    private void MultiplyByPowers(Memory<TField> values, TField ratio, TField first) => ForChunks(Size, (from, to) =>
    {
        Span<TField> span = values.Span;
        TField power = first * FieldPowers.Power(ratio, [(ulong)from]);
        for (int i = from; i < to; i++)
        {
            span[i] *= power;
            power *= ratio;
        }
    });

    private static void ForChunks(int length, Action<int, int> work)
    {
        if (length < ParallelFrom)
        {
            work(0, length);
            return;
        }
        Parallel.For(0, length / ChunkLength, AllCores.Options, chunk => work(chunk * ChunkLength, (chunk + 1) * ChunkLength));
    }

    private void Check(Memory<TField> values)
    {
        if (values.Length != Size)
            throw new ArgumentException($"the domain has {Size} points, not {values.Length}", nameof(values));
    }
}
