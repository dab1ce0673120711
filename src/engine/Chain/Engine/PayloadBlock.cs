using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>Between payloads and blocks.</summary>
public static class PayloadBlock
{
    /// <summary>Puts the block together that a payload stands for; null when that is the one it names, else what is wrong. spec: EIP-3675, EIP-4844, EIP-7685</summary>
    public static string? Assemble(PayloadEnvelope envelope, out Block? block)
    {
        block = null;
        ExecutionPayload payload = envelope.Payload;
        if (Decode(payload, out Transaction[] transactions) is { } undecodable)
            return undecodable;
        Hash32[] hashes = [.. transactions.SelectMany(transaction => transaction.BlobHashes)];
        if (!hashes.AsSpan().SequenceEqual([.. envelope.BlobHashes]))
            return $"the transactions have {hashes.Length} blob hashes, and not the {envelope.BlobHashes.Count} that are expected";
        Block assembled = new Block(HeaderOf(envelope), transactions, payload.Withdrawals).WithBodyRoots();
        Hash32 hash = assembled.Header.Hash();
        if (hash != payload.BlockHash)
            return $"blockhash mismatch: the block's hash is {hash}, the payload says {payload.BlockHash}";
        block = assembled;
        return null;
    }

    /// <summary>The payload that stands for a block.</summary>
    public static ExecutionPayload Of(Block block, in Hash32 hash)
    {
        BlockHeader header = block.Header;
        return new ExecutionPayload
        {
            ParentHash = header.ParentHash,
            FeeRecipient = header.Coinbase,
            StateRoot = header.StateRoot,
            ReceiptsRoot = header.ReceiptsRoot,
            LogsBloom = header.LogsBloom,
            PrevRandao = header.PrevRandao,
            BlockNumber = header.Number,
            GasLimit = header.GasLimit,
            GasUsed = header.GasUsed,
            Timestamp = header.Timestamp,
            ExtraData = header.ExtraData,
            BaseFeePerGas = header.BaseFeePerGas,
            BlockHash = hash,
            Transactions = Encode(block.Transactions),
            Withdrawals = block.Withdrawals,
            BlobGasUsed = header.BlobGasUsed,
            ExcessBlobGas = header.ExcessBlobGas,
        };
    }

    /// <summary>Transactions as payloads have them.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Encode(IReadOnlyList<Transaction> transactions) =>
        [.. transactions.Select(transaction => (ReadOnlyMemory<byte>)TransactionCodec.Encode(transaction))];

    private static string? Decode(ExecutionPayload payload, out Transaction[] transactions)
    {
        transactions = new Transaction[payload.Transactions.Count];
        for (int i = 0; i < transactions.Length; i++)
        {
            if (!TransactionCodec.TryDecode(payload.Transactions[i].Span, out Transaction? transaction, out TransactionFault fault))
                return $"transaction {i} does not decode: {fault}";
            transactions[i] = transaction!;
        }
        return null;
    }

    /// <summary>The header, but for the roots of the body.</summary>
    private static BlockHeader HeaderOf(PayloadEnvelope envelope)
    {
        ExecutionPayload payload = envelope.Payload;
        return new BlockHeader
        {
            ParentHash = payload.ParentHash,
            Coinbase = payload.FeeRecipient,
            StateRoot = payload.StateRoot,
            TransactionsRoot = default,
            ReceiptsRoot = payload.ReceiptsRoot,
            LogsBloom = payload.LogsBloom,
            Number = payload.BlockNumber,
            GasLimit = payload.GasLimit,
            GasUsed = payload.GasUsed,
            Timestamp = payload.Timestamp,
            ExtraData = payload.ExtraData,
            PrevRandao = payload.PrevRandao,
            BaseFeePerGas = payload.BaseFeePerGas,
            WithdrawalsRoot = default,
            BlobGasUsed = payload.BlobGasUsed,
            ExcessBlobGas = payload.ExcessBlobGas,
            ParentBeaconBlockRoot = envelope.ParentBeaconBlockRoot,
            RequestsHash = envelope.Requests is null ? null : ExecutionRequest.HashOf([.. envelope.Requests.Select(request => new ExecutionRequest(request.Span[0], request[1..]))]),
        };
    }
}
