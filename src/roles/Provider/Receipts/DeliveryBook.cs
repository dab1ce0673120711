using System.Buffers.Binary;
using Flashback.Client;
using Flashback.Execution;
using Flashback.State.Store;

namespace Flashback.Provider;

/// <summary>Deliveries that the reader has signed, by deal, region and number, on the disk before they are acknowledged. Safe to share between threads.</summary>
/// <param name="store">Opened with <see cref="Column"/>.</param>
internal sealed class DeliveryBook(IStore store)
{
    private readonly Lock _gate = new();

    /// <summary>The column that a store is opened with.</summary>
    public static Column Column { get; } = new("provider_deliveries");

    /// <summary>The number of the next delivery to a region: they follow on each other without a gap.</summary>
    public ulong NextOf(ulong deal, ushort region)
    {
        using IStoreCursor cursor = store.Scan(Column, RangeOf(deal, region), Direction.Backward);
        return cursor.MoveNext() ? BinaryPrimitives.ReadUInt64BigEndian(cursor.Key[10..]) + 1 : 1;
    }

    /// <summary>Keeps a delivery, if it is the next one, or the one that is kept under its number.</summary>
    /// <returns>False where another one is due.</returns>
    public bool TryAdd(ulong deal, SignedDelivery signed)
    {
        Delivery delivery = signed.Delivery;
        lock (_gate)
        {
            byte[] key = KeyOf(deal, delivery.Region, delivery.Number);
            if (store.Get(Column, key) is { } kept)
                return SignedDelivery.TryRead(kept)?.Delivery == delivery;
            if (delivery.Number != NextOf(deal, delivery.Region))
                return false;
            WriteBatch batch = new();
            batch.Put(Column, key, signed.ToBytes());
            store.Commit(batch, Durability.Synced);
            return true;
        }
    }

    /// <summary>Deliveries in order, from a number on; fewer where there are fewer.</summary>
    public IReadOnlyList<SignedDelivery> Read(ulong deal, ushort region, ulong first, int count)
    {
        List<SignedDelivery> read = [];
        for (ulong number = first; read.Count < count && store.Get(Column, KeyOf(deal, region, number)) is { } kept; number++)
            read.Add(SignedDelivery.TryRead(kept) ?? throw new InvalidDataException($"delivery {number} of deal {deal} cannot be read"));
        return read;
    }

    /// <summary>Forgets a deal's deliveries.</summary>
    public void Forget(ulong deal)
    {
        WriteBatch batch = new();
        batch.DeleteRange(Column, new KeyRange(KeyOf(deal, 0, 0), KeyOf(deal + 1, 0, 0)));
        store.Commit(batch, Durability.Synced);
    }

    private static KeyRange RangeOf(ulong deal, ushort region) => new(KeyOf(deal, region, 0), KeyOf(deal, region, ulong.MaxValue));

    private static byte[] KeyOf(ulong deal, ushort region, ulong number)
    {
        byte[] key = new byte[18];
        BinaryPrimitives.WriteUInt64BigEndian(key, deal);
        BinaryPrimitives.WriteUInt16BigEndian(key.AsSpan(8), region);
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(10), number);
        return key;
    }
}
