using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Flashback.Files.Content;

/// <summary>A content identifier: which hash a block has, and how the block is encoded. spec: multiformats/cid</summary>
/// <remarks>
/// <code>
/// version 1    01 | uvarint codec | uvarint hash | uvarint length | digest     text: b… (base 32) or z… (base 58)
/// version 0                         12           | 20             | digest     text: Qm…, and the codec is dag-pb
/// </code>
/// Hashes other than SHA2-256, and identity digests longer than 128 bytes, are refused.
/// </remarks>
public sealed class Cid : IEquatable<Cid>
{
    /// <summary>The longest in bytes.</summary>
    public const int MostBytes = 1 + 5 + 1 + 2 + MostIdentity;

    /// <summary>The bytes of an identifier of version 1 with a hash of 32 bytes and a codec below 128.</summary>
    public const int UsualBytes = 36;

    private const int MostIdentity = 128;
    private const int MostText = 320;

    private readonly byte[] _bytes;
    private readonly int _digest;

    private Cid(byte[] bytes, int version, Multicodec codec, Multicodec hash, int digest)
    {
        (_bytes, _digest) = (bytes, digest);
        (Version, Codec, Hash) = (version, codec, hash);
    }

    /// <summary>0 or 1.</summary>
    public int Version { get; }

    /// <summary>How the block is encoded.</summary>
    public Multicodec Codec { get; }

    /// <summary>Which hash it is named by.</summary>
    public Multicodec Hash { get; }

    /// <summary>The identifier in bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The hash; for <see cref="Multicodec.Identity"/> the block itself.</summary>
    public ReadOnlyMemory<byte> Digest => _bytes.AsMemory(_digest);

    /// <summary>The identifier of a block, of version 1 and by SHA2-256.</summary>
    public static Cid Of(Multicodec codec, ReadOnlySpan<byte> block)
    {
        Span<byte> bytes = stackalloc byte[MostBytes];
        bytes[0] = 1;
        int length = 1 + Varint.Write(bytes[1..], (ulong)codec);
        bytes[length++] = (byte)Multicodec.Sha256;
        bytes[length++] = SHA256.HashSizeInBytes;
        SHA256.HashData(block, bytes[length..]);
        return new(bytes[..(length + SHA256.HashSizeInBytes)].ToArray(), 1, codec, Multicodec.Sha256, length);
    }

    /// <summary>Reads an identifier from its text; false for everything but base 32 in lower case and base 58.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Cid? cid)
    {
        cid = null;
        if (text is null || text.Length is < 2 or > MostText)
            return false;
        bool isOld = text.Length == 46 && text.StartsWith("Qm", StringComparison.Ordinal);
        byte[]? bytes = isOld ? Multibase.FromBase58(text) : text[0] switch
        {
            'b' => Multibase.FromBase32(text.AsSpan(1)),
            'z' => Multibase.FromBase58(text.AsSpan(1)),
            _ => null,
        };
        return bytes is not null && TryRead(bytes, out cid, out int length) && length == bytes.Length && isOld == (cid.Version == 0);
    }

    /// <summary>Reads an identifier that is known to be one.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Cid Parse(string text) => TryParse(text, out Cid? cid) ? cid : throw new FormatException("that is no content identifier");

    /// <summary>Reads an identifier from the start of bytes; false where there is none in canonical form.</summary>
    /// <param name="bytes">What begins with it.</param>
    /// <param name="cid">The identifier.</param>
    /// <param name="length">How many bytes it took.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Cid? cid, out int length)
    {
        cid = null;
        length = 0;
        bool isOld = bytes.Length >= 2 && bytes[0] == (byte)Multicodec.Sha256 && bytes[1] == SHA256.HashSizeInBytes;
        ulong codec = (ulong)Multicodec.DagPb;
        if (!isOld && !(TryTake(bytes, ref length, out ulong version) && version == 1 && TryTake(bytes, ref length, out codec) && codec <= int.MaxValue))
            return false;
        if (!TryTake(bytes, ref length, out ulong hash) || !TryTake(bytes, ref length, out ulong size))
            return false;
        bool isKnown = hash == (ulong)Multicodec.Sha256 ? size == SHA256.HashSizeInBytes : hash == (ulong)Multicodec.Identity && size <= MostIdentity;
        if (!isKnown || bytes.Length - length < (int)size)
            return false;
        int digest = length;
        length += (int)size;
        cid = new Cid(bytes[..length].ToArray(), isOld ? 0 : 1, (Multicodec)codec, (Multicodec)hash, digest);
        return true;
    }

    /// <summary>Whether a block is the one that is named.</summary>
    public bool IsOf(ReadOnlySpan<byte> block)
    {
        if (Hash == Multicodec.Identity)
            return block.SequenceEqual(Digest.Span);
        Span<byte> found = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(block, found);
        return found.SequenceEqual(Digest.Span);
    }

    /// <summary>The same content in version 1.</summary>
    public Cid ToVersion1() => Version == 1 ? this : new([1, (byte)Codec, .. _bytes], 1, Codec, Hash, _digest + 2);

    /// <inheritdoc/>
    public bool Equals(Cid? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Cid);

    /// <inheritdoc/>
    public override int GetHashCode() => _bytes.Length >= 4 ? BitConverter.ToInt32(_bytes, _bytes.Length - 4) : _bytes.Length;

    /// <summary>The identifier as it is written: base 32, or base 58 for version 0.</summary>
    public override string ToString() => Version == 0 ? Multibase.ToBase58(_bytes) : "b" + Multibase.ToBase32(_bytes);

    private static bool TryTake(ReadOnlySpan<byte> bytes, ref int position, out ulong value)
    {
        if (!Varint.TryRead(bytes[position..], out value, out int length))
            return false;
        position += length;
        return true;
    }
}
