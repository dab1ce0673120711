using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>Pippenger's buckets: points are dropped in by the size of a digit, and the sum of digit·point is read off at the end.</summary>
/// <remarks>
/// Points wait until there are enough of them. Then they are sorted by bucket, neighbours in a bucket are added pair by pair in rounds
/// that share one inversion each, and the last of each bucket is added to what the bucket held. No order of digits makes that slow, not
/// even all in one bucket. The room is bounded by the number of buckets, whatever the number of points.
/// </remarks>
internal sealed class Buckets<TField, TCurve>
    where TField : struct, IField<TField>
    where TCurve : struct, IShortWeierstrass<TField>
{
    private const int LeastCapacity = 1 << 10;
    private const int MostCapacity = 1 << 15;

    /// <summary>Buckets of a stretch; the sums of all stretches are taken a bucket at a time, and share inversions.</summary>
    private const int StretchLength = 32;

    /// <summary>As many that this is quicker than one bucket after the other.</summary>
    private const int FewestStretches = 32;

    private readonly record struct Waiting(int Bucket, int Point, bool Negated);

    private readonly record struct Segment(int Bucket, int Start, int Length);

    private readonly AffinePoint<TField, TCurve>[] _sums;
    private readonly Waiting[] _waiting;
    private readonly AffinePoint<TField, TCurve>[] _sorted;
    private readonly int[] _ends;
    private readonly Segment[] _segments;
    private readonly PointPair[] _pairs;
    private readonly TField[] _denominators;
    private readonly TField[] _scratch;
    private int _count;

    /// <summary>Empty buckets for digits up to <paramref name="largestDigit"/>.</summary>
    public Buckets(int largestDigit)
    {
        int capacity = Math.Clamp(4 * largestDigit, LeastCapacity, MostCapacity);
        _sums = new AffinePoint<TField, TCurve>[largestDigit];
        _waiting = new Waiting[capacity];
        _sorted = new AffinePoint<TField, TCurve>[capacity];
        _ends = new int[largestDigit + 1];
        _segments = new Segment[Math.Min(capacity, largestDigit)];
        _pairs = new PointPair[Math.Max(capacity / 2, _segments.Length)];
        _denominators = new TField[_pairs.Length];
        _scratch = new TField[_denominators.Length];
    }

    /// <summary>Forgets all points.</summary>
    public void Clear()
    {
        Array.Clear(_sums);
        _count = 0;
    }

    /// <summary>Drops digit·points[point] in.</summary>
    /// <param name="points">The same points until <see cref="Sum"/>.</param>
    /// <param name="point">Which.</param>
    /// <param name="digit">Zero is ignored.</param>
    public void Add(ReadOnlySpan<AffinePoint<TField, TCurve>> points, int point, int digit)
    {
        if (digit == 0)
            return;
        _waiting[_count++] = new(Math.Abs(digit) - 1, point, digit < 0);
        if (_count == _waiting.Length)
            Empty(points);
    }

    /// <summary>The sum of all digit·point.</summary>
    public JacobianPoint<TField, TCurve> Sum(ReadOnlySpan<AffinePoint<TField, TCurve>> points)
    {
        Empty(points);
        int stretches = _sums.Length / StretchLength;
        return stretches >= FewestStretches && _sums.Length % StretchLength == 0
            ? SumStretches(stretches)
            : WeightedSum(_sums);
    }

    /// <summary>The sum of all (i + 1)·points[i]: sums of sums from the top.</summary>
    private static JacobianPoint<TField, TCurve> WeightedSum(ReadOnlySpan<AffinePoint<TField, TCurve>> points)
    {
        JacobianPoint<TField, TCurve> sum = default, total = default;
        for (int i = points.Length - 1; i >= 0; i--)
        {
            sum += points[i];
            total += sum;
        }
        return total;
    }

    /// <summary>The sum of all digit·bucket by stretches: with bucket j of stretch s, digit = s·length + j + 1.</summary>
    private JacobianPoint<TField, TCurve> SumStretches(int stretches)
    {
        AffinePoint<TField, TCurve>[] sums = new AffinePoint<TField, TCurve>[stretches], weighted = new AffinePoint<TField, TCurve>[stretches];
        Span<PointPair> pairs = _pairs.AsSpan(0, stretches);
        for (int j = StretchLength - 1; j >= 0; j--)
        {
            for (int s = 0; s < stretches; s++)
                pairs[s] = new(s, s * StretchLength + j, s);
            BatchedAddition.Add<TField, TCurve>(sums, _sums, pairs, _denominators, _scratch);
            for (int s = 0; s < stretches; s++)
                pairs[s] = new(s, s, s);
            BatchedAddition.Add<TField, TCurve>(weighted, sums, pairs, _denominators, _scratch);
        }
        JacobianPoint<TField, TCurve> total = WeightedSum(sums.AsSpan(1)); // s·sum
        for (int length = 1; length < StretchLength; length *= 2)
            total = total.Double();
        foreach (AffinePoint<TField, TCurve> each in weighted)
            total += each;
        return total;
    }

    private void Empty(ReadOnlySpan<AffinePoint<TField, TCurve>> points)
    {
        if (_count == 0)
            return;
        int segments = Sort(points);
        while (AddNeighbours(_segments.AsSpan(0, segments)))
        {
        }
        for (int i = 0; i < segments; i++)
            _pairs[i] = new(_segments[i].Bucket, _segments[i].Start, _segments[i].Bucket);
        BatchedAddition.Add<TField, TCurve>(_sums, _sorted, _pairs.AsSpan(0, segments), _denominators, _scratch);
        _count = 0;
    }

    /// <summary>Sorts the waiting points by bucket; returns the number of buckets that occur.</summary>
    private int Sort(ReadOnlySpan<AffinePoint<TField, TCurve>> points)
    {
        ReadOnlySpan<Waiting> waiting = _waiting.AsSpan(0, _count);
        Array.Clear(_ends);
        foreach (Waiting each in waiting)
            _ends[each.Bucket + 1]++;
        int segments = 0;
        for (int bucket = 0; bucket < _sums.Length; bucket++)
        {
            int length = _ends[bucket + 1];
            if (length > 0)
                _segments[segments++] = new(bucket, _ends[bucket], length);
            _ends[bucket + 1] += _ends[bucket];
        }
        foreach (Waiting each in waiting)
        {
            ref readonly AffinePoint<TField, TCurve> point = ref points[each.Point];
            _sorted[_ends[each.Bucket]++] = each.Negated ? -point : point;
        }
        return segments;
    }

    /// <summary>Halves every segment; false when all had one point.</summary>
    private bool AddNeighbours(Span<Segment> segments)
    {
        int pairs = 0;
        foreach (Segment segment in segments)
        {
            for (int i = 0; i < segment.Length / 2; i++)
                _pairs[pairs++] = new(segment.Start + 2 * i, segment.Start + 2 * i + 1, segment.Start + i);
        }
        if (pairs == 0)
            return false;
        BatchedAddition.Add<TField, TCurve>(_sorted, _sorted, _pairs.AsSpan(0, pairs), _denominators, _scratch);
        foreach (ref Segment segment in segments)
        {
            int half = segment.Length / 2;
            if (segment.Length % 2 != 0)
                _sorted[segment.Start + half] = _sorted[segment.Start + segment.Length - 1];
            segment = segment with { Length = segment.Length - half };
        }
        return true;
    }
}
