using Flashback.Cryptography;

namespace Flashback.Client;

/// <summary>Puts bytes into blobs as <see cref="BlobBytes"/> has them, each piece whole within one blob.</summary>
public sealed class BlobWriter
{
    private readonly List<byte[]> _blobs = [];
    private int _written;

    /// <summary>The blobs so far; zeros where nothing was written.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Blobs => [.. _blobs.Select(blob => (ReadOnlyMemory<byte>)blob)];

    /// <summary>Writes behind what was written before, in a new blob where the last one has no room.</summary>
    /// <returns>Which blob, and the place in it, counted in bytes of data.</returns>
    /// <exception cref="ArgumentException">It is longer than a blob.</exception>
    public (int Blob, int Offset) Write(ReadOnlySpan<byte> data)
    {
        if (data.Length > BlobBytes.Capacity)
            throw new ArgumentException($"{data.Length} bytes, a blob has room for {BlobBytes.Capacity}", nameof(data));
        if (_blobs.Count == 0 || _written + data.Length > BlobBytes.Capacity)
        {
            _blobs.Add(new byte[Kzg.BlobSize]);
            _written = 0;
        }
        int offset = _written;
        BlobBytes.Write(_blobs[^1], offset, data);
        _written += data.Length;
        return (_blobs.Count - 1, offset);
    }
}
