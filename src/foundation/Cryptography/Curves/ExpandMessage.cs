using System.Security.Cryptography;

namespace Flashback.Cryptography.Curves;

/// <summary>Uniform bytes of any length from a message, by SHA-256. spec: RFC 9380 §5.3.1, <c>expand_message_xmd</c>.</summary>
public static class ExpandMessage
{
    private const int BlockSize = 64;
    private const int HashSize = 32;
    private const int MaxTagSize = 255;
    private static ReadOnlySpan<byte> LongTagPrefix => "H2C-OVERSIZE-DST-"u8;

    /// <summary>Fills <paramref name="output"/>, at most 8160 bytes.</summary>
    /// <param name="message">The message.</param>
    /// <param name="tag">The domain separation tag; one longer than 255 bytes is hashed first. spec: RFC 9380 §5.3.3.</param>
    /// <param name="output">Where the bytes go.</param>
    /// <exception cref="ArgumentException">More than 255 blocks of 32 bytes are asked for.</exception>
    public static void Xmd(ReadOnlySpan<byte> message, ReadOnlySpan<byte> tag, Span<byte> output)
    {
        int blocks = (output.Length + HashSize - 1) / HashSize;
        if (blocks > 255)
            throw new ArgumentException($"{output.Length} bytes are more than 255 blocks", nameof(output));
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        scoped ReadOnlySpan<byte> suffix = tag;
        Span<byte> shortTag = stackalloc byte[HashSize];
        if (tag.Length > MaxTagSize)
        {
            hash.AppendData(LongTagPrefix);
            hash.AppendData(tag);
            hash.GetHashAndReset(shortTag);
            suffix = shortTag;
        }

        Span<byte> first = stackalloc byte[HashSize], block = stackalloc byte[HashSize];
        hash.AppendData(stackalloc byte[BlockSize]);
        hash.AppendData(message);
        hash.AppendData([(byte)(output.Length >> 8), (byte)output.Length, 0]);
        Finish(hash, suffix, first);
        block.Clear();
        for (int i = 1; i <= blocks; i++)
        {
            for (int j = 0; j < HashSize; j++)
                block[j] ^= first[j];
            hash.AppendData(block);
            hash.AppendData([(byte)i]);
            Finish(hash, suffix, block);
            Span<byte> rest = output[(HashSize * (i - 1))..];
            block[..Math.Min(HashSize, rest.Length)].CopyTo(rest);
        }
    }

    private static void Finish(IncrementalHash hash, ReadOnlySpan<byte> tag, Span<byte> digest)
    {
        hash.AppendData(tag);
        hash.AppendData([(byte)tag.Length]);
        hash.GetHashAndReset(digest);
    }
}
