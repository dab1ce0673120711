using Flashback.Files.Content;

namespace Flashback.Gateway.Objects;

/// <summary>Takes in a content's blocks before anybody knows whether it will be kept: one block stays in memory, more go into pieces of their own.</summary>
/// <remarks>What is not handed over is gone when this is disposed; after a crash the pieces are found to be nobody's and are deleted.</remarks>
internal sealed class ContentSpool(PieceFolder folder, Func<long> nextPiece, long capacity) : IBlockSink, IDisposable
{
    // Up to here a last piece is copied into the shared one, where the object's record goes; more would hold up others' writes.
    private const long MostCopied = 64 << 20;

    // A record names all pieces of its object, and has to fit into one block.
    private const int MostPieces = 1 << 16;

    private readonly List<PieceFile> _pieces = [];
    private (Cid Cid, Block Block)? _first;
    private bool _isHandedOver;

    /// <summary>What was read; known when it was received.</summary>
    public ImportedContent Content { get; private set; } = null!;

    /// <summary>How many pieces were begun.</summary>
    public int PieceCount => _pieces.Count;

    /// <summary>Pieces that are whole.</summary>
    public IEnumerable<PieceFile> Whole => _pieces.Where(piece => piece != Tail);

    /// <summary>A piece whose blocks are to be copied into the shared one; null for none.</summary>
    public PieceFile? Tail { get; private set; }

    /// <summary>The only block of a small content; null when there are more.</summary>
    public (Cid Cid, ReadOnlyMemory<byte> Block)? Only => _first is { } first ? (first.Cid, first.Block.Memory) : null;

    /// <summary>Bytes that will be added to the shared piece.</summary>
    public long SharedBytes => Only is { } only ? CarFormat.SectionBytes(only.Cid, only.Block.Length) : Tail?.Length ?? 0;

    /// <summary>Reads a content to its end.</summary>
    public Task ReceiveAsync(Stream content, CancellationToken cancellation) => ReceiveAsync(sink => FileImport.ImportAsync(content, sink, cancellation));

    /// <summary>Takes in the blocks of a content.</summary>
    public async Task ReceiveAsync(Func<IBlockSink, Task<ImportedContent>> import) => Content = await import(this).ConfigureAwait(false);

    /// <summary>Decides what becomes of the last piece: it goes into the shared one where that has room for it when it is empty, so that a content and its record share a piece; else it stands alone.</summary>
    /// <param name="room">Bytes of content that an empty shared piece has room for.</param>
    public void Finish(long room)
    {
        if (_pieces.Count == 0)
            return;
        if (_pieces[^1].Length <= Math.Min(MostCopied, room))
            Tail = _pieces[^1];
        else
            CloseLast();
    }

    /// <inheritdoc/>
    public ValueTask AddAsync(Cid cid, ReadOnlyMemory<byte> block, CancellationToken cancellation)
    {
        if (_pieces.Count == 0 && _first is null)
        {
            _first = (cid, Block.CopyOf(block.Span));
            return ValueTask.CompletedTask;
        }
        if (Only is { } only)
        {
            Append(only.Cid, only.Block);
            _first!.Value.Block.Dispose();
            _first = null;
        }
        Append(cid, block);
        return ValueTask.CompletedTask;
    }

    /// <summary>The pieces belong to the index from here on.</summary>
    public void HandOver() => _isHandedOver = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        _first?.Block.Dispose();
        foreach (PieceFile piece in _pieces)
        {
            piece.Dispose();
            if (!_isHandedOver || piece == Tail)
                folder.DeletePiece(piece.Number);
        }
    }

    private void Append(Cid cid, ReadOnlyMemory<byte> block)
    {
        if (_pieces.Count == 0 || _pieces[^1].Length + CarFormat.SectionBytes(cid, block.Length) + ManifestCodec.MostBytes(0) > capacity)
        {
            if (_pieces.Count > 0)
                CloseLast();
            if (_pieces.Count == MostPieces)
                throw new ObjectException(ObjectFault.EntityTooLarge, $"an object lies in at most {MostPieces} pieces of {capacity} bytes");
            long number = nextPiece();
            _pieces.Add(PieceFile.Create(folder.PiecePath(number), number));
        }
        _pieces[^1].Add(cid, block);
    }

    private void CloseLast()
    {
        _pieces[^1].Close([]);
        _pieces[^1].Dispose(); // where its blocks are is known still
    }
}
