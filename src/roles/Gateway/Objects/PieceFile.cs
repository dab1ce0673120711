using Flashback.Files.Content;
using Microsoft.Win32.SafeHandles;

namespace Flashback.Gateway.Objects;

/// <summary>A piece in the making: an archive on the disk that blocks are added to. One thread at a time.</summary>
/// <remarks>Its header has room for one root, which is written last: the manifest.</remarks>
internal sealed class PieceFile : IDisposable
{
    private static readonly Cid NoManifest = Cid.Of(Multicodec.Json, []);

    private readonly SafeFileHandle _file;
    private readonly Dictionary<Cid, BlockPlace> _places = [];
    private readonly byte[] _head = new byte[Varint.MostBytes + Cid.MostBytes];

    private PieceFile(string path, long number, SafeFileHandle file, long length) => (Path, Number, _file, Length) = (path, number, file, length);

    /// <summary>Bytes of the header.</summary>
    public static int HeaderBytes { get; } = CarFormat.EncodeHeader([NoManifest]).Length;

    /// <summary>Where it lies.</summary>
    public string Path { get; }

    /// <summary>The piece's number.</summary>
    public long Number { get; }

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>The blocks that were added since the file was opened.</summary>
    public IReadOnlyDictionary<Cid, BlockPlace> Places => _places;

    /// <summary>Begins a piece.</summary>
    public static PieceFile Create(string path, long number)
    {
        PieceFile piece = new(path, number, File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete), 0);
        piece.Write(CarFormat.EncodeHeader([NoManifest]));
        return piece;
    }

    /// <summary>Goes on with a piece whose first bytes are certain; what was written after them and acknowledged to nobody is cut off.</summary>
    /// <exception cref="InvalidDataException">The file is shorter.</exception>
    public static PieceFile Reopen(string path, long number, long length)
    {
        SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        if (RandomAccess.GetLength(file) < length)
        {
            file.Dispose();
            throw new InvalidDataException($"{path} is shorter than the {length} bytes that were written and acknowledged");
        }
        RandomAccess.SetLength(file, length);
        return new PieceFile(path, number, file, length);
    }

    /// <summary>Adds a block, if it is not there since the file was opened.</summary>
    public BlockPlace Add(Cid cid, ReadOnlyMemory<byte> block)
    {
        if (_places.TryGetValue(cid, out BlockPlace place))
            return place;
        int head = CarFormat.WriteSectionHead(_head, cid, block.Length);
        place = new BlockPlace(Length + head, block.Length);
        RandomAccess.Write(_file, [_head.AsMemory(0, head), block], Length);
        Length += head + block.Length;
        _places.Add(cid, place);
        return place;
    }

    /// <summary>Reads a block that was added.</summary>
    public void Read(BlockPlace place, Span<byte> destination)
    {
        for (int read = 0; read < place.Length;)
            read += RandomAccess.Read(_file, destination[read..place.Length], place.Offset + read) is > 0 and var count ? count : throw new EndOfStreamException($"{Path} is cut short");
    }

    /// <summary>Forgets where blocks are: those of a round are in the index.</summary>
    public void ForgetPlaces() => _places.Clear();

    /// <summary>Returns when everything is on the disk.</summary>
    public void Flush() => RandomAccess.FlushToDisk(_file);

    /// <summary>Adds the manifest, names it in the header, and returns when everything is on the disk.</summary>
    public void Close(IEnumerable<ReadOnlyMemory<byte>> entries)
    {
        Cid root = ManifestCodec.Write(this, entries);
        RandomAccess.Write(_file, CarFormat.EncodeHeader([root]), 0);
        Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Write(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_file, bytes, Length);
        Length += bytes.Length;
    }
}
