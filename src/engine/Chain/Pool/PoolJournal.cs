using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State.Store;
using Microsoft.Extensions.Logging;

namespace Flashback.Chain;

/// <summary>
/// The pool on disk. What came and went is gathered and written together: at once when something was taken (<see cref="Flush"/>), since a crash must not
/// lose it; a few moments late when something has only gone, since that is found out again.
/// </summary>
internal sealed partial class PoolJournal : IDisposable
{
    private const int MostGathered = 8192;
    private const int MostBytesAtOnce = 16 << 20;

    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);

    private readonly IStore _store;
    private readonly ILogger _log;
    private readonly Timer _timer;
    private readonly Lock _flushing = new();

    // guarded by _gathering
    private readonly Lock _gathering = new();
    private Dictionary<Hash32, PooledTransaction?> _gathered = [];

    public PoolJournal(IStore store, ILogger log)
    {
        _store = store;
        _log = log;
        _timer = new Timer(_ => FlushLater(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Hash → <c>[sender, arrival in milliseconds since 1970, transaction with its blobs]</c>.</summary>
    public static Column Column { get; } = new("pool_transactions", ValueSize.Large);

    /// <summary>Takes note of a transaction that has come, or of one that has gone: null.</summary>
    public void Note(in Hash32 hash, PooledTransaction? transaction)
    {
        int count;
        lock (_gathering)
        {
            _gathered[hash] = transaction;
            count = _gathered.Count;
        }
        if (count == 1)
            _timer.Change(Delay, Timeout.InfiniteTimeSpan);
        else if (count >= MostGathered)
            Flush();
    }

    /// <summary>Writes what was gathered; when it returns, all that was noted before is written, by this thread or another.</summary>
    /// <exception cref="StoreException">The disk fails.</exception>
    public void Flush()
    {
        lock (_flushing)
        {
            Dictionary<Hash32, PooledTransaction?> gathered;
            lock (_gathering)
            {
                gathered = _gathered;
                _gathered = [];
            }
            if (gathered.Count == 0)
                return;
            WriteBatch batch = new();
            foreach ((Hash32 hash, PooledTransaction? transaction) in gathered)
            {
                if (transaction is null)
                    batch.Delete(Column, hash.AsSpan());
                else
                    batch.Put(Column, hash.AsSpan(), Rlp.Encode(new Entry(transaction)));
                if (batch.Size >= MostBytesAtOnce)
                {
                    _store.Commit(batch, Durability.Buffered);
                    batch.Clear();
                }
            }
            _store.Commit(batch, Durability.Buffered);
        }
    }

    /// <summary>What the pool had when it was last written, each sender's by ascending nonce. What cannot be read is passed over and removed.</summary>
    public List<(Transaction Transaction, BlobSidecar? Sidecar, Address Sender, DateTimeOffset Arrival)> Read()
    {
        List<(Transaction Transaction, BlobSidecar? Sidecar, Address Sender, DateTimeOffset Arrival)> found = [];
        using IStoreCursor cursor = _store.Scan(Column, KeyRange.All);
        while (cursor.MoveNext())
        {
            if (TryDecode(cursor.Value, out Transaction? transaction, out BlobSidecar? sidecar, out Address sender, out DateTimeOffset arrival))
                found.Add((transaction!, sidecar, sender, arrival));
            else
                Note(Hash32.Read(cursor.Key), null);
        }
        found.Sort((left, right) => left.Transaction.Nonce.CompareTo(right.Transaction.Nonce));
        return found;
    }

    /// <summary>Takes what has come so far as written: it was read here.</summary>
    public void Settle()
    {
        lock (_gathering)
        {
            foreach ((Hash32 hash, PooledTransaction? transaction) in _gathered)
            {
                if (transaction is not null)
                    _gathered.Remove(hash);
            }
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        Flush();
    }

    private void FlushLater()
    {
        try
        {
            Flush();
        }
        catch (Exception fault) when (fault is StoreException or ObjectDisposedException)
        {
            LogNotWritten(fault);
        }
    }

    private static bool TryDecode(ReadOnlySpan<byte> value, out Transaction? transaction, out BlobSidecar? sidecar, out Address sender, out DateTimeOffset arrival)
    {
        (transaction, sidecar, sender, arrival) = (null, null, default, default);
        RlpReader reader = new(value);
        if (!reader.TryReadList(out RlpReader fields) || !fields.TryReadFixed(out sender) || !fields.TryReadUInt64(out ulong milliseconds)
            || !fields.TryReadBytes(out ReadOnlySpan<byte> encoded) || !fields.TryEnd() || milliseconds > (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            return false;
        arrival = DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);
        return PooledTransactionCodec.TryDecode(encoded, out transaction, out sidecar, out _);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The pool could not be written to disk")]
    private partial void LogNotWritten(Exception fault);

    private readonly record struct Entry(PooledTransaction Transaction) : IRlpEncodable
    {
        public void WriteTo(ref RlpWriter writer)
        {
            RlpListMark list = writer.BeginList();
            writer.WriteFixed(Transaction.Sender);
            writer.Write((ulong)Math.Max(0, Transaction.Arrival.ToUnixTimeMilliseconds()));
            writer.Write(PooledTransactionCodec.Encode(Transaction.Transaction, Transaction.Sidecar));
            writer.EndList(list);
        }
    }
}
