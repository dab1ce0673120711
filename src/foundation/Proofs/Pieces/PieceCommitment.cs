using System.Buffers;
using System.Runtime.InteropServices;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>CommP: the commitment to a stream's bytes, extended by zeros to the next 127 · 2^k.</summary>
/// <remarks>
/// Workers take turns at reading a chunk; each pads and hashes its chunk by itself. A worker holds two chunks of memory, and 32 bytes stay
/// for every 256 KiB read.
/// </remarks>
public static class PieceCommitment
{
    private const int ChunkDoublings = 11;

    /// <summary>Rows of a chunk's tree above its nodes.</summary>
    internal const int ChunkHeight = 2 + ChunkDoublings;

    /// <summary>Bytes of a chunk as its owner has them.</summary>
    internal const int UnpaddedChunk = Fr32.UnpaddedGroup << ChunkDoublings;

    /// <summary>Bytes of a chunk's nodes.</summary>
    internal const int PaddedChunk = Fr32.PaddedGroup << ChunkDoublings;

    /// <summary>The piece that a stream's bytes are, read to the end.</summary>
    /// <param name="payload">A stream of any length, the empty one too.</param>
    /// <param name="length">How many bytes were read.</param>
    /// <param name="workers">How many threads hash; 0 for one a core.</param>
    public static Piece Compute(Stream payload, out long length, int workers = 0) => ComputeTree(payload, out length, workers).Piece;

    /// <summary>As <see cref="Compute(Stream, out long, int)"/>, with what it takes to open the piece later. What the stream throws is thrown here.</summary>
    public static PieceTree ComputeTree(Stream payload, out long length, int workers = 0)
    {
        ArgumentNullException.ThrowIfNull(payload);
        ArgumentOutOfRangeException.ThrowIfNegative(workers);
        Reading reading = new(payload);
        ParallelRanges.For(workers == 0 ? Environment.ProcessorCount : workers, _ => reading.HashChunks(), CancellationToken.None);
        length = reading.Length;
        PaddedSize size = PaddedSize.Holding(length);
        return new PieceTree(size, size.TreeHeight <= ChunkHeight ? [reading.OnlyRoot(size)] : CollectionsMarshal.AsSpan(reading.Roots));
    }

    /// <summary>The piece that these bytes are.</summary>
    public static Piece Compute(byte[] payload)
    {
        using MemoryStream stream = new(payload, writable: false);
        return Compute(stream, out _);
    }

    /// <summary>The commitment to a piece that lies in a sector, padded already, on all cores.</summary>
    /// <param name="data">The sector's data.</param>
    /// <param name="offset">Where the piece begins, in bytes.</param>
    /// <param name="size">How large it is.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public static Hash32 OfNodes(MappedMemory data, long offset, PaddedSize size, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(data);
        int chunk = (int)Math.Min(PaddedChunk, size.Bytes);
        Hash32[] roots = new Hash32[size.Bytes / chunk];
        ParallelRanges.For(roots.Length, HashChunk, cancellation);
        return DataTree.RootInPlace(MemoryMarshal.AsBytes(roots.AsSpan()));

        void HashChunk(long index)
        {
            byte[] nodes = ArrayPool<byte>.Shared.Rent(chunk);
            data.Bytes(offset + index * chunk, chunk).CopyTo(nodes);
            roots[index] = DataTree.RootInPlace(nodes.AsSpan(0, chunk));
            ArrayPool<byte>.Shared.Return(nodes);
        }
    }

    private sealed class Reading(Stream payload)
    {
        private readonly Lock _gate = new();
        private bool _ended;
        private byte[] _first = [];

        public List<Hash32> Roots { get; } = [];

        public long Length { get; private set; }

        public void HashChunks()
        {
            byte[] data = ArrayPool<byte>.Shared.Rent(UnpaddedChunk);
            byte[] nodes = ArrayPool<byte>.Shared.Rent(PaddedChunk);
            try
            {
                while (TryRead(data.AsSpan(0, UnpaddedChunk), out int index))
                {
                    Span<byte> chunk = nodes.AsSpan(0, PaddedChunk);
                    Fr32.Pad(data.AsSpan(0, UnpaddedChunk), chunk);
                    Hash32 root = DataTree.RootInPlace(chunk);
                    lock (_gate)
                        Roots[index] = root;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(data);
                ArrayPool<byte>.Shared.Return(nodes);
            }
        }

        /// <summary>The root when the whole piece is no larger than a chunk.</summary>
        public Hash32 OnlyRoot(PaddedSize size)
        {
            byte[] data = new byte[size.Unpadded.Bytes];
            _first.CopyTo(data, 0);
            byte[] nodes = new byte[size.Bytes];
            Fr32.Pad(data, nodes);
            return DataTree.RootInPlace(nodes);
        }

        private bool TryRead(Span<byte> data, out int index)
        {
            lock (_gate)
            {
                index = Roots.Count;
                if (_ended)
                    return false;
                int read = payload.ReadAtLeast(data, data.Length, throwOnEndOfStream: false);
                _ended = read < data.Length;
                if (index == 0)
                    _first = _ended ? data[..read].ToArray() : data.ToArray();
                if (read == 0)
                    return false;
                data[read..].Clear();
                Roots.Add(DataTree.ZeroNode(ChunkHeight));
                Length += read;
                return true;
            }
        }
    }
}
