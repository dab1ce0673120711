using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>Sums of pairs of points over BLS12-381's base field, a pair in each lane. What is no plain addition of two unlike points is done by itself.</summary>
internal static unsafe class AdditionLanes
{
    private const int Elements = 7;

    /// <summary>Writes the sums of as many pairs as fill the lanes, and returns how many those are.</summary>
    /// <param name="left">Where left points are and sums go; no pair may be in need of the sum of an earlier one.</param>
    /// <param name="right">Where right points are.</param>
    /// <param name="pairs">The pairs.</param>
    /// <param name="inverses">The inverse of each pair's <see cref="BatchedAddition.Denominator"/>.</param>
    /// <remarks>Only where the lanes are supported.</remarks>
    [SkipLocalsInit] // words, elements and scratch are written before they are read
    public static int Add<TLanes, TField, TCurve>(
        Span<AffinePoint<TField, TCurve>> left, ReadOnlySpan<AffinePoint<TField, TCurve>> right, ReadOnlySpan<PointPair> pairs, ReadOnlySpan<TField> inverses)
        where TLanes : unmanaged, ILanes<TLanes>
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
    {
        byte* room = stackalloc byte[(FpLanes.ScratchLength + 5 * FpLanes.Words + Elements * FpLanes.Limbs + 1) * sizeof(TLanes)];
        TLanes* scratch = LaneMemory.Align<TLanes>(room), words = scratch + FpLanes.ScratchLength;
        FpLanes.Prepare(scratch);
        AffinePoint<TField, TCurve>[] alone = new AffinePoint<TField, TCurve>[TLanes.Count];
        int done = 0;
        for (; pairs.Length - done >= TLanes.Count; done += TLanes.Count)
        {
            ReadOnlySpan<PointPair> group = pairs.Slice(done, TLanes.Count);
            uint unlike = 0; // a bit for each pair that goes into the lanes
            for (int lane = 0; lane < TLanes.Count; lane++)
            {
                ref readonly AffinePoint<TField, TCurve> a = ref left[group[lane].Left], b = ref right[group[lane].Right];
                ref readonly TField inverse = ref inverses[done + lane];
                if (inverse.IsZero || a.X.Equals(b.X))
                    alone[lane] = BatchedAddition.Sum(a, b, inverse);
                else
                    unlike |= 1u << lane;
                Put(Coordinates(a), words, lane);
                Put(Coordinates(b), words + 2 * FpLanes.Words, lane);
                FpLanes.Put(Unsafe.As<TField, Fp>(ref Unsafe.AsRef(in inverse)), words + 4 * FpLanes.Words, lane);
            }
            if (unlike != 0)
                AddGroup(words, scratch);
            for (int lane = 0; lane < TLanes.Count; lane++)
            {
                ref AffinePoint<TField, TCurve> sum = ref left[group[lane].Sum];
                if ((unlike >> lane & 1) == 0)
                    sum = alone[lane];
                else
                    Take(words, lane, Coordinates(sum));
            }
        }
        return done;
    }

    /// <summary>Both coordinates, x first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // MultiScalarBenchmarks.InG1
    private static Span<Fp> Coordinates<TField, TCurve>(in AffinePoint<TField, TCurve> point)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField> =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<AffinePoint<TField, TCurve>, Fp>(ref Unsafe.AsRef(in point)), 2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // MultiScalarBenchmarks.InG1
    private static void Put<TLanes>(ReadOnlySpan<Fp> point, TLanes* words, int lane)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        FpLanes.Put(point[0], words, lane);
        FpLanes.Put(point[1], words + FpLanes.Words, lane);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // MultiScalarBenchmarks.InG1
    private static void Take<TLanes>(TLanes* words, int lane, Span<Fp> point)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        FpLanes.Take(words, lane, out point[0]);
        FpLanes.Take(words + FpLanes.Words, lane, out point[1]);
    }

    /// <summary>The sums of one pair in each lane: x1, y1, x2, y2 and the inverse of x2 − x1 in, the sum's x and y out in the first two places.</summary>
    private static void AddGroup<TLanes>(TLanes* words, TLanes* scratch)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes* x1 = words + 5 * FpLanes.Words, y1 = x1 + FpLanes.Limbs, x2 = y1 + FpLanes.Limbs, slope = x2 + FpLanes.Limbs;
        TLanes* inverse = slope + FpLanes.Limbs, x = inverse + FpLanes.Limbs, y = x + FpLanes.Limbs;
        FpLanes.Read(words, x1);
        FpLanes.Read(words + FpLanes.Words, y1);
        FpLanes.Read(words + 2 * FpLanes.Words, x2);
        FpLanes.Read(words + 3 * FpLanes.Words, y);
        FpLanes.Read(words + 4 * FpLanes.Words, inverse);
        FpLanes.Subtract(y, y1, slope, scratch);
        FpLanes.Multiply(slope, inverse, null, slope, scratch);
        FpLanes.NegateSum(x1, x2, x, scratch);
        FpLanes.Multiply(slope, slope, x, x, scratch); // slope² − x1 − x2
        FpLanes.Settle(x, scratch);
        FpLanes.Subtract(x1, x, x1, scratch);
        FpLanes.Negate(y1, y, scratch);
        FpLanes.Multiply(slope, x1, y, y, scratch); // slope · (x1 − x) − y1
        FpLanes.Settle(y, scratch);
        FpLanes.Write(x, words);
        FpLanes.Write(y, words + FpLanes.Words);
    }
}
