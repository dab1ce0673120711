using System.Collections.Concurrent;
using System.Globalization;
using Flashback.Files.Content;
using Microsoft.Win32.SafeHandles;

namespace Flashback.Gateway.Objects;

/// <summary>The folder that pieces and uploaded parts lie in. Safe for any number of threads.</summary>
internal sealed class PieceFolder : IDisposable
{
    private readonly string _pieces, _parts;
    private readonly ConcurrentDictionary<long, SafeFileHandle> _open = new();

    public PieceFolder(string folder)
    {
        (_pieces, _parts) = (Path.Combine(folder, "pieces"), Path.Combine(folder, "parts"));
        Directory.CreateDirectory(_pieces);
        Directory.CreateDirectory(_parts);
    }

    public string PiecePath(long number) => Path.Combine(_pieces, number.ToString(CultureInfo.InvariantCulture) + ".car");

    public string PartPath(string file) => Path.Combine(_parts, file);

    /// <summary>Bytes that fit on the disk still.</summary>
    public long Room => new DriveInfo(_pieces).AvailableFreeSpace;

    /// <summary>Bytes of all parts that wait.</summary>
    public IEnumerable<string> PartFiles => Directory.EnumerateFiles(_parts).Select(path => Path.GetFileName(path));

    public long PartBytes => new DirectoryInfo(_parts).EnumerateFiles().Sum(file => file.Length);

    public IEnumerable<long> PieceNumbers => Directory.EnumerateFiles(_pieces, "*.car").Select(path => long.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture));

    /// <summary>Fills a buffer from a piece's file; false when there is no such file, or no such bytes in it.</summary>
    public bool TryRead(long number, long offset, Span<byte> destination)
    {
        try
        {
            SafeFileHandle file = _open.GetOrAdd(number, key => File.OpenHandle(PiecePath(key), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            for (int filled = 0; filled < destination.Length;)
            {
                int read = RandomAccess.Read(file, destination[filled..], offset + filled);
                if (read == 0)
                    return false;
                filled += read;
            }
            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException) // it went meanwhile
        {
            return false;
        }
    }

    public IRangeSource OpenPiece(long number, long length) => new PieceRange(this, number, length);

    public void DeletePiece(long number)
    {
        File.Delete(PiecePath(number));
        if (_open.TryRemove(number, out SafeFileHandle? file))
            file.Dispose();
    }

    public void DeletePart(string file) => File.Delete(PartPath(file));

    public void Dispose()
    {
        foreach (SafeFileHandle file in _open.Values)
            file.Dispose();
    }

    private sealed class PieceRange(PieceFolder folder, long number, long length) : IRangeSource
    {
        public long Length => length;

        public ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellation) =>
            folder.TryRead(number, offset, destination.Span) ? ValueTask.CompletedTask : throw new IOException($"bytes {offset} to {offset + destination.Length} of piece {number} are not here");
    }
}
