using System.Collections.Concurrent;
using System.Text.Json;
using Flashback.State.Store;

namespace Flashback.Gateway.Objects;

/// <summary>All pieces by number, in memory. The writer alone changes it; others read.</summary>
internal sealed class PieceTable
{
    private readonly ConcurrentDictionary<long, PieceRecord> _pieces = new();
    private readonly HashSet<long> _changed = [];

    public PieceTable(IStoreReader store)
    {
        using IStoreCursor cursor = store.Scan(IndexKeys.Pieces, KeyRange.All);
        while (cursor.MoveNext())
        {
            PieceRecord piece = JsonSerializer.Deserialize(cursor.Value, RecordJson.Records.PieceRecord)!;
            _pieces[piece.Number] = piece;
        }
    }

    public IEnumerable<PieceRecord> All => _pieces.Values.OrderBy(piece => piece.Number);

    /// <summary>A piece that holds something still.</summary>
    public PieceRecord? FindNeeded(long number) => Find(number) is { State: not PieceState.Unneeded } piece ? piece : null;

    public PieceRecord? Find(long number) => _pieces.GetValueOrDefault(number);

    public void Set(PieceRecord piece)
    {
        _pieces[piece.Number] = piece;
        _changed.Add(piece.Number);
    }

    public void Remove(long number)
    {
        _pieces.TryRemove(number, out _);
        _changed.Add(number);
    }

    /// <summary>An object begins to need pieces, or, with −1, no longer does.</summary>
    public void AddLive(IEnumerable<long> numbers, int change)
    {
        foreach (long number in numbers)
        {
            if (Find(number) is { } piece) // of a piece that was lost there is none
                Set(piece with { Live = piece.Live + change });
        }
    }

    /// <summary>Adds what changed since the last time to a batch.</summary>
    public void Save(WriteBatch batch)
    {
        foreach (long number in _changed)
        {
            if (Find(number) is { } piece)
                batch.Put(IndexKeys.Pieces, IndexKeys.Number(number), JsonSerializer.SerializeToUtf8Bytes(piece, RecordJson.Records.PieceRecord));
            else
                batch.Delete(IndexKeys.Pieces, IndexKeys.Number(number));
        }
        _changed.Clear();
    }
}
