using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.State.Store;

namespace Flashback.Gateway.Market;

/// <summary>A piece that this gateway has stored, and the deals over it that are not over. Times are slots.</summary>
public sealed record KeptPiece
{
    /// <summary>CommP in hexadecimal.</summary>
    public required string Commitment { get; init; }

    /// <summary>Bytes, padded.</summary>
    public required long PaddedBytes { get; init; }

    /// <summary>Bytes before the zeros; 0 where only the chain told of it.</summary>
    public long Length { get; init; }

    /// <summary>The block that was the newest when the piece was placed: no deal over it is older.</summary>
    public ulong FirstBlock { get; init; }

    /// <summary>Deals in the order in which they were made.</summary>
    public IReadOnlyList<KeptDeal> Deals { get; init; } = [];

    /// <summary>The last deal of this gateway that is over, by its number: older ones are not looked at again.</summary>
    public ulong LastOver { get; init; }

    /// <summary>Whether it was read back once and was what it must be.</summary>
    public bool IsReadBack { get; init; }

    /// <summary>Whether nobody needs it any more: its deals are ended and none is made.</summary>
    public bool IsReleased { get; init; }

    internal Piece Piece => new(FixedBytes.Parse<Hash32>(Commitment), PaddedSize.Of(PaddedBytes));
}

/// <summary>A deal that this gateway pays for.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Contract">Where it is.</param>
/// <param name="Copies">How many providers it asks for.</param>
/// <param name="RegistrationEnd">Providers register before.</param>
/// <param name="ActivationEnd">They have it sealed before.</param>
/// <param name="End">The deal's end.</param>
public sealed record KeptDeal(ulong Number, string Contract, int Copies, ulong RegistrationEnd, ulong ActivationEnd, ulong End)
{
    /// <summary>Where speed is measured.</summary>
    public ulong Region { get; init; }

    internal Address Address => FixedBytes.Parse<Address>(Contract);
}

/// <summary>All pieces that this gateway has stored: a column of its index, and in memory. Safe for any number of threads; what returns is on the disk.</summary>
internal sealed class KeptPieces
{
    private readonly Lock _gate = new();
    private readonly IStore _store;
    private readonly ConcurrentDictionary<Hash32, KeptPiece> _all = [];

    /// <param name="store">Opened with <see cref="Column"/>.</param>
    /// <exception cref="InvalidDataException">An entry is damaged.</exception>
    public KeptPieces(IStore store)
    {
        _store = store;
        using IStoreCursor cursor = store.Scan(Column, KeyRange.All);
        while (cursor.MoveNext())
            _all[Hash32.Read(cursor.Key)] = Read(cursor.Value);
    }

    /// <summary>The column that a store is opened with.</summary>
    public static Column Column { get; } = new("gateway_market");

    public IReadOnlyCollection<KeptPiece> All => [.. _all.Values];

    public KeptPiece? Find(Hash32 commitment) => _all.GetValueOrDefault(commitment);

    /// <summary>Changes a piece, or adds it; null takes it out.</summary>
    /// <returns>What is there now.</returns>
    public KeptPiece? Change(Hash32 commitment, Func<KeptPiece?, KeptPiece?> change)
    {
        lock (_gate)
        {
            KeptPiece? before = Find(commitment), after = change(before);
            if (ReferenceEquals(before, after))
                return after;
            WriteBatch batch = new();
            if (after is null)
                batch.Delete(Column, commitment.AsSpan());
            else
                batch.Put(Column, commitment.AsSpan(), JsonSerializer.SerializeToUtf8Bytes(after, MarketJson.Default.KeptPiece));
            _store.Commit(batch, Durability.Synced);
            if (after is null)
                _all.TryRemove(commitment, out _);
            else
                _all[commitment] = after;
            return after;
        }
    }

    private static KeptPiece Read(ReadOnlySpan<byte> value)
    {
        try
        {
            return JsonSerializer.Deserialize(value, MarketJson.Default.KeptPiece) ?? throw new JsonException("null");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException("a piece in the gateway's index cannot be read", fault);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(KeptPiece))]
[JsonSerializable(typeof(KeptReceipt))]
[JsonSerializable(typeof(PullMessage))]
[JsonSerializable(typeof(DeliveryMessage))]
[JsonSerializable(typeof(ReceiptMessage))]
internal sealed partial class MarketJson : JsonSerializerContext;

/// <summary>An order to fetch a piece from another provider.</summary>
internal sealed record PullMessage(string From, string Deal, ulong Provider);

/// <summary>What a provider gives as a delivery.</summary>
internal sealed record DeliveryMessage(string? Delivery);

/// <summary>A delivery with both signatures.</summary>
internal sealed record ReceiptMessage(string Deal, string Delivery, string Countersigned);
