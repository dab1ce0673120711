using System.Text.Json;
using Flashback.Files.Content;
using Flashback.Proofs;
using Flashback.State.Store;

namespace Flashback.Gateway.Objects;

/// <summary>Makes the index anew out of the pieces that the network has: blocks lie where the archives say, and buckets and objects are what the last manifest says of them.</summary>
/// <remarks>
/// A piece is fetched whole and checked against CommP before anything in it is believed, one at a time. What was not in a closed piece yet when the index was
/// lost is lost with it. Run again after a crash, it begins anew.
/// </remarks>
public sealed class IndexRebuild
{
    private static readonly byte[] SequencePrefix = "rebuild "u8.ToArray();

    // Pieces that were left out have numbers that nobody knows: new ones begin far behind.
    private const long NumbersOfMissing = 1 << 20;

    private readonly IStore _store;
    private readonly IPieceNetwork _network;
    private readonly string _scratch;
    private long _lastPiece, _lastSequence;

    private IndexRebuild(IStore store, IPieceNetwork network, string scratch) => (_store, _network, _scratch) = (store, network, scratch);

    /// <summary>Rebuilds an index.</summary>
    /// <param name="store">Opened with <see cref="ObjectStore.Columns"/>; what is in it is forgotten.</param>
    /// <param name="network">Has the pieces.</param>
    /// <param name="folder">Where the gateway keeps things; there has to be room for the largest piece.</param>
    /// <param name="cancellation">Gives up; the index is useless then.</param>
    /// <returns>Pieces that were left out, with the reason.</returns>
    public static async Task<IReadOnlyList<(Piece Piece, string Reason)>> RunAsync(IStore store, IPieceNetwork network, string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        IndexRebuild rebuild = new(store, network, Path.Combine(folder, "rebuild.car"));
        rebuild.Clear();
        List<(Piece, string)> leftOut = [];
        await foreach (Piece piece in network.ListAsync(cancellation).ConfigureAwait(false))
        {
            try
            {
                await rebuild.AddAsync(piece, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or InvalidDataException)
            {
                leftOut.Add((piece, e.Message));
            }
        }
        rebuild.Finish(leftOut.Count > 0);
        File.Delete(rebuild._scratch);
        return leftOut;
    }

    private void Clear()
    {
        WriteBatch batch = new();
        foreach (Column column in ObjectStore.Columns)
            batch.DeleteRange(column, KeyRange.All);
        _store.Commit(batch);
    }

    private async Task AddAsync(Piece piece, CancellationToken cancellation)
    {
        using FileStream file = new(_scratch, FileMode.Create, FileAccess.ReadWrite);
        await _network.CopyAsync(piece, file, () => IsPiece(file, piece), cancellation).ConfigureAwait(false);
        (PieceManifest manifest, long length) = await ReadManifestAsync(file, cancellation).ConfigureAwait(false);
        WriteBatch batch = new();
        bool hasDeletions = await AddBlocksAsync(file, manifest, batch, cancellation).ConfigureAwait(false);
        PieceRecord record = new() { Number = manifest.Piece, State = PieceState.Placed, Length = length, Created = default, Commitment = piece.Commitment.ToString(), IsLocal = false, HasDeletions = hasDeletions };
        batch.Put(IndexKeys.Pieces, IndexKeys.Number(manifest.Piece), JsonSerializer.SerializeToUtf8Bytes(record, RecordJson.Records.PieceRecord));
        _store.Commit(batch, Durability.Buffered);
        _lastPiece = Math.Max(_lastPiece, manifest.Piece);
    }

    private static async Task<(PieceManifest Manifest, long Length)> ReadManifestAsync(FileStream file, CancellationToken cancellation)
    {
        file.Position = 0;
        PieceManifest? manifest = null;
        long length = 0;
        using CarReader reader = await CarReader.OpenAsync(file, CarEnd.Zeros, cancellation).ConfigureAwait(false);
        while (await reader.MoveNextAsync(cancellation).ConfigureAwait(false))
        {
            length = reader.Offset + reader.Content.Length;
            if (reader.Roots.Count == 1 && reader.Cid.Equals(reader.Roots[0]) && reader.Cid.Codec == Multicodec.Json)
                manifest = ManifestCodec.DecodeRoot(reader.Content.Span);
        }
        return (manifest ?? throw new InvalidDataException("it has no manifest: a gateway did not make it"), length);
    }

    private async Task<bool> AddBlocksAsync(FileStream file, PieceManifest manifest, WriteBatch batch, CancellationToken cancellation)
    {
        const int Enough = 4 << 20;
        file.Position = 0;
        HashSet<string> pages = [.. manifest.Pages];
        bool hasDeletions = false;
        using CarReader reader = await CarReader.OpenAsync(file, CarEnd.Zeros, cancellation).ConfigureAwait(false);
        while (await reader.MoveNextAsync(cancellation).ConfigureAwait(false))
        {
            batch.Put(IndexKeys.Blocks, IndexKeys.Block(reader.Cid, manifest.Piece), IndexKeys.Place(new BlockPlace(reader.Offset, reader.Content.Length)));
            if (reader.Cid.Codec == Multicodec.Json && pages.Contains(reader.Cid.ToString()))
                hasDeletions |= Apply(ManifestCodec.DecodePage(reader.Content.Span));
            if (batch.Size < Enough)
                continue;
            _store.Commit(batch, Durability.Buffered);
            batch.Clear();
        }
        return hasDeletions;
    }

    /// <summary>Takes each change over that is newer than what is known of its object or bucket.</summary>
    /// <returns>Whether something was deleted.</returns>
    private bool Apply(LogEntry[] entries)
    {
        WriteBatch batch = new();
        foreach (LogEntry entry in entries.OrderBy(entry => entry.Sequence))
        {
            byte[] row = entry.Key is null ? IndexKeys.Bucket(entry.Bucket) : IndexKeys.Object(entry.Bucket, entry.Key);
            byte[] sequenceRow = [.. SequencePrefix, .. row];
            if (_store.Get(IndexKeys.Meta, sequenceRow) is { } known && known.AsSpan().SequenceCompareTo(IndexKeys.Number(entry.Sequence)) >= 0)
                continue;
            batch.Put(IndexKeys.Meta, sequenceRow, IndexKeys.Number(entry.Sequence));
            _lastSequence = Math.Max(_lastSequence, entry.Sequence);
            if (entry.Made is not null)
                batch.Put(IndexKeys.Buckets, row, JsonSerializer.SerializeToUtf8Bytes(entry.Made, RecordJson.Records.BucketRecord));
            else if (entry.Object is not null)
                batch.Put(IndexKeys.Objects, row, JsonSerializer.SerializeToUtf8Bytes(entry.Object, RecordJson.Records.ObjectRecord));
            else
                batch.Delete(entry.Key is null ? IndexKeys.Buckets : IndexKeys.Objects, row);
        }
        _store.Commit(batch, Durability.Buffered);
        return entries.Any(entry => entry is { Made: null, Object: null });
    }

    /// <summary>Counts what needs which piece, and lets numbers go on after those that are known.</summary>
    private void Finish(bool arePiecesMissing)
    {
        PieceTable pieces = new(_store);
        WriteBatch batch = new();
        using (IStoreCursor cursor = _store.Scan(IndexKeys.Objects, KeyRange.All))
        {
            while (cursor.MoveNext())
            {
                ObjectRecord record = JsonSerializer.Deserialize(cursor.Value, RecordJson.Records.ObjectRecord)!;
                pieces.AddLive(record.Pieces, 1);
                _lastPiece = record.Pieces.Append(_lastPiece).Max();
                byte[] bucket = cursor.Key[..cursor.Key.IndexOf((byte)0)].ToArray();
                if (_store.Get(IndexKeys.Buckets, bucket) is null) // the piece that told of it is gone
                    batch.Put(IndexKeys.Buckets, bucket, JsonSerializer.SerializeToUtf8Bytes(new BucketRecord(record.Modified), RecordJson.Records.BucketRecord));
            }
        }
        pieces.Save(batch);
        batch.DeleteRange(IndexKeys.Meta, KeyRange.WithPrefix(SequencePrefix));
        batch.Put(IndexKeys.Meta, IndexKeys.NextPiece, IndexKeys.Number(_lastPiece + (arePiecesMissing ? NumbersOfMissing : 1)));
        batch.Put(IndexKeys.Meta, IndexKeys.NextSequence, IndexKeys.Number(_lastSequence + 1));
        _store.Commit(batch);
    }

    private static bool IsPiece(FileStream file, Piece piece)
    {
        file.Position = 0;
        return PieceCommitment.Compute(file, out _) == piece;
    }
}
