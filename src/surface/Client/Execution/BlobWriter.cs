using Flashback.Cryptography;

namespace Flashback.Client;

/// <summary>Puts bytes into blobs, 31 to a field element, each piece whole within one blob. spec: ours#4</summary>
/// <remarks>
/// <code>
/// | 0 | bytes 0 … 30 | 0 | bytes 31 … 61 | 0 | …      4096 × 32 bytes
/// </code>
/// </remarks>
public sealed class BlobWriter
{
    /// <summary>Bytes that a blob has room for.</summary>
    public const int Capacity = Kzg.BlobSize / Kzg.ElementSize * BytesPerElement;

    private const int BytesPerElement = Kzg.ElementSize - 1;

    private readonly List<byte[]> _blobs = [];
    private int _written;

    /// <summary>The blobs so far; zeros where nothing was written.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Blobs => [.. _blobs.Select(blob => (ReadOnlyMemory<byte>)blob)];

    /// <summary>Writes behind what was written before, in a new blob where the last one has no room.</summary>
    /// <returns>Which blob, and the place in it, counted in bytes of data.</returns>
    /// <exception cref="ArgumentException">It is longer than a blob.</exception>
    public (int Blob, int Offset) Write(ReadOnlySpan<byte> data)
    {
        if (data.Length > Capacity)
            throw new ArgumentException($"{data.Length} bytes, a blob has room for {Capacity}", nameof(data));
        if (_blobs.Count == 0 || _written + data.Length > Capacity)
        {
            _blobs.Add(new byte[Kzg.BlobSize]);
            _written = 0;
        }
        int offset = _written;
        for (int done = 0; done < data.Length;)
        {
            (int element, int within) = Math.DivRem(_written, BytesPerElement);
            int length = Math.Min(BytesPerElement - within, data.Length - done);
            data.Slice(done, length).CopyTo(_blobs[^1].AsSpan(element * Kzg.ElementSize + 1 + within));
            done += length;
            _written += length;
        }
        return (_blobs.Count - 1, offset);
    }
}
