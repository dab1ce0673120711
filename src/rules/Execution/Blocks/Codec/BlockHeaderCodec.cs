using System.Buffers.Binary;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>The fields of a header in the order that <see cref="BlockHeader"/> draws.</summary>
internal static class BlockHeaderCodec
{
    private const int NonceLength = 8;

    public static void Write(ref RlpWriter writer, BlockHeader header)
    {
        RlpListMark list = writer.BeginList();
        writer.WriteFixed(header.ParentHash);
        writer.WriteFixed(header.OmmersHash);
        writer.WriteFixed(header.Coinbase);
        writer.WriteFixed(header.StateRoot);
        writer.WriteFixed(header.TransactionsRoot);
        writer.WriteFixed(header.ReceiptsRoot);
        writer.WriteFixed(header.LogsBloom);
        writer.Write(header.Difficulty);
        writer.Write(header.Number);
        writer.Write(header.GasLimit);
        writer.Write(header.GasUsed);
        writer.Write(header.Timestamp);
        writer.Write(header.ExtraData.Span);
        writer.WriteFixed(header.PrevRandao);
        Span<byte> nonce = stackalloc byte[NonceLength];
        BinaryPrimitives.WriteUInt64BigEndian(nonce, header.Nonce);
        writer.Write(nonce);
        writer.Write(header.BaseFeePerGas);
        writer.WriteFixed(header.WithdrawalsRoot);
        writer.Write(header.BlobGasUsed);
        writer.Write(header.ExcessBlobGas);
        writer.WriteFixed(header.ParentBeaconBlockRoot);
        if (header.RequestsHash is { } requestsHash)
            writer.WriteFixed(requestsHash);
        writer.EndList(list);
    }

    public static bool TryRead(ref RlpReader reader, out BlockHeader? header)
    {
        header = null;
        if (!reader.TryReadList(out RlpReader fields))
            return false;
        if (!fields.TryReadFixed(out Hash32 parentHash) || !fields.TryReadFixed(out Hash32 ommersHash) || !fields.TryReadFixed(out Address coinbase)
            || !fields.TryReadFixed(out Hash32 stateRoot) || !fields.TryReadFixed(out Hash32 transactionsRoot) || !fields.TryReadFixed(out Hash32 receiptsRoot)
            || !fields.TryReadFixed(out LogBloom bloom) || !fields.TryReadUInt256(out UInt256 difficulty) || !fields.TryReadUInt64(out ulong number)
            || !fields.TryReadUInt64(out ulong gasLimit) || !fields.TryReadUInt64(out ulong gasUsed) || !fields.TryReadUInt64(out ulong timestamp)
            || !fields.TryReadBytes(out ReadOnlySpan<byte> extraData) || !fields.TryReadFixed(out Hash32 prevRandao) || !TryReadNonce(ref fields, out ulong nonce)
            || !fields.TryReadUInt256(out UInt256 baseFee) || !fields.TryReadFixed(out Hash32 withdrawalsRoot) || !fields.TryReadUInt64(out ulong blobGasUsed)
            || !fields.TryReadUInt64(out ulong excessBlobGas) || !fields.TryReadFixed(out Hash32 beaconRoot)
            || !TryReadRequestsHash(ref fields, out Hash32? requestsHash) || !fields.TryEnd())
            return reader.Fail(fields.Fault);
        header = new BlockHeader
        {
            ParentHash = parentHash,
            OmmersHash = ommersHash,
            Coinbase = coinbase,
            StateRoot = stateRoot,
            TransactionsRoot = transactionsRoot,
            ReceiptsRoot = receiptsRoot,
            LogsBloom = bloom,
            Difficulty = difficulty,
            Number = number,
            GasLimit = gasLimit,
            GasUsed = gasUsed,
            Timestamp = timestamp,
            ExtraData = extraData.ToArray(),
            PrevRandao = prevRandao,
            Nonce = nonce,
            BaseFeePerGas = baseFee,
            WithdrawalsRoot = withdrawalsRoot,
            BlobGasUsed = blobGasUsed,
            ExcessBlobGas = excessBlobGas,
            ParentBeaconBlockRoot = beaconRoot,
            RequestsHash = requestsHash,
        };
        return true;
    }

    private static bool TryReadNonce(ref RlpReader fields, out ulong nonce)
    {
        nonce = 0;
        if (!fields.TryReadBytes(out ReadOnlySpan<byte> bytes))
            return false;
        if (bytes.Length != NonceLength)
            return fields.Fail(RlpFault.WrongLength);
        nonce = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        return true;
    }

    private static bool TryReadRequestsHash(ref RlpReader fields, out Hash32? requestsHash)
    {
        requestsHash = null;
        if (fields.IsAtEnd)
            return true;
        bool isRead = fields.TryReadFixed(out Hash32 hash);
        requestsHash = hash;
        return isRead;
    }
}
