using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Receipts as bytes: <c>[status, cumulativeGasUsed, bloom, [log, …]]</c>, behind the type's byte unless that is legacy. spec: EIP-2718</summary>
public static class ReceiptCodec
{
    /// <summary>The bytes of a receipt.</summary>
    public static byte[] Encode(Receipt receipt)
    {
        byte[] list = Rlp.Encode(new Fields(receipt));
        return receipt.Type == TransactionType.Legacy ? list : [(byte)receipt.Type, .. list];
    }

    /// <summary>Reads a receipt that fills the bytes; one whose bloom is not that of its logs is none.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Receipt? receipt, out ReceiptFault fault)
    {
        receipt = null;
        TransactionType type = TransactionType.Legacy;
        if (!bytes.IsEmpty && bytes[0] < Rlp.EmptyBytes)
        {
            type = (TransactionType)bytes[0];
            bytes = bytes[1..];
            if (type is < TransactionType.AccessList or > TransactionType.SetCode)
            {
                fault = new ReceiptFault(ReceiptFaultKind.UnknownType);
                return false;
            }
        }
        RlpReader reader = new(bytes);
        bool isRead = TryRead(ref reader, type, out Receipt? read, out LogBloom bloom) && reader.TryEnd();
        fault = !isRead ? new ReceiptFault(ReceiptFaultKind.Rlp, reader.Fault) : read!.Bloom != bloom ? new ReceiptFault(ReceiptFaultKind.Bloom) : default;
        if (fault.Kind == ReceiptFaultKind.None)
            receipt = read;
        return receipt is not null;
    }

    /// <summary>The root of a block's receipts.</summary>
    public static Hash32 RootOf(IReadOnlyList<Receipt> receipts)
    {
        ReadOnlyMemory<byte>[] encoded = new ReadOnlyMemory<byte>[receipts.Count];
        for (int i = 0; i < encoded.Length; i++)
            encoded[i] = Encode(receipts[i]);
        return MerkleTrie.RootOfList(encoded);
    }

    private static bool TryRead(ref RlpReader reader, TransactionType type, out Receipt? receipt, out LogBloom bloom)
    {
        receipt = null;
        bloom = default;
        if (!reader.TryReadList(out RlpReader fields))
            return false;
        if (!fields.TryReadUInt64(out ulong status) || !fields.TryReadUInt64(out ulong gas) || !fields.TryReadFixed(out bloom) || !TryReadLogs(ref fields, out Log[] logs)
            || !fields.TryEnd())
            return reader.Fail(fields.Fault);
        if (status > 1)
            return reader.Fail(RlpFault.NumberTooLarge);
        receipt = new Receipt(type, status == 1, gas, logs);
        return true;
    }

    private static bool TryReadLogs(ref RlpReader fields, out Log[] logs)
    {
        logs = [];
        if (!fields.TryReadList(out RlpReader list))
            return false;
        List<Log> read = [];
        while (!list.IsAtEnd)
        {
            if (!Log.TryRead(ref list, out Log? log))
                return fields.Fail(list.Fault);
            read.Add(log!);
        }
        logs = [.. read];
        return true;
    }

    private readonly record struct Fields(Receipt Receipt) : IRlpEncodable
    {
        public void WriteTo(ref RlpWriter writer)
        {
            RlpListMark list = writer.BeginList();
            writer.Write(Receipt.IsSuccess ? 1UL : 0UL);
            writer.Write(Receipt.CumulativeGasUsed);
            writer.WriteFixed(Receipt.Bloom);
            RlpListMark logs = writer.BeginList();
            for (int i = 0; i < Receipt.Logs.Count; i++)
                Receipt.Logs[i].WriteTo(ref writer);
            writer.EndList(logs);
            writer.EndList(list);
        }
    }
}

/// <summary>What is wrong with bytes that are no receipt.</summary>
public enum ReceiptFaultKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>They are not RLP of the right shape.</summary>
    Rlp,

    /// <summary>A type byte that stands for no type. spec: EIP-2718</summary>
    UnknownType,

    /// <summary>The bloom is not that of the logs.</summary>
    Bloom,
}

/// <summary>Why bytes are no receipt.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Rlp">Which rule of RLP is broken, if it is that.</param>
public readonly record struct ReceiptFault(ReceiptFaultKind Kind, RlpFault Rlp = RlpFault.None);
