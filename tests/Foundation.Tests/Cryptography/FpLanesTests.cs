using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;

namespace Flashback.Foundation.Tests.Cryptography;

/// <summary>Lanes of every width that this machine has against one element, or one point, after the other.</summary>
public sealed class FpLanesTests
{
    /// <summary>1/2^384, which is kept as the number one: multiples of it are kept as small numbers, their negatives as numbers next to p.</summary>
    private static readonly Fp Least = Radix().Inverse();

    private readonly Randomness _random = Randomness.Fresh();

    private static Fp Radix()
    {
        Fp radix = Fp.One;
        for (int i = 0; i < 384; i++)
            radix = radix.Double();
        return radix;
    }

    private Fp Element() => _random.Below(8) switch
    {
        0 => Fp.Zero,
        1 => Fp.One,
        2 => -Fp.One,
        3 => Least,
        4 => -Least,
        _ => _random.Element<Fp>(),
    };

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(1024)]
    [InlineData(2501)]
    public void Many_inverses_are_those_of_single_elements(int count)
    {
        Check(elements => BatchInversion.InvertInPlace(elements, new Fp[count]));
        if (NarrowLanes.IsSupported)
            Check(elements => InversionLanes.InvertInPlace<NarrowLanes>(elements));
        if (WideLanes.IsSupported)
            Check(elements => InversionLanes.InvertInPlace<WideLanes>(elements));

        void Check(Action<Fp[]> invert)
        {
            Fp[] elements = new Fp[count];
            for (int i = 0; i < count; i++)
                elements[i] = Element();
            Fp[] inverses = [.. elements];
            invert(inverses);
            for (int i = 0; i < count; i++)
                Assert.Equal(elements[i].Inverse(), inverses[i]);
            Array.Clear(inverses);
            invert(inverses);
            Assert.All(inverses, inverse => Assert.True(inverse.IsZero));
        }
    }

    [Fact]
    public void Sums_of_pairs_are_those_of_single_points_be_they_equal_opposite_or_at_infinity()
    {
        G1Affine[] points = new G1Affine[203];
        G1Point point = G1Point.Generator;
        for (int i = 0; i < points.Length; i++, point = point.Double() + G1Affine.Generator)
            points[i] = (i % 7) switch { 3 => points[i - 1], 4 => -points[i - 1], 5 => default, _ => point.ToAffine() };
        PointPair[] pairs = new PointPair[points.Length];
        for (int i = 0; i < pairs.Length; i++)
            pairs[i] = new(i, i % 3 == 0 ? _random.Below(points.Length) : (i + 1) % points.Length, i);
        CheckSums(points, pairs);
        CheckSums(points, [.. pairs.Select(pair => pair with { Right = pair.Left })]); // doublings only
        CheckSums(points, [.. pairs.Where(pair => pair.Left % 7 is 0 or 1).Select(pair => pair with { Right = 2 })]);
        foreach (PointPair pair in pairs)
            Assert.Equal((points[pair.Left].ToJacobian() + points[pair.Right]).ToAffine(), Single(points, pair));
    }

    [Fact]
    public void Coordinates_may_be_any_elements()
    {
        // The formulas do not look whether a point is on the curve. Every fourth sum has an x next to zero, before it is reduced next to p.
        G1Affine[] points = new G1Affine[2000];
        PointPair[] pairs = new PointPair[points.Length / 2];
        for (int i = 0; i < pairs.Length; i++)
        {
            Fp x = Element(), y = Element();
            points[2 * i] = new(x, y);
            points[2 * i + 1] = i % 4 == 0 ? new(Least * Fp.From((ulong)_random.Below(3)) - x, y) : new(Element(), Element());
            pairs[i] = new(2 * i, 2 * i + 1, 2 * i);
        }
        CheckSums(points, pairs);
    }

    private static void CheckSums(G1Affine[] points, PointPair[] pairs)
    {
        Fp[] inverses = [.. pairs.Select(pair => BatchedAddition.Denominator(points[pair.Left], points[pair.Right]).Inverse())];
        if (NarrowLanes.IsSupported)
            Check<NarrowLanes>();
        if (WideLanes.IsSupported)
            Check<WideLanes>();

        void Check<TLanes>()
            where TLanes : unmanaged, ILanes<TLanes>
        {
            G1Affine[] sums = [.. points];
            int done = AdditionLanes.Add<TLanes, Fp, G1Curve>(sums, points, pairs, inverses);
            Assert.Equal(pairs.Length / TLanes.Count * TLanes.Count, done);
            foreach (PointPair pair in pairs.AsSpan(0, done))
                Assert.Equal(Single(points, pair), sums[pair.Sum]);
        }
    }

    private static G1Affine Single(G1Affine[] points, PointPair pair)
    {
        G1Affine left = points[pair.Left], right = points[pair.Right];
        return BatchedAddition.Sum(left, right, BatchedAddition.Denominator(left, right).Inverse());
    }
}
