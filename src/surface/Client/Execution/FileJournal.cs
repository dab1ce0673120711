using System.Text.Json;
using System.Text.Json.Serialization;
using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>The transaction that is under way, in a file: there whole, or not at all. Used by one sender, one call at a time.</summary>
/// <param name="path">The file; its folder is there.</param>
public sealed class FileJournal(string path) : ITransactionJournal
{
    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    public SentTransaction? Read()
    {
        if (!File.Exists(path))
            return null;
        try
        {
            if (JsonSerializer.Deserialize(File.ReadAllBytes(path), JournalJson.Default.JournalRecord) is not { Purpose: not null, Hashes: not null, Encoded: not null } record)
                throw new JsonException("a part is missing");
            return new SentTransaction(record.Purpose, record.Nonce, [.. record.Hashes.Select(hash => FixedBytes.Parse<Hash32>(hash))], record.Encoded);
        }
        catch (Exception fault) when (fault is JsonException or FormatException)
        {
            throw new InvalidDataException($"{path} holds no transaction", fault);
        }
    }

    /// <inheritdoc/>
    public void Write(SentTransaction sent)
    {
        ArgumentNullException.ThrowIfNull(sent);
        JournalRecord record = new(sent.Purpose, sent.Nonce, [.. sent.Hashes.Select(hash => hash.ToString())], sent.Encoded.ToArray());
        SecretFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(record, JournalJson.Default.JournalRecord));
    }

    /// <inheritdoc/>
    public void Clear() => File.Delete(path);
}

internal sealed record JournalRecord(string Purpose, ulong Nonce, IReadOnlyList<string> Hashes, byte[] Encoded);

[JsonSerializable(typeof(JournalRecord))]
internal sealed partial class JournalJson : JsonSerializerContext;
