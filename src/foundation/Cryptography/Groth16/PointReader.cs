using System.Buffers.Binary;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;

namespace Flashback.Cryptography.Groth16;

/// <summary>Reads points one after the other; after the first fault it reads no more.</summary>
/// <remarks>The point at infinity is refused everywhere: a proof or a key that holds it shows nothing. Source: bellperson.</remarks>
internal ref struct PointReader(ReadOnlySpan<byte> bytes, bool compressed)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public Groth16Fault Fault { get; private set; }

    public readonly bool Failed => Fault.Reason != PointFault.None;

    private readonly int G1Size => compressed ? G1.CompressedSize : G1.UncompressedSize;

    private readonly int G2Size => compressed ? G2.CompressedSize : G2.UncompressedSize;

    public G1Affine ReadG1(Groth16Part part, long index = 0)
    {
        if (!TryTake(G1Size, part, index, out ReadOnlySpan<byte> taken))
            return default;
        _ = compressed ? G1.TryDecodeCompressed(taken, out G1Affine point, out PointFault fault) : G1.TryDecodeUncompressed(taken, out point, out fault);
        Refuse(part, index, fault, point.IsInfinity);
        return point;
    }

    public G2Affine ReadG2(Groth16Part part, long index = 0)
    {
        if (!TryTake(G2Size, part, index, out ReadOnlySpan<byte> taken))
            return default;
        _ = compressed ? G2.TryDecodeCompressed(taken, out G2Affine point, out PointFault fault) : G2.TryDecodeUncompressed(taken, out point, out fault);
        Refuse(part, index, fault, point.IsInfinity);
        return point;
    }

    /// <summary>As many points of G1 as a leading number says, which must be what the bytes that follow hold room for.</summary>
    public G1Affine[] ReadCountedG1(Groth16Part part)
    {
        if (!TryTake(sizeof(uint), part, 0, out ReadOnlySpan<byte> taken))
            return [];
        uint count = BinaryPrimitives.ReadUInt32BigEndian(taken);
        if (count > _rest.Length / G1Size)
        {
            Fault = new(part, _rest.Length / G1Size, PointFault.Length);
            return [];
        }
        G1Affine[] points = new G1Affine[count];
        for (int i = 0; i < points.Length && !Failed; i++)
            points[i] = ReadG1(part, i);
        return points;
    }

    /// <summary>No bytes may be left.</summary>
    public void End()
    {
        if (!Failed && !_rest.IsEmpty)
            Fault = new(Groth16Part.Whole, 0, PointFault.Length);
    }

    private bool TryTake(int length, Groth16Part part, long index, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (Failed)
            return false;
        if (_rest.Length < length)
        {
            Fault = new(part, index, PointFault.Length);
            return false;
        }
        taken = _rest[..length];
        _rest = _rest[length..];
        return true;
    }

    private void Refuse(Groth16Part part, long index, PointFault fault, bool isInfinity)
    {
        if (fault != PointFault.None)
            Fault = new(part, index, fault);
        else if (isInfinity)
            Fault = new(part, index, PointFault.Infinity);
    }
}
