using System.Diagnostics.CodeAnalysis;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;

namespace Flashback.Cryptography.Groth16;

/// <summary>What a circuit's proofs are made with: a file of bellperson's format, of which points are read as they are needed.</summary>
public sealed class ProvingKey : IDisposable
{
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
            if (!PointVector.TryFind(bytes, parts[i], size, ref offset, out vectors[i], out fault))
                return false;
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
            if (vector.Check<Fp, G1Curve, G1Format>() is { Reason: not PointFault.None } fault)
                return fault;
        }
        return RightG2.Check<Fp2, G2Curve, G2Format>();
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    private static bool TryReadVerifying(IKeyBytes bytes, [NotNullWhen(true)] out VerifyingKey? key, out Groth16Fault fault)
    {
        key = null;
        long offset = SetupPoints.FileSize;
        if (!PointVector.TryFind(bytes, Groth16Part.Inputs, G1.UncompressedSize, ref offset, out _, out fault))
            return false;
        byte[] head = new byte[offset];
        bytes.Read(0, head);
        return VerifyingKey.TryDecode(head, out key, out fault);
    }
}
