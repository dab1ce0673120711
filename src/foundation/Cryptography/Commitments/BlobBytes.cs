namespace Flashback.Cryptography;

/// <summary>Bytes in blobs: 31 to a field element, so that each is one whatever the bytes. spec: ours#4</summary>
/// <remarks>
/// <code>
/// | 0 | bytes 0 … 30 | 0 | bytes 31 … 61 | 0 | …      4096 × 32 bytes
/// </code>
/// </remarks>
public static class BlobBytes
{
    private const int BytesPerElement = Kzg.ElementSize - 1;

    /// <summary>Bytes that a blob has room for.</summary>
    public const int Capacity = Kzg.BlobSize / Kzg.ElementSize * BytesPerElement;

    /// <summary>A blob that holds bytes from its beginning on, zeros behind them.</summary>
    /// <exception cref="ArgumentException">There are too many.</exception>
    public static byte[] Pack(ReadOnlySpan<byte> bytes)
    {
        byte[] blob = new byte[Kzg.BlobSize];
        Write(blob, 0, bytes);
        return blob;
    }

    /// <summary>Writes bytes into a blob; what stands before and behind them stays.</summary>
    /// <param name="blob">The blob.</param>
    /// <param name="offset">Where they begin, counted in bytes of data.</param>
    /// <param name="bytes">The bytes.</param>
    /// <exception cref="ArgumentException">They would reach beyond the blob, or it is none.</exception>
    public static void Write(Span<byte> blob, int offset, ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNotEqual(blob.Length, Kzg.BlobSize);
        if (bytes.Length > Capacity - offset)
            throw new ArgumentException($"{bytes.Length} bytes, a blob has room for {Capacity} and {offset} of it are taken", nameof(bytes));
        for (int done = 0; done < bytes.Length;)
        {
            (int element, int within) = Math.DivRem(offset + done, BytesPerElement);
            int length = Math.Min(BytesPerElement - within, bytes.Length - done);
            bytes.Slice(done, length).CopyTo(blob[(element * Kzg.ElementSize + 1 + within)..]);
            done += length;
        }
    }

    /// <summary>Reads bytes; false when they would reach beyond the blob, or an element that holds some of them does not begin with 0.</summary>
    /// <param name="blob">The blob.</param>
    /// <param name="offset">Where they begin, counted in bytes of data.</param>
    /// <param name="bytes">Takes them.</param>
    public static bool TryRead(ReadOnlySpan<byte> blob, uint offset, Span<byte> bytes)
    {
        if (blob.Length != Kzg.BlobSize || offset + (long)bytes.Length > Capacity)
            return false;
        for (int done = 0; done < bytes.Length;)
        {
            (int element, int within) = Math.DivRem((int)offset + done, BytesPerElement);
            ReadOnlySpan<byte> whole = blob.Slice(element * Kzg.ElementSize, Kzg.ElementSize);
            if (whole[0] != 0)
                return false;
            int length = Math.Min(BytesPerElement - within, bytes.Length - done);
            whole.Slice(1 + within, length).CopyTo(bytes[done..]);
            done += length;
        }
        return true;
    }
}
