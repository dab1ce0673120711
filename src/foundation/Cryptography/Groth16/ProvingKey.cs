using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Groth16;

/// <summary>What a circuit's proofs are made with: a file of bellperson's format, of which points are read as they are needed.</summary>
public sealed class ProvingKey : IDisposable
{
    private const int PointsAtOnce = 1 << 14;

    private readonly IKeyBytes _bytes;

    private ProvingKey(IKeyBytes bytes, VerifyingKey verifying, PointVector[] vectors)
    {
        _bytes = bytes;
        Verifying = verifying;
        (Quotient, Auxiliary, Left, RightG1, RightG2) = (vectors[0], vectors[1], vectors[2], vectors[3], vectors[4]);
    }

    /// <summary>The verifying key that the file begins with.</summary>
    public VerifyingKey Verifying { get; }

    internal PointVector Quotient { get; }

    internal PointVector Auxiliary { get; }

    internal PointVector Left { get; }

    internal PointVector RightG1 { get; }

    internal PointVector RightG2 { get; }

    /// <summary>Reads the verifying key and finds the vectors. On success the key owns the bytes. Points in vectors are looked at when they are read.</summary>
    public static bool TryOpen(IKeyBytes bytes, [NotNullWhen(true)] out ProvingKey? key, out Groth16Fault fault)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        key = null;
        if (!TryReadVerifying(bytes, out VerifyingKey? verifying, out fault))
            return false;
        long offset = VerifyingKey.FileSize(verifying.InputCount);
        PointVector[] vectors = new PointVector[5];
        ReadOnlySpan<Groth16Part> parts = [Groth16Part.Quotient, Groth16Part.Auxiliary, Groth16Part.LeftG1, Groth16Part.RightG1, Groth16Part.RightG2];
        for (int i = 0; i < vectors.Length; i++)
        {
            int size = parts[i] == Groth16Part.RightG2 ? G2.UncompressedSize : G1.UncompressedSize;
            if (!TryReadCount(bytes, ref offset, size, out int count))
            {
                fault = new(parts[i], 0, PointFault.Length);
                return false;
            }
            vectors[i] = new PointVector(parts[i], offset, count);
            offset += (long)count * size;
        }
        if (offset != bytes.Length)
        {
            fault = new(Groth16Part.Whole, 0, PointFault.Length);
            return false;
        }
        key = new ProvingKey(bytes, verifying, vectors);
        return true;
    }

    /// <summary>Decodes every point and checks that it is in its group and not at infinity: minutes for a large key.</summary>
    public Groth16Fault Check()
    {
        foreach (PointVector vector in new[] { Quotient, Auxiliary, Left, RightG1 })
        {
            if (Check<Fp, G1Curve, G1Format>(vector) is { Reason: not PointFault.None } fault)
                return fault;
        }
        return Check<Fp2, G2Curve, G2Format>(RightG2);
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    internal void Read<TField, TCurve, TFormat>(PointVector vector, long first, Memory<AffinePoint<TField, TCurve>> points)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
        where TFormat : struct, IPointFormat<TField, TCurve>
    {
        Groth16Fault fault = TryRead<TField, TCurve, TFormat>(vector, first, points, checkSubgroup: false);
        if (fault.Reason != PointFault.None)
            throw new InvalidDataException($"the proving key has been altered: {fault}");
    }

    private Groth16Fault Check<TField, TCurve, TFormat>(PointVector vector)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
        where TFormat : struct, IPointFormat<TField, TCurve>
    {
        AffinePoint<TField, TCurve>[] points = new AffinePoint<TField, TCurve>[Math.Min(vector.Count, 4 * PointsAtOnce)];
        for (int done = 0; done < vector.Count; done += points.Length)
        {
            Groth16Fault fault = TryRead<TField, TCurve, TFormat>(vector, done, points.AsMemory(0, Math.Min(points.Length, vector.Count - done)), checkSubgroup: true);
            if (fault.Reason != PointFault.None)
                return fault;
        }
        return default;
    }

    private Groth16Fault TryRead<TField, TCurve, TFormat>(
        PointVector vector, long first, Memory<AffinePoint<TField, TCurve>> points, bool checkSubgroup)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
        where TFormat : struct, IPointFormat<TField, TCurve>
    {
        Groth16Fault[] faults = new Groth16Fault[(points.Length + PointsAtOnce - 1) / PointsAtOnce];
        Parallel.For(0, faults.Length, part =>
        {
            int from = part * PointsAtOnce, count = Math.Min(PointsAtOnce, points.Length - from);
            byte[] bytes = System.Buffers.ArrayPool<byte>.Shared.Rent(count * TFormat.Size);
            Span<AffinePoint<TField, TCurve>> span = points.Span.Slice(from, count);
            _bytes.Read(vector.Offset + ((first + from) * TFormat.Size), bytes.AsSpan(0, count * TFormat.Size));
            for (int i = 0; i < count && faults[part].Reason == PointFault.None; i++)
            {
                _ = TFormat.TryDecodeUnchecked(bytes.AsSpan(i * TFormat.Size, TFormat.Size), out span[i], out PointFault reason);
                if (reason == PointFault.None && span[i].IsInfinity)
                    reason = PointFault.Infinity;
                if (reason == PointFault.None && checkSubgroup && !TFormat.IsInSubgroup(span[i]))
                    reason = PointFault.NotInSubgroup;
                if (reason != PointFault.None)
                    faults[part] = new(vector.Part, first + from + i, reason);
            }
            System.Buffers.ArrayPool<byte>.Shared.Return(bytes);
        });
        return Array.Find(faults, fault => fault.Reason != PointFault.None);
    }

    private static bool TryReadVerifying(IKeyBytes bytes, [NotNullWhen(true)] out VerifyingKey? key, out Groth16Fault fault)
    {
        key = null;
        long offset = SetupPoints.FileSize;
        if (!TryReadCount(bytes, ref offset, G1.UncompressedSize, out int inputs))
        {
            fault = new(Groth16Part.Inputs, 0, PointFault.Length);
            return false;
        }
        byte[] head = new byte[offset + ((long)inputs * G1.UncompressedSize)];
        bytes.Read(0, head);
        return VerifyingKey.TryDecode(head, out key, out fault);
    }

    /// <summary>A number of points for which there are bytes enough.</summary>
    private static bool TryReadCount(IKeyBytes bytes, ref long offset, int pointSize, out int count)
    {
        count = 0;
        if (offset + sizeof(uint) > bytes.Length)
            return false;
        Span<byte> number = stackalloc byte[sizeof(uint)];
        bytes.Read(offset, number);
        offset += sizeof(uint);
        count = BinaryPrimitives.ReadInt32BigEndian(number);
        return count >= 0 && count <= (bytes.Length - offset) / pointSize;
    }
}

/// <summary>Where a vector of points stands in a key.</summary>
/// <param name="Part">Which.</param>
/// <param name="Offset">Where its first point begins.</param>
/// <param name="Count">How many points.</param>
internal readonly record struct PointVector(Groth16Part Part, long Offset, int Count);
