using System.Text.Json;
using Flashback.Files.Content;
using Flashback.State.Store;

namespace Flashback.Gateway.Objects;

/// <summary>The open piece, which small contents and all changes of the index go into. The writer's alone.</summary>
internal sealed class SharedPiece : IDisposable
{
    // What one change adds to the manifest at most: a key of 1,024 bytes and 2 KiB of metadata and headers, each byte escaped as \u0000.
    private const long MostEntry = 64 << 10;

    private readonly IStore _store;
    private readonly PieceTable _pieces;
    private readonly PieceFolder _folder;
    private readonly TimeProvider _time;
    private readonly long _capacity;
    private readonly Lock _numbering = new();

    private PieceFile _file;
    private long _nextNumber;
    private long _nextSequence;
    private long _entryBytes;

    /// <summary>Takes up the open piece, or begins one.</summary>
    /// <exception cref="InvalidDataException">Bytes that were acknowledged are not there.</exception>
    public SharedPiece(IStore store, PieceTable pieces, PieceFolder folder, long capacity, TimeProvider time)
    {
        (_store, _pieces, _folder, _capacity, _time) = (store, pieces, folder, capacity, time);
        _nextNumber = store.Get(IndexKeys.Meta, IndexKeys.NextPiece) is { } next ? System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(next) : 1;
        if (pieces.All.FirstOrDefault(piece => piece.State == PieceState.Open) is { } open)
        {
            _file = PieceFile.Reopen(folder.PiecePath(open.Number), open.Number, open.Length);
            foreach (ReadOnlyMemory<byte> entry in Entries())
                _entryBytes += entry.Length + 1;
        }
        else
        {
            _file = Begin();
        }
        _nextSequence = LastSequence() + 1;
    }

    /// <summary>Its number.</summary>
    public long Number => _file.Number;

    /// <summary>The time, for records.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Whether nothing was added to it.</summary>
    public bool IsEmpty => _entryBytes == 0;

    /// <summary>A number for a new piece, which nobody ever gets again.</summary>
    public long TakeNumber()
    {
        lock (_numbering)
        {
            long number = _nextNumber;
            WriteBatch batch = new();
            batch.Put(IndexKeys.Meta, IndexKeys.NextPiece, IndexKeys.Number(number + 1));
            _store.Commit(batch, Durability.Synced);
            _nextNumber = number + 1;
            return number;
        }
    }

    /// <summary>Whether a change and so many bytes of blocks fit in, with the manifest after them.</summary>
    public bool HasRoom(long bytes) => _file.Length + bytes + ManifestCodec.MostBytes(_entryBytes + MostEntry) <= _capacity;

    /// <summary>Bytes of blocks that fit into an empty piece beside a change that adds so many bytes to the manifest beyond the usual.</summary>
    public long RoomWhenEmpty(long entryBytes) => _capacity - PieceFile.HeaderBytes - entryBytes - ManifestCodec.MostBytes(MostEntry);

    /// <summary>Adds a block.</summary>
    public void Add(WriteBatch batch, Cid cid, ReadOnlyMemory<byte> block) => batch.Put(IndexKeys.Blocks, IndexKeys.Block(cid, Number), IndexKeys.Place(_file.Add(cid, block)));

    /// <summary>Tells a change in the manifest. With the first one the time begins for which others are waited for.</summary>
    public void Tell(WriteBatch batch, LogEntry entry)
    {
        if (IsEmpty)
            _pieces.Set(_pieces.Find(Number)! with { Created = Now });
        entry = entry with { Sequence = _nextSequence++ };
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(entry, RecordJson.Records.LogEntry);
        _entryBytes += bytes.Length + 1;
        batch.Put(IndexKeys.Log, IndexKeys.LogEntry(Number, entry.Sequence), bytes);
    }

    /// <summary>Has the blocks of a round on the disk, and its length in the batch.</summary>
    public void Save(WriteBatch batch)
    {
        PieceRecord record = _pieces.Find(Number)!;
        if (record.Length != _file.Length)
        {
            _file.Flush();
            _pieces.Set(record with { Length = _file.Length });
        }
        _file.ForgetPlaces();
        _pieces.Save(batch);
    }

    /// <summary>Gives the piece its manifest and begins another. A crash on the way leaves the piece open as it was.</summary>
    public void Rotate()
    {
        PieceFile closed = _file;
        closed.Close(Entries());
        _pieces.Set(_pieces.Find(closed.Number)! with { State = PieceState.Closed, Length = closed.Length });
        WriteBatch batch = new();
        batch.DeleteRange(IndexKeys.Log, KeyRange.WithPrefix(IndexKeys.Number(closed.Number)));
        batch.Put(IndexKeys.Meta, IndexKeys.NextSequence, IndexKeys.Number(_nextSequence));
        _file = Begin(batch);
        _entryBytes = 0;
        closed.Dispose();
    }

    public void Dispose() => _file.Dispose();

    private PieceFile Begin(WriteBatch? batch = null)
    {
        batch ??= new WriteBatch();
        long number = TakeNumber();
        PieceFile file = PieceFile.Create(_folder.PiecePath(number), number);
        file.Flush();
        _pieces.Set(new PieceRecord { Number = number, State = PieceState.Open, Length = file.Length, Created = Now });
        _pieces.Save(batch);
        _store.Commit(batch, Durability.Synced);
        return file;
    }

    private IEnumerable<ReadOnlyMemory<byte>> Entries()
    {
        using IStoreCursor cursor = _store.Scan(IndexKeys.Log, KeyRange.WithPrefix(IndexKeys.Number(_file.Number)));
        while (cursor.MoveNext())
            yield return cursor.Value.ToArray();
    }

    private long LastSequence()
    {
        long closed = _store.Get(IndexKeys.Meta, IndexKeys.NextSequence) is { } next ? System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(next) - 1 : 0;
        using IStoreCursor cursor = _store.Scan(IndexKeys.Log, KeyRange.All, Direction.Backward);
        return cursor.MoveNext() ? System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(cursor.Key[8..]) : closed;
    }
}
