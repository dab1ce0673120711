using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Flashback.Primitives;
using Flashback.Proofs;
using Microsoft.Win32.SafeHandles;

namespace Flashback.Provider;

/// <summary>Readable copies of pieces, a file each, and uploads that are under way. A file under a piece's own name is whole and has its CommP. Safe to share between threads.</summary>
/// <param name="folder">The folder; made when something comes.</param>
public sealed class PieceShelf(string folder) : IDisposable
{
    private const int MostChunks = 1 << 18; // of 256 KiB: 64 GiB
    private const int MostUploads = 256; // each holds half a MiB of memory

    private readonly ConcurrentDictionary<Hash32, PieceUpload> _uploads = [];

    /// <summary>The length of a piece that is here; null where it is not.</summary>
    public long? LengthOf(in Hash32 commP) => new FileInfo(PathOf(commP)) is { Exists: true } file ? file.Length : null;

    /// <summary>Opens a piece that is here; null where it is not. The caller disposes it.</summary>
    public SafeFileHandle? Open(in Hash32 commP)
    {
        try
        {
            return File.OpenHandle(PathOf(commP), options: FileOptions.None);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>How much of an upload has come; 0 where none was begun.</summary>
    public long OffsetOf(in Hash32 commP) => _uploads.TryGetValue(commP, out PieceUpload? upload) ? upload.Offset
        : new FileInfo(PartOf(commP)) is { Exists: true } part ? part.Length
        : 0;

    /// <summary>The upload of a piece, begun now or earlier; null where too many are under way.</summary>
    public PieceUpload? Upload(ExpectedPiece piece)
    {
        ArgumentNullException.ThrowIfNull(piece);
        if (_uploads.TryGetValue(piece.CommP, out PieceUpload? begun))
            return begun;
        if (_uploads.Count >= MostUploads)
            return null;
        Directory.CreateDirectory(folder);
        return _uploads.GetOrAdd(piece.CommP, _ => new PieceUpload(piece, PartOf(piece.CommP), PathOf(piece.CommP)));
    }

    /// <summary>A piece that is here, to be read from its beginning. The caller disposes it.</summary>
    /// <exception cref="PieceLostException">It is not here.</exception>
    public FileStream Read(in Hash32 commP)
    {
        try
        {
            return new FileStream(PathOf(commP), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new PieceLostException(commP, $"there is no readable copy of piece {commP}");
        }
    }

    /// <summary>Removes a piece and what came of it; who reads it now reads on.</summary>
    public void Remove(in Hash32 commP)
    {
        if (_uploads.TryGetValue(commP, out PieceUpload? upload))
            Close(upload);
        if (!Directory.Exists(folder))
            return;
        foreach (string path in (string[])[PartOf(commP), PathOf(commP), TreeFileOf(commP), RestoredOf(commP)])
            File.Delete(path);
    }

    /// <summary>The upper rows of the tree of a piece that is here: kept beside it, and made again where they are not.</summary>
    /// <exception cref="PieceLostException">The piece is not here, or has been altered.</exception>
    public PieceTree TreeOf(in Hash32 commP)
    {
        using FileStream payload = Read(commP);
        if (ReadTree(commP, payload.Length) is { } kept)
            return kept;
        PieceTree tree = PieceCommitment.ComputeTree(payload, out _);
        if (tree.Piece.Commitment != commP)
        {
            Remove(commP);
            throw new PieceLostException(commP, $"the readable copy of piece {commP} has been altered");
        }
        KeepTree(commP, tree);
        return tree;
    }

    /// <summary>Takes a piece that is written whole, from a sector.</summary>
    /// <exception cref="SectorException">What was written is another piece.</exception>
    public void Restore(in Hash32 commP, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        Directory.CreateDirectory(folder);
        PieceTree tree;
        using (FileStream file = new(RestoredOf(commP), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            write(file);
            file.Flush(flushToDisk: true);
            file.Position = 0;
            tree = PieceCommitment.ComputeTree(file, out _);
        }
        if (tree.Piece.Commitment != commP)
        {
            File.Delete(RestoredOf(commP));
            throw new SectorException($"what was unsealed is piece {tree.Piece.Commitment}, not {commP}");
        }
        KeepTree(commP, tree);
        File.Move(RestoredOf(commP), PathOf(commP), overwrite: true);
    }

    /// <summary>An upload has ended, with the piece or without it.</summary>
    public void Close(PieceUpload upload)
    {
        ArgumentNullException.ThrowIfNull(upload);
        if (_uploads.TryRemove(new KeyValuePair<Hash32, PieceUpload>(upload.Piece.CommP, upload)))
            upload.Dispose();
    }

    /// <summary>Lets go of uploads; what has come of them stays.</summary>
    public void Dispose()
    {
        foreach (PieceUpload upload in _uploads.Values)
            Close(upload);
    }

    private PieceTree? ReadTree(in Hash32 commP, long length)
    {
        if (new FileInfo(TreeFileOf(commP)) is not { Exists: true } file || file.Length is 0 || file.Length % DataTree.NodeLength != 0 || file.Length / DataTree.NodeLength > MostChunks)
            return null;
        try
        {
            PieceTree tree = new(PaddedSize.Holding(length), MemoryMarshal.Cast<byte, Hash32>(File.ReadAllBytes(file.FullName)));
            return tree.Piece.Commitment == commP ? tree : null;
        }
        catch (ArgumentException)
        {
            return null; // of another length
        }
    }

    private void KeepTree(in Hash32 commP, PieceTree tree)
    {
        try
        {
            File.WriteAllBytes(TreeFileOf(commP), MemoryMarshal.AsBytes(tree.ChunkRoots).ToArray());
        }
        catch (IOException)
        {
            // Somebody else is writing the same, or there is no room: it is made again when it is needed. What is cut off does not hash to the piece.
        }
    }

    private string TreeFileOf(in Hash32 commP) => PathOf(commP) + ".tree";

    private string RestoredOf(in Hash32 commP) => PathOf(commP) + ".restored";

    private string PathOf(in Hash32 commP) => Path.Combine(folder, Convert.ToHexStringLower(commP.AsSpan()));

    private string PartOf(in Hash32 commP) => PathOf(commP) + ".part";
}
