using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;

namespace Flashback.Cryptography.Groth16;

/// <summary>A proof over BLS12-381: three points, none of them at infinity.</summary>
/// <remarks>
/// <code>
/// [ A: 48, G1 ][ B: 96, G2 ][ C: 48, G1 ]   compressed points; proofs of several partitions follow one another
/// </code>
/// paper: eprint 2016/260; encoding as bellperson's.
/// </remarks>
/// <param name="A">A.</param>
/// <param name="B">B.</param>
/// <param name="C">C.</param>
public readonly record struct Groth16Proof(G1Affine A, G2Affine B, G1Affine C)
{
    /// <summary>Bytes of a proof.</summary>
    public const int Size = (2 * G1.CompressedSize) + G2.CompressedSize;

    /// <summary>Reads one proof; its points are in their groups.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Groth16Proof proof, out Groth16Fault fault)
    {
        proof = default;
        if (bytes.Length != Size)
        {
            fault = new(Groth16Part.Whole, 0, PointFault.Length);
            return false;
        }
        PointReader reader = new(bytes, compressed: true);
        Groth16Proof read = new(reader.ReadG1(Groth16Part.A), reader.ReadG2(Groth16Part.B), reader.ReadG1(Groth16Part.C));
        fault = reader.Fault;
        if (reader.Failed)
            return false;
        proof = read;
        return true;
    }

    /// <summary>Reads exactly <paramref name="count"/> proofs that follow one another.</summary>
    public static bool TryDecodeAll(ReadOnlySpan<byte> bytes, int count, out Groth16Proof[] proofs, out Groth16Fault fault)
    {
        proofs = [];
        fault = new(Groth16Part.Whole, 0, PointFault.Length);
        if (count < 0 || bytes.Length != (long)count * Size)
            return false;
        Groth16Proof[] read = new Groth16Proof[count];
        for (int i = 0; i < count; i++)
        {
            if (!TryDecode(bytes.Slice(i * Size, Size), out read[i], out fault))
                return false;
        }
        fault = default;
        proofs = read;
        return true;
    }

    /// <summary>The <see cref="Size"/> bytes.</summary>
    public byte[] Encode()
    {
        byte[] bytes = new byte[Size];
        G1.EncodeCompressed(A, bytes);
        G2.EncodeCompressed(B, bytes.AsSpan(G1.CompressedSize));
        G1.EncodeCompressed(C, bytes.AsSpan(G1.CompressedSize + G2.CompressedSize));
        return bytes;
    }
}
