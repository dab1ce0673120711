using Flashback.Cryptography;

namespace Flashback.Chain.Spacetime;

/// <summary>Proofs in blobs: 31 bytes to a field element, so that each is one whatever the bytes. spec: ours#4</summary>
/// <remarks>
/// <code>
/// | 0 | bytes 0 … 30 | 0 | bytes 31 … 61 | 0 | …      4096 × 32 bytes
/// </code>
/// </remarks>
public static class ProofBlob
{
    private const int ElementLength = 32;
    private const int BytesPerElement = 31;

    /// <summary>Bytes of data that a blob has room for.</summary>
    public const int Capacity = Kzg.BlobSize / ElementLength * BytesPerElement;

    /// <summary>A blob that holds data from its beginning on, zeros behind it.</summary>
    /// <exception cref="ArgumentException">There is too much of it.</exception>
    public static byte[] Pack(ReadOnlySpan<byte> data)
    {
        if (data.Length > Capacity)
            throw new ArgumentException($"{data.Length} bytes, a blob has room for {Capacity}", nameof(data));
        byte[] blob = new byte[Kzg.BlobSize];
        for (int done = 0, element = 0; done < data.Length; done += BytesPerElement, element++)
            data.Slice(done, Math.Min(BytesPerElement, data.Length - done)).CopyTo(blob.AsSpan(element * ElementLength + 1));
        return blob;
    }

    /// <summary>Reads data; false when it would reach beyond the blob, or an element that holds some of it does not begin with 0.</summary>
    public static bool TryRead(ReadOnlySpan<byte> blob, uint offset, Span<byte> data)
    {
        if (blob.Length != Kzg.BlobSize || offset + (long)data.Length > Capacity)
            return false;
        for (int done = 0; done < data.Length;)
        {
            (int element, int within) = Math.DivRem((int)offset + done, BytesPerElement);
            ReadOnlySpan<byte> bytes = blob.Slice(element * ElementLength, ElementLength);
            if (bytes[0] != 0)
                return false;
            int length = Math.Min(BytesPerElement - within, data.Length - done);
            bytes.Slice(1 + within, length).CopyTo(data[done..]);
            done += length;
        }
        return true;
    }
}
