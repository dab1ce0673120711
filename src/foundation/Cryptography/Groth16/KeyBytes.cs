using Microsoft.Win32.SafeHandles;

namespace Flashback.Cryptography.Groth16;

/// <summary>The bytes of a key, too many to be held: read where they are needed, from any thread.</summary>
public interface IKeyBytes : IDisposable
{
    /// <summary>How many there are.</summary>
    long Length { get; }

    /// <summary>Fills <paramref name="bytes"/> with those from <paramref name="offset"/> on.</summary>
    /// <exception cref="EndOfStreamException">There are not so many.</exception>
    void Read(long offset, Span<byte> bytes);
}

/// <summary>The bytes of a key in a file.</summary>
/// <param name="path">The file.</param>
public sealed class KeyFile(string path) : IKeyBytes
{
    private readonly SafeFileHandle _handle = File.OpenHandle(path, options: FileOptions.SequentialScan);

    /// <inheritdoc/>
    public long Length => RandomAccess.GetLength(_handle);

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int read = RandomAccess.Read(_handle, bytes, offset);
            if (read == 0)
                throw new EndOfStreamException("the key file ends early");
            offset += read;
            bytes = bytes[read..];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}

/// <summary>The bytes of a small key in memory.</summary>
/// <param name="content">The bytes.</param>
public sealed class KeyMemory(ReadOnlyMemory<byte> content) : IKeyBytes
{
    /// <inheritdoc/>
    public long Length => content.Length;

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> bytes)
    {
        if (offset + bytes.Length > content.Length)
            throw new EndOfStreamException("the key ends early");
        content.Span.Slice((int)offset, bytes.Length).CopyTo(bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

/// <summary>The bytes of a key that stands at the end of a file.</summary>
/// <param name="whole">The file; owned.</param>
/// <param name="start">Where the key begins.</param>
internal sealed class KeyTail(IKeyBytes whole, long start) : IKeyBytes
{
    public long Length => whole.Length - start;

    public void Read(long offset, Span<byte> bytes) => whole.Read(start + offset, bytes);

    public void Dispose() => whole.Dispose();
}
