using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>CommP of bytes that come bit by bit, in order. One thread at a time; <see cref="PieceCommitment"/> is quicker where all of them are at hand.</summary>
/// <remarks>It holds two chunks of memory, and 32 bytes for every 256 KiB that came.</remarks>
public sealed class PieceHasher
{
    private readonly byte[] _data = new byte[PieceCommitment.UnpaddedChunk];
    private readonly byte[] _nodes = new byte[PieceCommitment.PaddedChunk];
    private readonly List<Hash32> _roots = [];
    private int _filled;

    /// <summary>How many bytes came.</summary>
    public long Length { get; private set; }

    /// <summary>Takes the bytes that come next.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        while (!bytes.IsEmpty)
        {
            if (_filled == _data.Length)
                CloseChunk();
            int taken = Math.Min(bytes.Length, _data.Length - _filled);
            bytes[..taken].CopyTo(_data.AsSpan(_filled));
            _filled += taken;
            bytes = bytes[taken..];
        }
    }

    /// <summary>The piece that all bytes so far are; more may follow.</summary>
    public Piece Finish() => FinishTree().Piece;

    /// <summary>As <see cref="Finish"/>, with what it takes to open the piece later.</summary>
    public PieceTree FinishTree()
    {
        PaddedSize size = PaddedSize.Holding(Length);
        _data.AsSpan(_filled).Clear();
        if (_roots.Count == 0) // no larger than a chunk
        {
            Span<byte> nodes = _nodes.AsSpan(0, (int)size.Bytes);
            Fr32.Pad(_data.AsSpan(0, (int)size.Unpadded.Bytes), nodes);
            return new PieceTree(size, [DataTree.RootInPlace(nodes)]);
        }
        return new PieceTree(size, [.. _roots, ChunkRoot()]);
    }

    private void CloseChunk()
    {
        _roots.Add(ChunkRoot());
        _filled = 0;
    }

    private Hash32 ChunkRoot()
    {
        Fr32.Pad(_data, _nodes);
        return DataTree.RootInPlace(_nodes);
    }
}
