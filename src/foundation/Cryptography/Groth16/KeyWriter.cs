using System.Buffers.Binary;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Groth16;

/// <summary>How points of a group stand in a file.</summary>
internal interface IPointFormat<TField, TCurve>
    where TField : struct, IField<TField>
    where TCurve : struct, IShortWeierstrass<TField>
{
    static abstract int Size { get; }

    static abstract void Encode(in AffinePoint<TField, TCurve> point, Span<byte> bytes);

    static abstract bool TryDecodeUnchecked(ReadOnlySpan<byte> bytes, out AffinePoint<TField, TCurve> point, out PointFault fault);

    static abstract bool IsInSubgroup(in AffinePoint<TField, TCurve> point);

    static abstract JacobianPoint<TField, TCurve> Multiply(in JacobianPoint<TField, TCurve> point, in Fr scalar);
}

internal readonly struct G1Format : IPointFormat<Fp, G1Curve>
{
    public static int Size => G1.UncompressedSize;

    public static void Encode(in G1Affine point, Span<byte> bytes) => G1.EncodeUncompressed(point, bytes);

    public static bool TryDecodeUnchecked(ReadOnlySpan<byte> bytes, out G1Affine point, out PointFault fault) =>
        G1.TryDecodeUncompressedUnchecked(bytes, out point, out fault);

    public static bool IsInSubgroup(in G1Affine point) => G1.IsInSubgroup(point);

    public static G1Point Multiply(in G1Point point, in Fr scalar) => G1.Multiply(point, scalar);
}

internal readonly struct G2Format : IPointFormat<Fp2, G2Curve>
{
    public static int Size => G2.UncompressedSize;

    public static void Encode(in G2Affine point, Span<byte> bytes) => G2.EncodeUncompressed(point, bytes);

    public static bool TryDecodeUnchecked(ReadOnlySpan<byte> bytes, out G2Affine point, out PointFault fault) =>
        G2.TryDecodeUncompressedUnchecked(bytes, out point, out fault);

    public static bool IsInSubgroup(in G2Affine point) => G2.IsInSubgroup(point);

    public static G2Point Multiply(in G2Point point, in Fr scalar) => G2.Multiply(point, scalar);
}

/// <summary>Writes a key file's vectors of points, a part at a time worked out on all cores.</summary>
internal sealed class KeyWriter(Stream stream, IProgress<Groth16Progress>? progress)
{
    private const int PointsAtOnce = 1 << 16;
    private const int PointsOfTask = 1 << 10;

    /// <summary>A proving key's file: the verifying key, then the five vectors.</summary>
    public void WriteKey(
        VerifyingKey key, VectorSource<Fp, G1Curve> quotient, VectorSource<Fp, G1Curve> auxiliary, VectorSource<Fp, G1Curve> left,
        VectorSource<Fp, G1Curve> rightG1, VectorSource<Fp2, G2Curve> rightG2)
    {
        stream.Write(key.Encode());
        WriteVector<Fp, G1Curve, G1Format>("h", quotient);
        WriteVector<Fp, G1Curve, G1Format>("l", auxiliary);
        WriteVector<Fp, G1Curve, G1Format>("a", left);
        WriteVector<Fp, G1Curve, G1Format>("b in G1", rightG1);
        WriteVector<Fp2, G2Curve, G2Format>("b in G2", rightG2);
        stream.Flush();
    }

    /// <summary>A count and then so many points.</summary>
    /// <param name="step">For the progress.</param>
    /// <param name="source">How many, and what works them out.</param>
    public void WriteVector<TField, TCurve, TFormat>(string step, VectorSource<TField, TCurve> source)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
        where TFormat : struct, IPointFormat<TField, TCurve>
    {
        (int count, PointSource<TField, TCurve> fill) = source;
        WriteCount(count);
        AffinePoint<TField, TCurve>[] points = new AffinePoint<TField, TCurve>[Math.Min(count, PointsAtOnce)];
        byte[] bytes = new byte[points.Length * TFormat.Size];
        for (int done = 0; done < count;)
        {
            int first = done, part = Math.Min(count - done, points.Length);
            Parallel.For(0, (part + PointsOfTask - 1) / PointsOfTask, task =>
            {
                int from = task * PointsOfTask, length = Math.Min(PointsOfTask, part - from);
                fill(first + from, points.AsSpan(from, length));
                for (int i = from; i < from + length; i++)
                    TFormat.Encode(points[i], bytes.AsSpan(i * TFormat.Size));
            });
            stream.Write(bytes, 0, part * TFormat.Size);
            done += part;
            progress?.Report(new(step, done, count));
        }
    }

    private void WriteCount(int count)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, count);
        stream.Write(bytes);
    }
}

/// <summary>Works out points from number <paramref name="first"/> on; called from several threads.</summary>
internal delegate void PointSource<TField, TCurve>(int first, Span<AffinePoint<TField, TCurve>> points)
    where TField : struct, IField<TField>
    where TCurve : struct, IShortWeierstrass<TField>;

/// <summary>A vector of points to be worked out.</summary>
/// <param name="Count">How many.</param>
/// <param name="Fill">Works some of them out.</param>
internal readonly record struct VectorSource<TField, TCurve>(int Count, PointSource<TField, TCurve> Fill)
    where TField : struct, IField<TField>
    where TCurve : struct, IShortWeierstrass<TField>;
