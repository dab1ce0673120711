using System.Buffers;
using System.Runtime.InteropServices;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>The upper rows of a piece's tree of data: 64 bytes for each 256 KiB. With them a part of the piece is opened by reading one such chunk, not all of it.</summary>
/// <remarks>Immutable, so any number of threads may open. Node i lies at place i, its children at 2·i and 2·i + 1; the chunks' roots are the last row.</remarks>
public sealed class PieceTree
{
    private readonly Hash32[] _upper;

    /// <summary>The tree of a piece from the roots of its chunks.</summary>
    /// <param name="size">The piece's size.</param>
    /// <param name="chunkRoots">The root of each chunk of 256 KiB that is not all zeros, in order; of a smaller piece, its own.</param>
    /// <exception cref="ArgumentException">There are more chunks than the piece has.</exception>
    public PieceTree(PaddedSize size, ReadOnlySpan<Hash32> chunkRoots)
    {
        int chunkHeight = Math.Min(size.TreeHeight, PieceCommitment.ChunkHeight), width = 1 << (size.TreeHeight - chunkHeight);
        if (chunkRoots.Length > width)
            throw new ArgumentException($"{chunkRoots.Length} chunks are more than a piece of {size} bytes has", nameof(chunkRoots));
        ChunkCount = chunkRoots.Length;
        _upper = new Hash32[2 * width];
        _upper.AsSpan(width).Fill(DataTree.ZeroNode(chunkHeight));
        chunkRoots.CopyTo(_upper.AsSpan(width));
        for (; width > 1; width /= 2)
            DataTree.HashRow(MemoryMarshal.AsBytes(_upper.AsSpan(width, width)), MemoryMarshal.AsBytes(_upper.AsSpan(width / 2, width / 2)));
        Piece = new Piece(_upper[1], size);
    }

    /// <summary>The piece.</summary>
    public Piece Piece { get; }

    /// <summary>The roots that the tree was made of, to be kept.</summary>
    public ReadOnlySpan<Hash32> ChunkRoots => _upper.AsSpan(_upper.Length / 2, ChunkCount);

    private int ChunkCount { get; }

    /// <summary>Opens a part of the piece: what <see cref="PieceOpening.Verify"/> takes. Nothing of what is read is verified.</summary>
    /// <param name="payload">The piece as its owner has it; what its end leaves out is zeros.</param>
    /// <param name="height">The part has 2^height nodes of 32 bytes; a chunk at most.</param>
    /// <param name="place">Which part, among those of its height.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such part.</exception>
    /// <exception cref="IOException">The payload cannot be read.</exception>
    public byte[] Open(Stream payload, int height, ulong place)
    {
        ArgumentNullException.ThrowIfNull(payload);
        int rows = Piece.Size.TreeHeight, chunkHeight = Math.Min(rows, PieceCommitment.ChunkHeight);
        ArgumentOutOfRangeException.ThrowIfNegative(height);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, chunkHeight);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, 1UL << (rows - height));
        byte[] opening = new byte[PieceOpening.LengthOf(rows, height)];
        int chunk = (int)(place >> (chunkHeight - height)), first = (int)(place - ((ulong)chunk << (chunkHeight - height)));
        byte[] nodes = ArrayPool<byte>.Shared.Rent(DataTree.NodeLength << chunkHeight);
        try
        {
            ReadChunk(payload, chunk, nodes.AsSpan(0, DataTree.NodeLength << chunkHeight));
            OpenChunk(nodes.AsSpan(0, DataTree.NodeLength << chunkHeight), height, first, opening);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(nodes);
        }
        Span<Hash32> siblings = MemoryMarshal.Cast<byte, Hash32>(opening.AsSpan((DataTree.NodeLength << height) + (DataTree.NodeLength * (chunkHeight - height))));
        for (int node = (_upper.Length / 2) + chunk, row = 0; node > 1; node /= 2, row++)
            siblings[row] = _upper[node ^ 1];
        return opening;
    }

    /// <summary>The part, and the siblings on the way up to the chunk's root. The nodes are used up.</summary>
    private static void OpenChunk(Span<byte> nodes, int height, int place, Span<byte> opening)
    {
        int length = DataTree.NodeLength << height;
        nodes.Slice(place * length, length).CopyTo(opening);
        Span<byte> siblings = opening[length..];
        for (int row = 0; nodes.Length > DataTree.NodeLength; row++, nodes = nodes[..(nodes.Length / 2)])
        {
            if (row >= height)
            {
                int sibling = (place >> (row - height)) ^ 1;
                nodes.Slice(sibling * DataTree.NodeLength, DataTree.NodeLength).CopyTo(siblings);
                siblings = siblings[DataTree.NodeLength..];
            }
            DataTree.HashRow(nodes, nodes[..(nodes.Length / 2)]);
        }
    }

    private static void ReadChunk(Stream payload, int chunk, Span<byte> nodes)
    {
        int length = nodes.Length / Fr32.PaddedGroup * Fr32.UnpaddedGroup;
        byte[] data = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            long begin = (long)chunk * PieceCommitment.UnpaddedChunk;
            int read = 0;
            if (begin < payload.Length)
            {
                payload.Position = begin;
                read = payload.ReadAtLeast(data.AsSpan(0, length), length, throwOnEndOfStream: false);
            }
            data.AsSpan(read, length - read).Clear();
            Fr32.Pad(data.AsSpan(0, length), nodes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(data);
        }
    }
}
