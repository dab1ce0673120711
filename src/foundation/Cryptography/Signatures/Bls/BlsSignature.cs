using System.Diagnostics.CodeAnalysis;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Primitives;

namespace Flashback.Cryptography;

/// <summary>A signature, or a sum of signatures, that is known to be a point of G2's subgroup; it may be the point at infinity. Immutable.</summary>
public sealed class BlsSignature : IEquatable<BlsSignature>
{
    /// <summary>The length of an encoded signature in bytes.</summary>
    public const int Size = G2.CompressedSize;

    internal BlsSignature(in G2Affine point) => Point = point;

    /// <summary>The point at infinity, which Ethereum uses for "nobody signed".</summary>
    public static BlsSignature Infinity { get; } = new(default);

    /// <summary>The point.</summary>
    public G2Affine Point { get; }

    /// <summary>Reads a compressed signature and checks that it is a point of the subgroup.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out BlsSignature? signature, out PointFault fault)
    {
        signature = G2.TryDecodeCompressed(bytes, out G2Affine point, out fault) ? new BlsSignature(point) : null;
        return signature is not null;
    }

    /// <summary>Writes the compressed signature into the first <see cref="Size"/> bytes.</summary>
    public void Encode(Span<byte> bytes) => G2.EncodeCompressed(Point, bytes);

    /// <summary>The compressed signature.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Size];
        Encode(bytes);
        return bytes;
    }

    /// <summary>The compressed signature in hexadecimal.</summary>
    public override string ToString() => Hex.Encode(ToBytes());

    /// <inheritdoc/>
    public bool Equals(BlsSignature? other) => other is not null && Point.Equals(other.Point);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BlsSignature);

    /// <inheritdoc/>
    public override int GetHashCode() => Point.GetHashCode();
}
