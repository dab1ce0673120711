using Flashback.Proofs;
using Microsoft.Win32.SafeHandles;

namespace Flashback.Provider;

/// <summary>A folder with one sector's files, held by one process at a time; others may read what is whole.</summary>
/// <remarks>
/// A file is written under its name with ".part", with all its space reserved, brought to the disk and then renamed: whatever happens, the name
/// without ".part" belongs to a whole file or to none. A lock on the file "lock" keeps others out; the system lifts it when its holder dies.
/// </remarks>
public sealed class SectorFolder : ISectorStore, IDisposable
{
    private const string PartSuffix = ".part";
    private const string LockName = "lock";

    private readonly FileStream? _lock;

    private SectorFolder(string path, FileStream? @lock)
    {
        Path = path;
        _lock = @lock;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Takes hold of a folder, which is made if it is not there.</summary>
    /// <exception cref="SectorException">Another process holds it, or it cannot be made.</exception>
    public static SectorFolder Open(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            FileStream held = new(System.IO.Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new SectorFolder(System.IO.Path.GetFullPath(path), held);
        }
        catch (IOException e) when (File.Exists(System.IO.Path.Combine(path, LockName)))
        {
            throw new SectorException($"the sector in {path} is in use by another process", e) { IsInUse = true };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SectorException($"{path} cannot be used as a sector's folder: {e.Message}", e);
        }
    }

    /// <summary>A folder that is only read, beside whoever holds it: a file under its own name is whole, and stays so while it is open.</summary>
    public static SectorFolder OpenToRead(string path) => new(System.IO.Path.GetFullPath(path), @lock: null);

    /// <inheritdoc/>
    public bool Has(SectorFile file) => File.Exists(PathOf(file));

    /// <inheritdoc/>
    public MappedMemory Open(SectorFile file, long length)
    {
        using SafeFileHandle handle = File.OpenHandle(PathOf(file));
        CheckLength(PathOf(file), handle, length);
        return MappedMemory.Map(handle, writable: false);
    }

    /// <inheritdoc/>
    public MappedMemory Create(SectorFile file, long length)
    {
        using SafeFileHandle handle = Reserve(PathOf(file) + PartSuffix, FileMode.Create, length);
        return MappedMemory.Map(handle, writable: true);
    }

    /// <summary>A file that was created and not completed, with what has been written to it so far.</summary>
    /// <exception cref="InvalidDataException">It has another length, or is not there.</exception>
    public MappedMemory Continue(SectorFile file, long length)
    {
        string path = PathOf(file) + PartSuffix;
        if (!File.Exists(path))
            throw new InvalidDataException($"{path} is gone, and with it the pieces that were added");
        using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        CheckLength(path, handle, length);
        return MappedMemory.Map(handle, writable: true);
    }

    /// <inheritdoc/>
    public void Complete(SectorFile file, MappedMemory content)
    {
        ArgumentNullException.ThrowIfNull(content);
        content.Flush();
        Publish(PathOf(file) + PartSuffix, PathOf(file));
    }

    /// <inheritdoc/>
    public void Delete(SectorFile file)
    {
        File.Delete(PathOf(file));
        File.Delete(PathOf(file) + PartSuffix);
    }

    /// <summary>Replaces a small file as a whole.</summary>
    public void Write(SectorFile file, ReadOnlySpan<byte> content)
    {
        string part = PathOf(file) + PartSuffix;
        File.WriteAllBytes(part, content);
        Publish(part, PathOf(file));
    }

    /// <summary>The whole of a small file.</summary>
    public byte[] Read(SectorFile file) => File.ReadAllBytes(PathOf(file));

    /// <summary>Lets go of the folder.</summary>
    public void Dispose() => _lock?.Dispose();

    internal static void CheckLength(string path, SafeFileHandle handle, long length)
    {
        long actual = RandomAccess.GetLength(handle);
        if (actual != length)
            throw new InvalidDataException($"{path} has {actual} bytes instead of {length}: it has been cut off or belongs to another sector");
    }

    /// <summary>A file whose space is all reserved, so that writing to its mapping cannot fail for lack of room.</summary>
    internal static SafeFileHandle Reserve(string path, FileMode mode, long length)
    {
        try
        {
            using (File.OpenHandle(path, mode, FileAccess.Write, FileShare.Read, FileOptions.None, preallocationSize: length)) { }
            SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
            using FileStream sized = new(handle, FileAccess.ReadWrite);
            sized.SetLength(length);
            return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        }
        catch (IOException e)
        {
            File.Delete(path);
            throw new SectorException($"there is no room for {path}, which takes {length} bytes: {e.Message}", e);
        }
    }

    /// <summary>Brings a file's bytes to the disk before its name says that it is whole.</summary>
    internal static void Publish(string part, string path)
    {
        using (SafeFileHandle handle = File.OpenHandle(part, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            RandomAccess.FlushToDisk(handle);
        File.Move(part, path, overwrite: true);
    }

    private string PathOf(SectorFile file) => System.IO.Path.Combine(Path, file.Name);
}
