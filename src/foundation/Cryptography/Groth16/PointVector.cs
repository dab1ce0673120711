using System.Buffers;
using System.Buffers.Binary;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;
using Flashback.Primitives;

namespace Flashback.Cryptography.Groth16;

/// <summary>A vector of uncompressed points in a file, of which parts are read as they are needed, from any thread.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="Part">Which vector.</param>
/// <param name="Offset">Where its first point begins.</param>
/// <param name="Count">How many points.</param>
/// <param name="PointSize">Bytes of a point.</param>
internal readonly record struct PointVector(IKeyBytes Bytes, Groth16Part Part, long Offset, int Count, int PointSize)
{
    private const int PointsOfTask = 1 << 14;
    private const int PointsAtOnce = 4 * PointsOfTask;

    /// <summary>Finds the vector that begins at an offset with its count: four bytes, big-endian. The offset moves behind it.</summary>
    public static bool TryFind(IKeyBytes bytes, Groth16Part part, int pointSize, ref long offset, out PointVector vector, out Groth16Fault fault)
    {
        vector = default;
        fault = new(part, 0, PointFault.Length);
        if (bytes.Length - offset < sizeof(uint))
            return false;
        Span<byte> number = stackalloc byte[sizeof(uint)];
        bytes.Read(offset, number);
        int count = BinaryPrimitives.ReadInt32BigEndian(number);
        long first = offset + sizeof(uint);
        if (count < 0 || count > (bytes.Length - first) / pointSize)
            return false;
        vector = new(bytes, part, first, count, pointSize);
        offset = first + ((long)count * pointSize);
        fault = default;
        return true;
    }

    /// <summary>The vector's first points.</summary>
    public PointVector Take(int count) => this with { Count = count };

    /// <summary>Whether another vector is as long and of the same bytes.</summary>
    public bool HasSameBytes(PointVector other)
    {
        if (Count != other.Count || PointSize != other.PointSize)
            return false;
        byte[] mine = new byte[PointsOfTask * PointSize], others = new byte[mine.Length];
        long length = (long)Count * PointSize;
        for (long done = 0; done < length; done += mine.Length)
        {
            int part = (int)Math.Min(mine.Length, length - done);
            Bytes.Read(Offset + done, mine.AsSpan(0, part));
            other.Bytes.Read(other.Offset + done, others.AsSpan(0, part));
            if (!mine.AsSpan(0, part).SequenceEqual(others.AsSpan(0, part)))
                return false;
        }
        return true;
    }

    /// <summary>Reads points from number <paramref name="first"/> on.</summary>
    /// <exception cref="InvalidDataException">There is something else: the file has been altered.</exception>
    public void Read<TField, TCurve, TFormat>(long first, Memory<AffinePoint<TField, TCurve>> points, bool checkSubgroup = false)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
        where TFormat : struct, IPointFormat<TField, TCurve>
    {
        Groth16Fault fault = TryRead<TField, TCurve, TFormat>(first, points, checkSubgroup);
        if (fault.Reason != PointFault.None)
            throw new InvalidDataException($"the file has been altered: {fault}");
    }

    /// <summary>The same for a few points on the calling thread alone.</summary>
    /// <exception cref="InvalidDataException">There is something else: the file has been altered.</exception>
    public void ReadFew<TField, TCurve, TFormat>(long first, Span<AffinePoint<TField, TCurve>> points, bool checkSubgroup)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
        where TFormat : struct, IPointFormat<TField, TCurve>
    {
        Groth16Fault fault = TryReadPart<TField, TCurve, TFormat>(first, points, checkSubgroup);
        if (fault.Reason != PointFault.None)
            throw new InvalidDataException($"the file has been altered: {fault}");
    }

    /// <summary>Looks at every point: it must be in the group and not at infinity.</summary>
    public Groth16Fault Check<TField, TCurve, TFormat>()
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
        where TFormat : struct, IPointFormat<TField, TCurve>
    {
        AffinePoint<TField, TCurve>[] points = new AffinePoint<TField, TCurve>[Math.Min(Count, PointsAtOnce)];
        for (int done = 0; done < Count; done += points.Length)
        {
            Groth16Fault fault = TryRead<TField, TCurve, TFormat>(done, points.AsMemory(0, Math.Min(points.Length, Count - done)), checkSubgroup: true);
            if (fault.Reason != PointFault.None)
                return fault;
        }
        return default;
    }

    private Groth16Fault TryRead<TField, TCurve, TFormat>(long first, Memory<AffinePoint<TField, TCurve>> points, bool checkSubgroup)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
        where TFormat : struct, IPointFormat<TField, TCurve>
    {
        PointVector vector = this;
        if (points.Length <= PointsOfTask)
            return vector.TryReadPart<TField, TCurve, TFormat>(first, points.Span, checkSubgroup);
        Groth16Fault[] faults = new Groth16Fault[(points.Length + PointsOfTask - 1) / PointsOfTask];
        Parallel.For(0, faults.Length, AllCores.Options, part =>
        {
            int from = part * PointsOfTask;
            Span<AffinePoint<TField, TCurve>> span = points.Span.Slice(from, Math.Min(PointsOfTask, points.Length - from));
            faults[part] = vector.TryReadPart<TField, TCurve, TFormat>(first + from, span, checkSubgroup);
        });
        return Array.Find(faults, fault => fault.Reason != PointFault.None);
    }

    private Groth16Fault TryReadPart<TField, TCurve, TFormat>(long first, Span<AffinePoint<TField, TCurve>> points, bool checkSubgroup)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
        where TFormat : struct, IPointFormat<TField, TCurve>
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(points.Length * PointSize);
        Span<byte> bytes = rented.AsSpan(0, points.Length * PointSize);
        Bytes.Read(Offset + (first * PointSize), bytes);
        Groth16Fault fault = default;
        for (int i = 0; i < points.Length && fault.Reason == PointFault.None; i++)
        {
            _ = TFormat.TryDecodeUnchecked(bytes.Slice(i * PointSize, PointSize), out points[i], out PointFault reason);
            if (reason == PointFault.None && points[i].IsInfinity)
                reason = PointFault.Infinity;
            if (reason == PointFault.None && checkSubgroup && !TFormat.IsInSubgroup(points[i]))
                reason = PointFault.NotInSubgroup;
            if (reason != PointFault.None)
                fault = new(Part, first + i, reason);
        }
        ArrayPool<byte>.Shared.Return(rented);
        return fault;
    }
}
