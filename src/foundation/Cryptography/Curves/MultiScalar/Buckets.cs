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

    private readonly record struct Waiting(int Bucket, int Point, bool Negated);

    private readonly record struct Segment(int Bucket, int Start, int Length);

    private readonly AffinePoint<TField, TCurve>[] _sums;
    private readonly Waiting[] _waiting;
    private readonly AffinePoint<TField, TCurve>[] _sorted;
    private readonly int[] _ends;
    private readonly Segment[] _segments;
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
        _denominators = new TField[Math.Max(capacity / 2, _segments.Length)];
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
        // Every bucket counts as often as its digit: sums of sums from the top.
        JacobianPoint<TField, TCurve> running = default, total = default;
        for (int i = _sums.Length - 1; i >= 0; i--)
        {
            running += _sums[i];
            total += running;
        }
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
            _denominators[i] = BatchedAddition.Denominator(_sums[_segments[i].Bucket], _sorted[_segments[i].Start]);
        BatchInversion.InvertInPlace(_denominators.AsSpan(0, segments), _scratch);
        for (int i = 0; i < segments; i++)
        {
            ref AffinePoint<TField, TCurve> sum = ref _sums[_segments[i].Bucket];
            sum = BatchedAddition.Sum(sum, _sorted[_segments[i].Start], _denominators[i]);
        }
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
            for (int i = 0; i + 1 < segment.Length; i += 2)
                _denominators[pairs++] = BatchedAddition.Denominator(_sorted[segment.Start + i], _sorted[segment.Start + i + 1]);
        }
        if (pairs == 0)
            return false;
        BatchInversion.InvertInPlace(_denominators.AsSpan(0, pairs), _scratch);
        pairs = 0;
        foreach (ref Segment segment in segments)
        {
            Span<AffinePoint<TField, TCurve>> part = _sorted.AsSpan(segment.Start, segment.Length);
            int half = part.Length / 2;
            for (int i = 0; i < half; i++)
                part[i] = BatchedAddition.Sum(part[2 * i], part[2 * i + 1], _denominators[pairs++]);
            if (part.Length % 2 != 0)
                part[half] = part[^1];
            segment = segment with { Length = part.Length - half };
        }
        return true;
    }
}
