using System.Security.Cryptography;

namespace Flashback.Files;

/// <summary>What stands before an encrypted content, and where its chunks are. spec: docs/operate/gateway.md, Encryption</summary>
/// <remarks>
/// <code>
/// header   | "FBENC" CR LF 0 | version 1 | kind 1 | chunk exponent 1 | zeros 5 | salt 32 |          48 bytes; the first 16 go into the key
/// chunk    | up to 2^16 bytes, encrypted | tag 16 |                                                nonce: number 11, big-endian, from 0 | last: 1, else 0 |
/// </code>
/// All chunks but the last are full; the last one is empty only where the content is.
/// </remarks>
/// <param name="Kind">What is encrypted.</param>
/// <param name="Salt">Drawn for each content.</param>
internal readonly record struct EncryptedHeader(EncryptedKind Kind, byte[] Salt)
{
    public const int FixedBytes = 16;
    public const int SaltBytes = 32;
    public const int Bytes = FixedBytes + SaltBytes;
    public const int TagBytes = 16;
    public const int ChunkBytes = 1 << ChunkExponent;
    public const int SealedChunkBytes = ChunkBytes + TagBytes;

    private const byte Version = 1;
    private const byte ChunkExponent = 16; // 64 KiB
    public const int NonceBytes = 12;

    private static ReadOnlySpan<byte> Magic => "FBENC\r\n\0"u8;

    public static EncryptedHeader Create(EncryptedKind kind) => new(kind, RandomNumberGenerator.GetBytes(SaltBytes));

    /// <summary>The header as bytes.</summary>
    public byte[] Encode() => [.. Magic, Version, (byte)Kind, ChunkExponent, 0, 0, 0, 0, 0, .. Salt];

    /// <summary>Reads a header.</summary>
    /// <exception cref="InvalidDataException">It is none that is known here.</exception>
    public static EncryptedHeader Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Bytes || !bytes.StartsWith(Magic))
            throw new InvalidDataException("the content is not encrypted");
        EncryptedHeader header = new((EncryptedKind)bytes[9], bytes.Slice(FixedBytes, SaltBytes).ToArray());
        return header.Kind <= EncryptedKind.Folder && header.Encode().AsSpan().SequenceEqual(bytes[..Bytes])
            ? header
            : throw new InvalidDataException($"the content is encrypted in a form that is not known here: version {bytes[8]}, kind {bytes[9]}, chunks of 2^{bytes[10]} bytes");
    }

    /// <summary>How many bytes a content has once it is encrypted.</summary>
    public static long SealedLength(long length) => Bytes + length + (TagBytes * Math.Max(1, (length + ChunkBytes - 1) / ChunkBytes));

    /// <summary>How many bytes were encrypted, and in how many chunks.</summary>
    /// <exception cref="InvalidDataException">No content has so many bytes.</exception>
    public static (long Length, long Chunks) OpenedLength(long sealedLength)
    {
        long body = sealedLength - Bytes, chunks = (body + SealedChunkBytes - 1) / SealedChunkBytes, length = body - (chunks * TagBytes);
        return body >= TagBytes && SealedLength(length) == sealedLength ? (length, chunks) : throw new InvalidDataException($"an encrypted content of {sealedLength} bytes was cut short");
    }

    /// <summary>The nonce of a chunk: the key is of one content, so that no nonce is used twice.</summary>
    public static void WriteNonce(Span<byte> nonce, long chunk, bool isLast)
    {
        nonce[..NonceBytes].Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(nonce[3..], chunk);
        nonce[NonceBytes - 1] = isLast ? (byte)1 : (byte)0;
    }
}

/// <summary>What is encrypted.</summary>
internal enum EncryptedKind : byte
{
    /// <summary>A file's bytes.</summary>
    File = 0,

    /// <summary>The archive of a folder, so that names and sizes are hidden, too.</summary>
    Folder = 1,
}
