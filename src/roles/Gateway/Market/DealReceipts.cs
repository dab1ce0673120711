using System.Buffers.Binary;
using System.Text.Json;
using Flashback.State.Store;

namespace Flashback.Gateway.Market;

/// <summary>The last delivery of a provider that this gateway has signed, in a deal: on the disk before the provider gets the signature.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Ours">As the provider has signed it.</param>
/// <param name="Theirs">As it was countersigned here.</param>
public sealed record KeptReceipt(ulong Number, string Ours, string Theirs);

/// <summary>The last receipt of each provider in each deal: so that after a kill the next number is known, and no number is ever signed for two deliveries. Safe for any number of threads.</summary>
/// <param name="store">Opened with <see cref="Column"/>.</param>
internal sealed class DealReceipts(IStore store)
{
    /// <summary>The column that a store is opened with.</summary>
    public static Column Column { get; } = new("gateway_receipts");

    public KeptReceipt? Find(ulong deal, ulong provider)
    {
        try
        {
            return store.Get(Column, KeyOf(deal, provider)) is { } kept ? JsonSerializer.Deserialize(kept, MarketJson.Default.KeptReceipt) : null;
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"a receipt of deal {deal} in the gateway's index cannot be read", fault);
        }
    }

    public void Keep(ulong deal, ulong provider, KeptReceipt receipt)
    {
        WriteBatch batch = new();
        batch.Put(Column, KeyOf(deal, provider), JsonSerializer.SerializeToUtf8Bytes(receipt, MarketJson.Default.KeptReceipt));
        store.Commit(batch, Durability.Synced);
    }

    /// <summary>A deal is over.</summary>
    public void Forget(ulong deal)
    {
        WriteBatch batch = new();
        batch.DeleteRange(Column, new KeyRange(KeyOf(deal, 0), KeyOf(deal + 1, 0)));
        store.Commit(batch, Durability.Buffered);
    }

    private static byte[] KeyOf(ulong deal, ulong provider)
    {
        byte[] key = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(key, deal);
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(8), provider);
        return key;
    }
}
