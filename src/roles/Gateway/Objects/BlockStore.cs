using System.Collections.Concurrent;
using Flashback.Files.Content;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.State.Store;

namespace Flashback.Gateway.Objects;

/// <summary>All blocks in all pieces: read from this machine's files where they are here, else from the network, and verified. Safe for any number of threads.</summary>
/// <remarks>Large blocks in this machine's files are verified once an hour: hashing them would be most of what reading costs.</remarks>
internal sealed class BlockStore(IStoreReader store, PieceTable pieces, PieceFolder folder, IPieceNetwork network, TimeProvider time) : IBlockSource
{
    private const int RememberedBytes = 256 << 10; // smaller ones are hashed each time: there may be very many
    private const int MostRemembered = 1 << 18;

    private static readonly TimeSpan TrustedFor = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<(long Piece, long Offset), long> _verified = new(); // when, as a timestamp

    /// <summary>Whether a piece holds it.</summary>
    public bool Knows(Cid cid) => cid.Hash == Multicodec.Identity || PlacesOf(cid).Count > 0;

    /// <inheritdoc/>
    public async ValueTask<Block> ReadAsync(Cid cid, CancellationToken cancellation)
    {
        if (cid.Hash == Multicodec.Identity)
            return Block.CopyOf(cid.Digest.Span);
        List<(PieceRecord Piece, BlockPlace Place)> places = PlacesOf(cid);
        foreach ((PieceRecord piece, BlockPlace place) in places)
        {
            Block block = Block.Rent(place.Length);
            if (piece.IsLocal && folder.TryRead(piece.Number, place.Offset, block.Memory.Span) && IsRight(cid, piece.Number, place, block))
                return block;
            block.Dispose();
        }
        foreach ((PieceRecord piece, BlockPlace place) in places.Where(place => place.Piece.State >= PieceState.Placed))
        {
            if (await TryFetchAsync(cid, piece, place, cancellation).ConfigureAwait(false) is { } block)
                return block;
        }
        throw places.Count == 0
            ? new BlockUnavailableException(cid, isKnown: false, "no piece holds it")
            : new BlockUnavailableException(cid, isKnown: true, $"of the pieces that hold it ({string.Join(", ", places.Select(place => place.Piece.Number))}) none can be read now");
    }

    /// <inheritdoc/>
    public async ValueTask<int> GetLengthAsync(Cid cid, CancellationToken cancellation)
    {
        if (cid.Hash != Multicodec.Identity && PlacesOf(cid) is [var first, ..])
            return first.Place.Length;
        using Block block = await ReadAsync(cid, cancellation).ConfigureAwait(false);
        return block.Memory.Length;
    }

    /// <inheritdoc/>
    public IVerifiedBlock? FindVerified(Cid cid)
    {
        foreach ((PieceRecord piece, BlockPlace place) in cid.Hash == Multicodec.Identity ? [] : PlacesOf(cid))
        {
            if (piece.IsLocal && IsTrusted(piece.Number, place))
                return new LocalBlock(folder, piece.Number, place);
        }
        return null;
    }

    private bool IsTrusted(long piece, BlockPlace place) => _verified.TryGetValue((piece, place.Offset), out long when) && time.GetElapsedTime(when) < TrustedFor;

    private bool IsRight(Cid cid, long piece, BlockPlace place, Block block)
    {
        if (IsTrusted(piece, place))
            return true;
        bool isRight = cid.IsOf(block.Memory.Span);
        if (place.Length < RememberedBytes)
            return isRight;
        if (_verified.Count >= MostRemembered)
            _verified.Clear();
        if (isRight)
            _verified[(piece, place.Offset)] = time.GetTimestamp();
        else
            _verified.TryRemove((piece, place.Offset), out _);
        return isRight;
    }

    private async ValueTask<Block?> TryFetchAsync(Cid cid, PieceRecord piece, BlockPlace place, CancellationToken cancellation)
    {
        Block block = Block.Rent(place.Length);
        try
        {
            await network.ReadAsync(Identify(piece), place.Offset, block.Memory, bytes => cid.IsOf(bytes.Span), cancellation).ConfigureAwait(false);
            if (cid.IsOf(block.Memory.Span))
                return block;
        }
        catch (IOException)
        {
            // another piece may hold it
        }
        catch
        {
            block.Dispose();
            throw;
        }
        block.Dispose();
        return null;
    }

    /// <summary>A piece as the network knows it.</summary>
    internal static Piece Identify(PieceRecord piece) => new(FixedBytes.Parse<Hash32>(piece.Commitment), PaddedSize.Holding(piece.Length));

    private List<(PieceRecord Piece, BlockPlace Place)> PlacesOf(Cid cid)
    {
        List<(PieceRecord, BlockPlace)> places = [];
        using IStoreCursor cursor = store.Scan(IndexKeys.Blocks, KeyRange.WithPrefix(cid.ToVersion1().Bytes.Span));
        while (cursor.MoveNext())
        {
            long number = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(cursor.Key[^8..]);
            if (cursor.Key.Length == cid.ToVersion1().Bytes.Length + 8 && pieces.FindNeeded(number) is { } piece)
                places.Add((piece, IndexKeys.ReadPlace(cursor.Value)));
        }
        return places;
    }

    private sealed class LocalBlock(PieceFolder folder, long piece, BlockPlace place) : IVerifiedBlock
    {
        public int Length => place.Length;

        public bool TryRead(int offset, Span<byte> destination) => folder.TryRead(piece, place.Offset + offset, destination);
    }
}
