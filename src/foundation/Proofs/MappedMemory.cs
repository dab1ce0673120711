using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Flashback.Proofs;

/// <summary>A file's bytes as memory, or memory without a file: sectors, layers and trees, whose size a span's length cannot say.</summary>
/// <remarks>
/// The system decides which pages stay in memory, so a tree of many GiB takes only what is free. A mapped file must neither shrink nor be
/// sparse on a full disk while it is mapped: whoever opens it checks its length and reserves its space first.
/// </remarks>
public sealed unsafe class MappedMemory : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private bool _disposed;

    private MappedMemory(MemoryMappedFile file, long length, MemoryMappedFileAccess access)
    {
        _file = file;
        Length = length;
        _view = file.CreateViewAccessor(0, length, access);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _start = start + _view.PointerOffset;
    }

    /// <summary>The length in bytes.</summary>
    public long Length { get; }

    /// <summary>How many 32-byte nodes fit.</summary>
    public long Nodes => Length / DataTree.NodeLength;

    /// <summary>The first byte; valid until <see cref="Dispose"/>, for <see cref="Length"/> bytes.</summary>
    internal byte* Start
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _start;
        }
    }

    /// <summary>The whole of an open file; the handle may be closed afterwards.</summary>
    /// <param name="file">A file that is not empty.</param>
    /// <param name="writable">Whether changes go to the file; else the memory must not be written.</param>
    /// <exception cref="IOException">The system refuses.</exception>
    public static MappedMemory Map(SafeFileHandle file, bool writable)
    {
        ArgumentNullException.ThrowIfNull(file);
        long length = RandomAccess.GetLength(file);
        MemoryMappedFileAccess access = writable ? MemoryMappedFileAccess.ReadWrite : MemoryMappedFileAccess.Read;
        MemoryMappedFile mapped = MemoryMappedFile.CreateFromFile(file, mapName: null, capacity: 0, access, HandleInheritability.None, leaveOpen: true);
        return new MappedMemory(mapped, length, access);
    }

    /// <summary>Zeroed memory without a file.</summary>
    public static MappedMemory Allocate(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        return new MappedMemory(MemoryMappedFile.CreateNew(mapName: null, length), length, MemoryMappedFileAccess.ReadWrite);
    }

    /// <summary>Some of the bytes, where they lie.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not all inside.</exception>
    public Span<byte> Bytes(long offset, int count)
    {
        if (offset < 0 || count < 0 || offset > Length - count)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"{count} bytes from there are not among {Length}");
        return new Span<byte>(Start + offset, count); // inside the mapping, as was just checked
    }

    /// <summary>Some of the nodes, where they lie.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not all inside.</exception>
    public Span<byte> NodeBytes(long first, int count) =>
        Bytes(checked(first * DataTree.NodeLength), checked(count * DataTree.NodeLength));

    /// <summary>One node.</summary>
    public Primitives.Hash32 Node(long index) => Primitives.Hash32.Read(NodeBytes(index, 1));

    /// <summary>Writes changes back to the file, if there is one.</summary>
    public void Flush() => _view.Flush();

    /// <summary>Unmaps the memory; nobody may use spans of it any more.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
