using System.Buffers.Binary;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;
using Flashback.Primitives;

namespace Flashback.Cryptography.Groth16;

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
    /// <exception cref="InvalidDataException">They come from a file that has been altered.</exception>
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
            void Run(int task)
            {
                int from = task * PointsOfTask, length = Math.Min(PointsOfTask, part - from);
                fill(first + from, points.AsSpan(from, length));
                for (int i = from; i < from + length; i++)
                    TFormat.Encode(points[i], bytes.AsSpan(i * TFormat.Size));
            }
            try
            {
                Parallel.For(0, (part + PointsOfTask - 1) / PointsOfTask, AllCores.Options, Run);
            }
            catch (AggregateException e) when (e.InnerException is InvalidDataException altered)
            {
                throw new InvalidDataException(altered.Message, e);
            }
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
