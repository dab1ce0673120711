using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>A transaction before nonce, fees and signature.</summary>
/// <param name="Purpose">What it is for, told in logs and kept with it until it is on the chain.</param>
/// <param name="To">Whom it calls.</param>
/// <param name="Input">The call.</param>
/// <param name="Value">Wei sent along.</param>
public sealed record TransactionDraft(string Purpose, Address To, ReadOnlyMemory<byte> Input, UInt256 Value = default)
{
    /// <summary>Blobs that go with it, each of <see cref="Cryptography.Kzg.BlobSize"/> bytes.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Blobs { get; init; } = [];

    /// <summary>Gas that it may take beside what it takes now: others' transactions before it in the block can leave more for it to do.</summary>
    public ulong ExtraGas { get; init; }
}

/// <summary>A transaction that was signed and handed over, and is not known to be on the chain.</summary>
/// <param name="Purpose">What it is for.</param>
/// <param name="Nonce">Its nonce.</param>
/// <param name="Hashes">Its own and those of dearer ones that took its place, the newest last: one of them gets on the chain.</param>
/// <param name="Encoded">The newest, signed, with its blobs.</param>
public sealed record SentTransaction(string Purpose, ulong Nonce, IReadOnlyList<Hash32> Hashes, ReadOnlyMemory<byte> Encoded);

/// <summary>Where it is kept which transaction is under way, so that a crash sends nothing twice.</summary>
public interface ITransactionJournal
{
    /// <summary>The transaction that is under way; null where there is none.</summary>
    SentTransaction? Read();

    /// <summary>Keeps it; on the disk when this returns, for it is sent only then.</summary>
    void Write(SentTransaction sent);

    /// <summary>It is on the chain, or never will be.</summary>
    void Clear();
}
