using System.Runtime.CompilerServices;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>Multiplication by a secret scalar: the same instructions and the same memory addresses for every scalar.</summary>
/// <remarks>
/// Sixty-four windows of four bits. Every window reads all sixteen entries of the table and keeps one by masks, doubles four times and
/// adds once. The addition formula fails only for a point at infinity, which masks repair, and for two points with the same x, which
/// cannot meet here: the accumulator is k·P and the entry d·P with 0 &lt; d ≤ 15 &lt; 16 ≤ k and k + d ≤ the scalar below the order.
/// What .NET cannot promise: that the JIT keeps masks as masks (the optimised code of .NET 10 on x64 was read and has no other jumps than
/// those of loop counters; the unoptimised code of the first calls after a start makes branches of comparisons), that a copy of a
/// secret on the stack is wiped, or that the CPU multiplies in constant time (x64 does).
/// </remarks>
public static class SecretMultiplication
{
    private const int WindowBits = 4;
    private const int TableSize = 1 << WindowBits;

    [InlineArray(TableSize)]
    private struct Table<TPoint>
    {
        private TPoint _first;
    }

    /// <summary>scalar·point.</summary>
    /// <param name="point">A point of prime order, not at infinity.</param>
    /// <param name="scalar">Below the order, least significant limb first.</param>
    public static JacobianPoint<TField, TCurve> Multiply<TField, TCurve>(in AffinePoint<TField, TCurve> point, ReadOnlySpan<ulong> scalar)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
    {
        Table<JacobianPoint<TField, TCurve>> multiples = default;
        multiples[1] = point.ToJacobian();
        for (int i = 2; i < TableSize; i++)
            multiples[i] = i % 2 == 0 ? multiples[i / 2].Double() : multiples[i - 1] + point;

        JacobianPoint<TField, TCurve> sum = default;
        ulong sumIsInfinity = ulong.MaxValue;
        for (int position = 64 * scalar.Length - WindowBits; position >= 0; position -= WindowBits)
        {
            for (int i = 0; i < WindowBits; i++)
                sum = sum.Double();
            ulong digit = scalar[position >> 6] >> (position & 63) & (TableSize - 1);
            JacobianPoint<TField, TCurve> entry = default;
            for (int i = 1; i < TableSize; i++)
                entry = JacobianPoint<TField, TCurve>.Select(entry, multiples[i], MaskOfEqual(digit, (ulong)i));

            ulong entryIsInfinity = MaskOfEqual(digit, 0);
            JacobianPoint<TField, TCurve> added = JacobianPoint<TField, TCurve>.AddDistinct(sum, entry, out _);
            added = JacobianPoint<TField, TCurve>.Select(added, entry, sumIsInfinity);
            sum = JacobianPoint<TField, TCurve>.Select(added, sum, entryIsInfinity);
            sumIsInfinity &= entryIsInfinity;
        }
        return sum;
    }

    /// <summary>All ones if the two are equal, else zero.</summary>
    private static ulong MaskOfEqual(ulong a, ulong b)
    {
        ulong difference = a ^ b;
        return ((difference | (0 - difference)) >> 63) - 1;
    }
}
