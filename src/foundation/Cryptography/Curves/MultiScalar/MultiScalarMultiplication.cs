using System.Numerics;
using Flashback.Cryptography.Fields;
using Flashback.Primitives;

namespace Flashback.Cryptography.Curves;

/// <summary>Sums of many multiples of public points by public scalars, over the cores. The time depends on the scalars.</summary>
/// <remarks>
/// Pippenger's method with signed digits and batched affine additions. Zeros cost a look, ones a single addition, and a short scalar
/// only the windows it reaches: witnesses of proofs are made of such. paper: eprint 2012/549 §4; eprint 2022/1396.
/// </remarks>
public static class MultiScalarMultiplication
{
    private const int FewPoints = 48;
    private const int LargestWidth = 16;
    private const int OnesPerPart = 1 << 12;

    // Field products of a batched addition to a bucket, and of taking a bucket into the running sums.
    private const double AdditionCost = 7;
    private const double BucketCost = 16;

    /// <summary>The sum of scalars[i]·points[i].</summary>
    /// <param name="points">Points of the curve.</param>
    /// <param name="scalars">As many numbers modulo the order of the points.</param>
    /// <exception cref="ArgumentException">The numbers of points and scalars differ.</exception>
    public static JacobianPoint<TField, TCurve> Sum<TField, TCurve, TScalar>(
        ReadOnlyMemory<AffinePoint<TField, TCurve>> points, ReadOnlyMemory<TScalar> scalars)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
        where TScalar : struct, IPrimeField<TScalar>
    {
        if (points.Length != scalars.Length)
            throw new ArgumentException($"{points.Length} points cannot be multiplied by {scalars.Length} scalars");
        Sorted work = Sort(scalars.Span);
        JacobianPoint<TField, TCurve> sum = SumOfOnes(points, work.Ones);
        if (work.Others.Length == 0)
            return sum;
        return work.Others.Length <= FewPoints
            ? sum + SumOfFew(points.Span, work)
            : sum + SumOfMany(points, work);
    }

    /// <summary>Scalars by kind: which are one, which are more, and the integers of the latter.</summary>
    private readonly record struct Sorted(int[] Ones, int[] Others, ulong[] Integers, int Limbs, int Bits, long TotalBits);

    private static Sorted Sort<TScalar>(ReadOnlySpan<TScalar> scalars)
        where TScalar : struct, IPrimeField<TScalar>
    {
        List<int> ones = [], others = new(scalars.Length);
        int limbs = TScalar.LimbCount, bits = 0;
        long totalBits = 0;
        ulong[] integers = new ulong[scalars.Length * limbs];
        for (int i = 0; i < scalars.Length; i++)
        {
            if (scalars[i].IsZero)
                continue;
            if (scalars[i].Equals(TScalar.One))
            {
                ones.Add(i);
                continue;
            }
            Span<ulong> integer = integers.AsSpan(others.Count * limbs, limbs);
            scalars[i].CopyTo(integer);
            int length = BitLength(integer);
            bits = Math.Max(bits, length);
            totalBits += length;
            others.Add(i);
        }
        return new([.. ones], [.. others], integers, limbs, bits, totalBits);
    }

    private static int BitLength(ReadOnlySpan<ulong> integer)
    {
        int top = integer.Length - 1;
        while (top > 0 && integer[top] == 0)
            top--;
        return 64 * (top + 1) - BitOperations.LeadingZeroCount(integer[top]);
    }

    private static JacobianPoint<TField, TCurve> SumOfOnes<TField, TCurve>(ReadOnlyMemory<AffinePoint<TField, TCurve>> points, int[] which)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
    {
        if (which.Length <= FewPoints)
        {
            JacobianPoint<TField, TCurve> sum = default;
            foreach (int i in which)
                sum += points.Span[i];
            return sum;
        }
        int parts = Math.Clamp(which.Length / OnesPerPart, 1, Environment.ProcessorCount);
        JacobianPoint<TField, TCurve>[] sums = new JacobianPoint<TField, TCurve>[parts];
        Parallel.For(0, parts, AllCores.Options, part =>
        {
            ReadOnlySpan<AffinePoint<TField, TCurve>> span = points.Span;
            Buckets<TField, TCurve> bucket = new(1);
            foreach (int i in which.AsSpan()[(int)((long)which.Length * part / parts)..(int)((long)which.Length * (part + 1) / parts)])
                bucket.Add(span, i, 1);
            sums[part] = bucket.Sum(span);
        });
        JacobianPoint<TField, TCurve> total = default;
        foreach (JacobianPoint<TField, TCurve> sum in sums)
            total += sum;
        return total;
    }

    private static JacobianPoint<TField, TCurve> SumOfFew<TField, TCurve>(ReadOnlySpan<AffinePoint<TField, TCurve>> points, Sorted work)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
    {
        JacobianPoint<TField, TCurve>[] chosen = new JacobianPoint<TField, TCurve>[work.Others.Length];
        for (int i = 0; i < chosen.Length; i++)
            chosen[i] = points[work.Others[i]].ToJacobian();
        return LinearCombination.Sum<TField, TCurve>(chosen, work.Integers.AsSpan(0, chosen.Length * work.Limbs));
    }

    private static JacobianPoint<TField, TCurve> SumOfMany<TField, TCurve>(ReadOnlyMemory<AffinePoint<TField, TCurve>> points, Sorted work)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
    {
        int width = ChooseWidth(work);
        WindowedScalars digits = WindowedScalars.Cut(work.Integers.AsSpan(0, work.Others.Length * work.Limbs), work.Limbs, work.Bits, width);
        // Each window is a task of its own; where there are more cores than that, the points of a window are shared out.
        int parts = Math.Max(1, 2 * Environment.ProcessorCount / digits.Count), length = (work.Others.Length + parts - 1) / parts;
        JacobianPoint<TField, TCurve>[] sums = new JacobianPoint<TField, TCurve>[digits.Count * parts];
        Parallel.For(0, sums.Length, AllCores.Options, () => new Buckets<TField, TCurve>(1 << (width - 1)), (task, _, buckets) =>
        {
            ReadOnlySpan<AffinePoint<TField, TCurve>> span = points.Span;
            (int window, int part) = Math.DivRem(task, parts);
            int end = Math.Min((part + 1) * length, work.Others.Length);
            buckets.Clear();
            for (int i = part * length; i < end; i++)
                buckets.Add(span, work.Others[i], digits.Digit(i, window));
            sums[task] = buckets.Sum(span);
            return buckets;
        }, _ => { });

        JacobianPoint<TField, TCurve> total = default;
        for (int window = digits.Count - 1; window >= 0; window--)
        {
            for (int i = 0; i < width; i++)
                total = total.Double();
            for (int part = 0; part < parts; part++)
                total += sums[window * parts + part];
        }
        return total;
    }

    /// <summary>The width with the fewest products: a wider window means fewer of them, and twice the buckets.</summary>
    private static int ChooseWidth(Sorted work)
    {
        double additions = (double)work.TotalBits / work.Bits;
        int best = 2;
        double least = double.MaxValue;
        for (int width = 2; width <= LargestWidth; width++)
        {
            double cost = WindowedScalars.CountFor(work.Bits, width) * (additions * AdditionCost + (1 << (width - 1)) * BucketCost);
            if (cost < least)
                (least, best) = (cost, width);
        }
        return best;
    }
}
