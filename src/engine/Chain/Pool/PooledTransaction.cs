using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>A transaction in the pool, with all that was found out about it once.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Sender">Who signed it.</param>
/// <param name="Sidecar">Its blobs; null for all types but <see cref="TransactionType.Blob"/>.</param>
/// <param name="ByteLength">The bytes it takes in a block, without its blobs.</param>
/// <param name="Arrival">When it came.</param>
public sealed record PooledTransaction(Transaction Transaction, Hash32 Hash, Address Sender, BlobSidecar? Sidecar, int ByteLength, DateTimeOffset Arrival)
{
    public ulong Nonce => Transaction.Nonce;

    /// <summary>The bytes it takes in the pool, with its blobs.</summary>
    public long Footprint => ByteLength + (Sidecar?.ByteLength ?? 0);

    /// <summary>The most wei that it can take from its sender. Fits a word: what does not was not admitted.</summary>
    internal UInt256 Cost { get; init; }

    /// <summary>Who lets code run by it, each once: they are known when it is admitted. spec: EIP-7702</summary>
    internal IReadOnlyList<Address> Authorities { get; init; } = [];

    /// <summary>What the block's producer gets per gas; false when it does not pay the base fee, or the blobs' one. spec: EIP-1559</summary>
    public bool TryGetTip(in UInt256 baseFee, in UInt256 blobBaseFee, out UInt256 tip)
    {
        bool pays = !UInt256.SubtractUnderflows(Transaction.MaxFeePerGas, baseFee, out UInt256 room)
            && (Transaction.Type != TransactionType.Blob || Transaction.MaxFeePerBlobGas >= blobBaseFee);
        tip = !pays ? UInt256.Zero : Transaction.MaxPriorityFeePerGas < room ? Transaction.MaxPriorityFeePerGas : room;
        return pays;
    }
}
