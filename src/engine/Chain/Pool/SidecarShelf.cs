using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State.Store;

namespace Flashback.Chain;

/// <summary>The blobs of transactions that are on the chain, the newest of them, should their blocks be abandoned; also after a restart. One thread at a time.</summary>
internal sealed class SidecarShelf
{
    private readonly IStore _store;
    private readonly long _capacity;
    private readonly Dictionary<Hash32, BlobSidecar> _sidecars = [];
    private readonly Queue<Hash32> _oldestFirst = [];
    private long _bytes;

    /// <summary>Opens what a store has of it.</summary>
    /// <exception cref="StoreException">The store fails.</exception>
    public SidecarShelf(IStore store, long capacity)
    {
        (_store, _capacity) = (store, capacity);
        List<(ulong Block, Hash32 Transaction, BlobSidecar Sidecar)> found = [];
        using (IStoreCursor cursor = store.Scan(Column, KeyRange.All))
        {
            while (cursor.MoveNext())
            {
                if (cursor.Value.Length >= 8 && PooledTransactionCodec.TryDecode(cursor.Value[8..], out _, out BlobSidecar? sidecar, out _) && sidecar is not null)
                    found.Add((BinaryPrimitives.ReadUInt64BigEndian(cursor.Value), Hash32.Read(cursor.Key), sidecar));
            }
        }
        foreach ((_, Hash32 transaction, BlobSidecar sidecar) in found.OrderBy(entry => entry.Block))
            Add(transaction, sidecar);
    }

    /// <summary>Hash of a transaction → number of its block (8 bytes), the transaction with its blobs.</summary>
    public static Column Column { get; } = new("pool_sidecars", ValueSize.Large);

    public void Put(PooledTransaction transaction, ulong block)
    {
        if (!Add(transaction.Hash, transaction.Sidecar!))
            return;
        byte[] number = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(number, block);
        WriteBatch batch = new();
        batch.Put(Column, transaction.Hash.AsSpan(), [.. number, .. PooledTransactionCodec.Encode(transaction.Transaction, transaction.Sidecar)]);
        while (_bytes > _capacity)
        {
            Hash32 oldest = _oldestFirst.Dequeue();
            _sidecars.Remove(oldest, out BlobSidecar? removed);
            _bytes -= removed!.ByteLength;
            batch.Delete(Column, oldest.AsSpan());
        }
        _store.Commit(batch, Durability.Buffered);
    }

    public bool TryGet(in Hash32 transaction, [NotNullWhen(true)] out BlobSidecar? sidecar) => _sidecars.TryGetValue(transaction, out sidecar);

    private bool Add(in Hash32 transaction, BlobSidecar sidecar)
    {
        if (!_sidecars.TryAdd(transaction, sidecar))
            return false;
        _oldestFirst.Enqueue(transaction);
        _bytes += sidecar.ByteLength;
        return true;
    }
}
