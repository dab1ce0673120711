using Flashback.Files.Content;
using Flashback.Proofs;
using Flashback.State.Store;
using Microsoft.Extensions.Logging;

namespace Flashback.Gateway.Objects;

/// <summary>What must hold of the object that is there, for it to be replaced; throws <see cref="ObjectException"/> where it does not.</summary>
public delegate void Precondition(ObjectRecord? present);

/// <summary>Buckets and objects, over pieces that the network stores. What is acknowledged is on the disk. Safe for any number of threads.</summary>
/// <remarks>Contents go into pieces as blocks; the index says which object has which root, and where each block lies. One writer changes it (<see cref="IndexWriter"/>).</remarks>
public sealed class ObjectStore : IAsyncDisposable
{
    /// <summary>Bytes of the largest object: 5 TiB, as in S3.</summary>
    public const long MostBytes = 5L << 40;

    // Each content that streams in holds up to 2 MiB: so many at once, and others wait their turn.
    private const int MostReceived = 256;

    private readonly SemaphoreSlim _turns = new(MostReceived);
    private readonly IStore _store;
    private readonly IPieceNetwork _network;
    private readonly GatewayOptions _options;
    private readonly PieceFolder _folder;
    private readonly SharedPiece _shared;
    private readonly IndexWriter _writer;
    private readonly BlockStore _blocks;
    private readonly long _capacity;

    private ObjectStore(IStore store, IPieceNetwork network, GatewayOptions options, TimeProvider time, ILogger log)
    {
        (_store, _network, _options, Time) = (store, network, options, time);
        _capacity = network.LargestPiece.Unpadded.Bytes;
        _folder = new PieceFolder(options.Folder);
        PieceTable pieces = new(store);
        Remains.Clear(store, pieces, _folder);
        _shared = new SharedPiece(store, pieces, _folder, _capacity, time);
        _writer = new IndexWriter(store, pieces, _shared, log);
        _blocks = new BlockStore(store, pieces, _folder, network, time);
        Uploads = new UploadStore(this, store, _folder, _writer);
        Placement = new PiecePlacement(store, pieces, _folder, _writer, network, options, time, Uploads, log);
    }

    /// <summary>The columns that a store is opened with.</summary>
    public static IReadOnlyList<Column> Columns { get; } =
        [IndexKeys.Buckets, IndexKeys.Objects, IndexKeys.Uploads, IndexKeys.Parts, IndexKeys.Pieces, IndexKeys.Blocks, IndexKeys.Log, IndexKeys.Meta];

    /// <summary>All blocks, verified when they are read.</summary>
    public IBlockSource Blocks => _blocks;

    /// <summary>Uploads in parts.</summary>
    public UploadStore Uploads { get; }

    /// <summary>Brings pieces to the network.</summary>
    public PiecePlacement Placement { get; }

    internal TimeProvider Time { get; }

    /// <summary>Takes up what is in a store and folder. What a crash left behind that was acknowledged to nobody is deleted.</summary>
    /// <param name="store">Opened with <see cref="Columns"/>; whoever opened it closes it, after this.</param>
    /// <param name="network">Stores pieces.</param>
    /// <param name="options">How things are kept.</param>
    /// <param name="time">The time.</param>
    /// <param name="log">The log.</param>
    /// <exception cref="InvalidDataException">Bytes that were acknowledged are not there, or sectors are too small for a block.</exception>
    public static ObjectStore Open(IStore store, IPieceNetwork network, GatewayOptions options, TimeProvider time, ILogger log) =>
        network.LargestPiece.Bytes >= 2L * FileImport.ChunkBytes
            ? new ObjectStore(store, network, options, time, log)
            : throw new InvalidDataException($"pieces of {network.LargestPiece.Bytes} bytes hold no block of a file and its manifest: 2 MiB are the least");

    /// <summary>Whether a block is in any piece, whether or not it can be read now.</summary>
    public bool Knows(Cid cid) => _blocks.Knows(cid);

    /// <summary>Makes a bucket.</summary>
    public Task CreateBucketAsync(string bucket, CancellationToken cancellation)
    {
        ObjectNames.CheckBucket(bucket);
        return _writer.CommitAsync(
            new Change(bucket, null)
            {
                Check = store =>
                {
                    if (ObjectIndex.FindBucket(store, bucket) is not null)
                        throw new ObjectException(ObjectFault.BucketAlreadyOwnedByYou, $"the bucket {bucket} is there already");
                },
                Apply = (round, _) => round.SetBucket(bucket, new BucketRecord(Time.GetUtcNow())),
            },
            cancellation);
    }

    /// <summary>Removes an empty bucket. Uploads that were begun in it are aborted.</summary>
    public async Task DeleteBucketAsync(string bucket, CancellationToken cancellation)
    {
        await _writer.CommitAsync(
            new Change(bucket, null)
            {
                Check = store =>
                {
                    ObjectIndex.RequireBucket(store, bucket);
                    if (!ObjectIndex.IsEmpty(store, IndexKeys.Objects, bucket))
                        throw new ObjectException(ObjectFault.BucketNotEmpty, $"there are objects in the bucket {bucket}");
                },
                Apply = (round, _) => round.SetBucket(bucket, null),
            },
            cancellation).ConfigureAwait(false);
        await Uploads.AbortAllAsync(bucket, cancellation).ConfigureAwait(false);
    }

    /// <summary>All buckets by name.</summary>
    public IReadOnlyList<(string Name, BucketRecord Bucket)> ListBuckets() => ObjectIndex.ListBuckets(_store);

    /// <summary>A bucket.</summary>
    /// <exception cref="ObjectException">There is none.</exception>
    public BucketRecord GetBucket(string bucket) => ObjectIndex.FindBucket(_store, bucket) ?? throw new ObjectException(ObjectFault.NoSuchBucket, $"there is no bucket {bucket}");

    /// <summary>An object.</summary>
    /// <exception cref="ObjectException">There is none.</exception>
    public ObjectRecord GetObject(string bucket, string key)
    {
        ObjectIndex.RequireBucket(_store, bucket);
        return ObjectIndex.FindObject(_store, bucket, key) ?? throw new ObjectException(ObjectFault.NoSuchKey, $"there is no object of that key in the bucket {bucket}");
    }

    /// <summary>How far the pieces have come that hold an object, in the order of their numbers.</summary>
    /// <exception cref="IOException">The network does not tell.</exception>
    public async Task<IReadOnlyList<PieceProgress>> GetProgressAsync(ObjectRecord item, CancellationToken cancellation)
    {
        List<PieceProgress> progress = [];
        foreach (long number in item.Pieces.Order())
        {
            if (Placement.Pieces.FindNeeded(number) is not { } piece)
                continue;
            progress.Add(new PieceProgress(piece, piece.State is PieceState.Placed or PieceState.Stored ? await _network.StatusAsync(BlockStore.Identify(piece), cancellation).ConfigureAwait(false) : null));
        }
        return progress;
    }

    /// <summary>What it costs to have a content kept that shares its pieces with no other: the most that it may cost by the offers of this moment.</summary>
    /// <param name="bytes">Of all its blocks.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">The network does not tell.</exception>
    public async Task<StorageQuote> QuoteAsync(long bytes, CancellationToken cancellation)
    {
        long archive = bytes + (((bytes / FileImport.ChunkBytes) + 1) * (Varint.MostBytes + Cid.MostBytes)) + ManifestCodec.MostBytes(0);
        long padded = (archive / _capacity * _network.LargestPiece.Bytes) + PaddedSize.Holding(archive % _capacity).Bytes;
        StorageQuote quote = await _network.QuoteAsync(padded, cancellation).ConfigureAwait(false);
        return quote with { Refusal = quote.Refusal ?? await _network.RefusalAsync(bytes, cancellation).ConfigureAwait(false) };
    }

    /// <summary>All deals that are not over.</summary>
    /// <exception cref="IOException">The network does not tell.</exception>
    public ValueTask<IReadOnlyList<DealStatus>> ListDealsAsync(CancellationToken cancellation) => _network.ListDealsAsync(cancellation);

    /// <summary>The account that pays.</summary>
    /// <exception cref="IOException">The network does not tell.</exception>
    public ValueTask<WalletStatus> GetWalletAsync(CancellationToken cancellation) => _network.GetWalletAsync(cancellation);

    /// <summary>A part of a bucket's list.</summary>
    /// <exception cref="ObjectException">There is no such bucket.</exception>
    public ListPage ListObjects(string bucket, ListQuery query)
    {
        ObjectIndex.RequireBucket(_store, bucket);
        return ObjectIndex.ListObjects(_store, bucket, query);
    }

    /// <summary>Puts an object: its content is read to the end, then it is there as a whole.</summary>
    /// <param name="bucket">Where.</param>
    /// <param name="key">Under which key.</param>
    /// <param name="content">Read once; what it throws is thrown here, and nothing is left behind.</param>
    /// <param name="describe">Makes the record, after all was read.</param>
    /// <param name="precondition">Checked when the object is written, not before.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ObjectException">It is refused.</exception>
    public Task<ObjectRecord> PutAsync(string bucket, string key, Stream content, Func<ImportedContent, ObjectRecord> describe, Precondition? precondition, CancellationToken cancellation)
    {
        ObjectNames.CheckKey(key);
        return PutAsync(bucket, spool => spool.ReceiveAsync(content, cancellation), new PutTerms(_ => key, describe) { Precondition = precondition }, cancellation);
    }

    /// <summary>Puts an object whose key is its content's identifier.</summary>
    /// <exception cref="ObjectException">It is refused.</exception>
    public Task<ObjectRecord> PutByCidAsync(string bucket, Stream content, Func<ImportedContent, ObjectRecord> describe, CancellationToken cancellation) =>
        PutAsync(bucket, spool => spool.ReceiveAsync(content, cancellation), new PutTerms(imported => imported.Cid.ToString(), describe), cancellation);

    /// <summary>Puts a content of several parts, a folder, as one object; its key is its identifier.</summary>
    /// <param name="bucket">Where.</param>
    /// <param name="import">Gives the blocks, parts before what links to them; what it throws is thrown here, and nothing is left behind.</param>
    /// <param name="describe">Makes the record, after all was read.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ObjectException">It is refused.</exception>
    public Task<ObjectRecord> PutBlocksAsync(string bucket, Func<IBlockSink, Task<ImportedContent>> import, Func<ImportedContent, ObjectRecord> describe, CancellationToken cancellation) =>
        PutAsync(bucket, spool => spool.ReceiveAsync(import), new PutTerms(imported => imported.Cid.ToString(), describe), cancellation);

    /// <summary>Puts an object of the same content as another.</summary>
    /// <exception cref="ObjectException">It is refused.</exception>
    public async Task<ObjectRecord> CopyAsync(ObjectRecord source, string bucket, string key, ObjectRecord copy, Precondition? precondition, CancellationToken cancellation)
    {
        ObjectNames.CheckKey(key);
        copy = copy with { Pieces = source.Pieces };
        await _writer.CommitAsync(
            new Change(bucket, key)
            {
                EntryBytes = EntryBytes(copy, 0),
                Check = store => CheckPut(store, bucket, key, new PutTerms(_ => key, _ => copy) { Precondition = precondition, AlsoNeeds = source.Pieces }),
                Apply = (round, _) => round.SetObject(bucket, key, copy),
            },
            cancellation).ConfigureAwait(false);
        return copy;
    }

    /// <summary>Removes an object; nothing happens where there is none.</summary>
    /// <exception cref="ObjectException">There is no such bucket, or the condition does not hold.</exception>
    public Task DeleteAsync(string bucket, string key, Precondition? precondition, CancellationToken cancellation) => _writer.CommitAsync(
        new Change(bucket, key)
        {
            Check = store =>
            {
                ObjectIndex.RequireBucket(store, bucket);
                precondition?.Invoke(ObjectIndex.FindObject(store, bucket, key));
            },
            Apply = (round, _) => round.SetObject(bucket, key, null),
        },
        cancellation);

    /// <summary>Sends what waits for company in the open piece on its way now.</summary>
    public Task FlushAsync(CancellationToken cancellation) => _writer.RotateAsync(cancellation);

    /// <summary>Finishes what was begun. The store is the caller's to close.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        _shared.Dispose();
        _folder.Dispose();
        _turns.Dispose();
    }

    /// <summary>Takes a content in when it is its turn.</summary>
    /// <exception cref="ObjectException">It does not come within the time that a body may be silent.</exception>
    internal async Task<T> ReceiveInTurnAsync<T>(Func<Task<T>> receive, CancellationToken cancellation)
    {
        if (!await _turns.WaitAsync(_options.Patience, cancellation).ConfigureAwait(false))
            throw new ObjectException(ObjectFault.SlowDown, "too many uploads at once");
        try
        {
            return await receive().ConfigureAwait(false);
        }
        finally
        {
            _turns.Release();
        }
    }

    internal Task<ObjectRecord> PutAsync(string bucket, Func<ContentSpool, Task> receive, PutTerms terms, CancellationToken cancellation) =>
        ReceiveInTurnAsync(() => PutNowAsync(bucket, receive, terms, cancellation), cancellation);

    private async Task<ObjectRecord> PutNowAsync(string bucket, Func<ContentSpool, Task> receive, PutTerms terms, CancellationToken cancellation)
    {
        ObjectIndex.RequireBucket(_store, bucket);
        await RequireRoomAsync(0, cancellation).ConfigureAwait(false);
        using ContentSpool spool = new(_folder, _shared.TakeNumber, _capacity);
        await receive(spool).ConfigureAwait(false);
        await RequireRoomAsync(spool.Content.Tsize, cancellation).ConfigureAwait(false);
        string key = terms.Name(spool.Content);
        ObjectRecord record = terms.Describe(spool.Content) with { Cid = spool.Content.Cid.ToString(), Size = spool.Content.Size, Tsize = spool.Content.Tsize };
        long entryBytes = EntryBytes(record, spool.PieceCount + terms.AlsoNeeds.Count);
        spool.Finish(_shared.RoomWhenEmpty(entryBytes));
        await _writer.CommitAsync(
            new Change(bucket, key)
            {
                Content = spool,
                EntryBytes = entryBytes,
                Check = store => CheckPut(store, bucket, key, terms),
                Apply = (round, pieces) =>
                {
                    record = record with { Pieces = [.. pieces.Concat(terms.AlsoNeeds).Distinct()] };
                    round.SetObject(bucket, key, record);
                    terms.Also?.Invoke(round);
                },
            },
            cancellation).ConfigureAwait(false);
        return record;
    }

    /// <summary>Refuses what there is no room for here, or what nobody pays for.</summary>
    internal async ValueTask RequireRoomAsync(long bytes, CancellationToken cancellation)
    {
        if (_folder.Room < _options.SparedBytes)
            throw new ObjectException(ObjectFault.SlowDown, "there is no room on the gateway's disk until older pieces are stored");
        if (await _network.RefusalAsync(bytes, cancellation).ConfigureAwait(false) is { } refusal)
            throw new ObjectException(ObjectFault.SlowDown, refusal);
    }

    /// <summary>What a record takes in a manifest beyond its words: the sizes of its parts, the numbers of its pieces.</summary>
    private static long EntryBytes(ObjectRecord record, int morePieces) => 20L * ((record.Parts?.Count ?? 0) + record.Pieces.Count + morePieces);

    private void CheckPut(IStoreReader store, string bucket, string key, PutTerms terms)
    {
        ObjectIndex.RequireBucket(store, bucket);
        terms.AlsoCheck?.Invoke(store);
        terms.Precondition?.Invoke(ObjectIndex.FindObject(store, bucket, key));
        if (terms.AlsoNeeds.FirstOrDefault(number => Placement.Pieces.FindNeeded(number) is null) is > 0 and var gone)
            throw new ObjectException(ObjectFault.NoSuchKey, $"piece {gone}, which holds the content, was given up meanwhile");
    }

    /// <summary>What goes with putting an object: how it is called and described, once its content is known.</summary>
    internal sealed record PutTerms(Func<ImportedContent, string> Name, Func<ImportedContent, ObjectRecord> Describe)
    {
        public Precondition? Precondition { get; init; }

        public IReadOnlyList<long> AlsoNeeds { get; init; } = [];

        public Action<IStoreReader>? AlsoCheck { get; init; }

        public Action<WriterRound>? Also { get; init; }
    }
}
