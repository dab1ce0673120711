using System.Diagnostics.CodeAnalysis;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Primitives;

namespace Flashback.Cryptography;

/// <summary>A public key that is known to be a point of G1's subgroup. Immutable.</summary>
/// <remarks>Decoded keys are never the point at infinity; a sum of keys can be, and no signature verifies under it. spec: draft-irtf-cfrg-bls-signature-05 §2.5 KeyValidate.</remarks>
public sealed class BlsPublicKey : IEquatable<BlsPublicKey>
{
    /// <summary>The length of an encoded key in bytes.</summary>
    public const int Size = G1.CompressedSize;

    internal BlsPublicKey(in G1Affine point) => Point = point;

    /// <summary>The point.</summary>
    public G1Affine Point { get; }

    /// <summary>Reads a compressed key and checks all there is to check.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out BlsPublicKey? key, out PointFault fault)
    {
        key = null;
        if (!G1.TryDecodeCompressed(bytes, out G1Affine point, out fault))
            return false;
        if (point.IsInfinity)
        {
            fault = PointFault.Infinity;
            return false;
        }
        key = new BlsPublicKey(point);
        return true;
    }

    /// <summary>Writes the compressed key into the first <see cref="Size"/> bytes.</summary>
    public void Encode(Span<byte> bytes) => G1.EncodeCompressed(Point, bytes);

    /// <summary>The compressed key.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Size];
        Encode(bytes);
        return bytes;
    }

    /// <summary>The compressed key in hexadecimal.</summary>
    public override string ToString() => Hex.Encode(ToBytes());

    /// <inheritdoc/>
    public bool Equals(BlsPublicKey? other) => other is not null && Point.Equals(other.Point);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BlsPublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Point.GetHashCode();
}
