using System.Text.Json;
using Flashback.Files.Content;
using Flashback.State.Store;

namespace Flashback.Gateway.Objects;

/// <summary>Changes that go to the disk together: their blocks into the shared piece, then everything else in one batch.</summary>
internal sealed class WriterRound(IStoreReader store, PieceTable pieces, SharedPiece shared)
{
    private readonly HashSet<string> _wholeBuckets = [], _buckets = [];
    private readonly HashSet<(string, string)> _objects = [];

    /// <summary>What will be committed.</summary>
    public WriteBatch Batch { get; } = new();

    /// <summary>The index as it is before the round.</summary>
    public IStoreReader Store { get; } = store;

    /// <summary>All pieces.</summary>
    public PieceTable Pieces { get; } = pieces;

    /// <summary>Changes whose answer waits for the disk.</summary>
    public List<Change> Applied { get; } = [];

    /// <summary>What is done once the round is on the disk.</summary>
    public List<Action> AfterCommit { get; } = [];

    /// <summary>Whether a change can be made beside those of the round: each sees the index as it was before.</summary>
    public bool Admits(Change change) => !_wholeBuckets.Contains(change.Bucket)
        && (change.Key is null ? !_buckets.Contains(change.Bucket) : !_objects.Contains((change.Bucket, change.Key)));

    /// <summary>Makes a change part of the round.</summary>
    /// <exception cref="ObjectException">It may not be made.</exception>
    public void Add(Change change)
    {
        change.Check?.Invoke(Store);
        change.Apply(this, change.Content is null ? [] : TakeIn(change.Content));
        Applied.Add(change);
        _buckets.Add(change.Bucket);
        if (change.Key is null)
            _wholeBuckets.Add(change.Bucket);
        else
            _objects.Add((change.Bucket, change.Key));
    }

    /// <summary>Sets an object, or with null removes it, counts what needs which pieces, and tells it in the manifest.</summary>
    public void SetObject(string bucket, string key, ObjectRecord? value)
    {
        byte[] row = IndexKeys.Object(bucket, key);
        if (Store.Get(IndexKeys.Objects, row) is { } before)
            Pieces.AddLive(JsonSerializer.Deserialize(before, RecordJson.Records.ObjectRecord)!.Pieces, -1);
        else if (value is null)
            return;
        if (value is null)
        {
            Batch.Delete(IndexKeys.Objects, row);
            Tell(new LogEntry { Sequence = 0, Bucket = bucket, Key = key });
            return;
        }
        value = value with { Pieces = [.. value.Pieces.Append(shared.Number).Distinct()] };
        Pieces.AddLive(value.Pieces, 1);
        Batch.Put(IndexKeys.Objects, row, JsonSerializer.SerializeToUtf8Bytes(value, RecordJson.Records.ObjectRecord));
        Tell(new LogEntry { Sequence = 0, Bucket = bucket, Key = key, Object = value });
    }

    /// <summary>Sets a bucket, or with null removes it.</summary>
    public void SetBucket(string bucket, BucketRecord? value)
    {
        if (value is null)
            Batch.Delete(IndexKeys.Buckets, IndexKeys.Bucket(bucket));
        else
            Batch.Put(IndexKeys.Buckets, IndexKeys.Bucket(bucket), JsonSerializer.SerializeToUtf8Bytes(value, RecordJson.Records.BucketRecord));
        Tell(new LogEntry { Sequence = 0, Bucket = bucket, Made = value });
    }

    private void Tell(LogEntry entry)
    {
        shared.Tell(Batch, entry);
        if (entry is { Object: null, Made: null })
            Pieces.Set(Pieces.Find(shared.Number)! with { HasDeletions = true });
    }

    private List<long> TakeIn(ContentSpool content)
    {
        List<long> holders = [];
        foreach (PieceFile piece in content.Whole)
        {
            Pieces.Set(new PieceRecord { Number = piece.Number, State = PieceState.Closed, Length = piece.Length, Created = shared.Now });
            foreach ((Cid cid, BlockPlace place) in piece.Places)
                Batch.Put(IndexKeys.Blocks, IndexKeys.Block(cid, piece.Number), IndexKeys.Place(place));
            holders.Add(piece.Number);
        }
        if (content.Only is { } only)
            shared.Add(Batch, only.Cid, only.Block);
        if (content.Tail is { } tail)
            CopyTail(tail);
        if (content.SharedBytes > 0)
            holders.Add(shared.Number);
        content.HandOver();
        return holders;
    }

    private void CopyTail(PieceFile tail)
    {
        foreach ((Cid cid, BlockPlace place) in tail.Places)
        {
            using Block block = Block.Rent(place.Length);
            tail.Read(place, block.Memory.Span);
            shared.Add(Batch, cid, block.Memory);
        }
    }
}
