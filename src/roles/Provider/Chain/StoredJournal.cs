using System.Text.Json;
using System.Text.Json.Serialization;
using Flashback.Client;
using Flashback.Primitives;
using Flashback.State.Store;

namespace Flashback.Provider;

/// <summary>The transaction that is under way, in the provider's store. Used by one sender, one call at a time.</summary>
/// <param name="store">Opened with <see cref="Column"/>.</param>
public sealed class StoredJournal(IStore store) : ITransactionJournal
{
    private static readonly byte[] Key = [0];

    /// <summary>The column that a store is opened with.</summary>
    public static Column Column { get; } = new("provider_transaction", ValueSize.Large);

    /// <inheritdoc/>
    public SentTransaction? Read()
    {
        if (store.Get(Column, Key) is not { } kept)
            return null;
        JournalRecord record = JsonSerializer.Deserialize(kept, JournalJson.Default.JournalRecord) ?? throw new InvalidDataException("the journal of transactions cannot be read");
        return new SentTransaction(record.Purpose, record.Nonce, [.. record.Hashes.Select(hash => FixedBytes.Parse<Hash32>(hash))], record.Encoded);
    }

    /// <inheritdoc/>
    public void Write(SentTransaction sent)
    {
        ArgumentNullException.ThrowIfNull(sent);
        JournalRecord record = new(sent.Purpose, sent.Nonce, [.. sent.Hashes.Select(hash => hash.ToString())], sent.Encoded.ToArray());
        WriteBatch batch = new();
        batch.Put(Column, Key, JsonSerializer.SerializeToUtf8Bytes(record, JournalJson.Default.JournalRecord));
        store.Commit(batch, Durability.Synced);
    }

    /// <inheritdoc/>
    public void Clear()
    {
        WriteBatch batch = new();
        batch.Delete(Column, Key);
        store.Commit(batch, Durability.Synced);
    }
}

internal sealed record JournalRecord(string Purpose, ulong Nonce, IReadOnlyList<string> Hashes, byte[] Encoded);

[JsonSerializable(typeof(JournalRecord))]
internal sealed partial class JournalJson : JsonSerializerContext;
