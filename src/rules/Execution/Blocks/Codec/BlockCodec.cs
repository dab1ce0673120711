using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Blocks as bytes: <c>[header, [transaction, …], [], [withdrawal, …]]</c>. A legacy transaction stands there as its list, a typed one as a byte string.</summary>
/// <remarks>spec: Ethereum Yellow Paper, section 4.3; EIP-2718; EIP-4895</remarks>
public static class BlockCodec
{
    /// <summary>The bytes of a block.</summary>
    public static byte[] Encode(Block block) => Rlp.Encode(new BlockEncoding(block));

    /// <summary>Reads a block that fills the bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Block? block, out BlockFault fault)
    {
        block = null;
        fault = default;
        RlpReader reader = new(bytes);
        if (!reader.TryReadList(out RlpReader parts) || !reader.TryEnd())
        {
            fault = Malformed(reader.Fault);
            return false;
        }
        if (!BlockHeaderCodec.TryRead(ref parts, out BlockHeader? header)
            || !TryReadTransactions(ref parts, out Transaction[] transactions, ref fault)
            || !TryReadNoOmmers(ref parts, ref fault)
            || !TryReadWithdrawals(ref parts, out Withdrawal[] withdrawals)
            || !parts.TryEnd())
        {
            if (fault == default)
                fault = Malformed(parts.Fault);
            return false;
        }
        block = new Block(header!, transactions, withdrawals);
        return true;
    }

    /// <summary>Reads a header that fills the bytes.</summary>
    public static bool TryDecodeHeader(ReadOnlySpan<byte> bytes, out BlockHeader? header, out RlpFault fault)
    {
        RlpReader reader = new(bytes);
        bool isRead = BlockHeaderCodec.TryRead(ref reader, out header) && reader.TryEnd();
        fault = reader.Fault;
        if (!isRead)
            header = null;
        return isRead;
    }

    private static BlockFault Malformed(RlpFault fault) => new(BlockFaultKind.Rlp, fault);

    private static bool TryReadTransactions(ref RlpReader parts, out Transaction[] transactions, ref BlockFault fault)
    {
        transactions = [];
        if (!parts.TryReadList(out RlpReader list))
            return false;
        List<Transaction> read = [];
        while (!list.IsAtEnd)
        {
            // A typed transaction that hides a list, or a legacy one in a byte string, would be the same transaction in other bytes.
            bool isLegacy = list.NextIsList;
            ReadOnlySpan<byte> bytes;
            if (!(isLegacy ? list.TryReadRaw(out bytes) : list.TryReadBytes(out bytes)))
                return parts.Fail(list.Fault);
            if (!isLegacy && (bytes.IsEmpty || bytes[0] >= Rlp.EmptyBytes))
                return parts.Fail(RlpFault.ExpectedList);
            if (!TransactionCodec.TryDecode(bytes, out Transaction? transaction, out TransactionFault why))
            {
                fault = new BlockFault(BlockFaultKind.Transaction, TransactionIndex: read.Count, Transaction: why);
                return false;
            }
            read.Add(transaction!);
        }
        transactions = [.. read];
        return true;
    }

    private static bool TryReadNoOmmers(ref RlpReader parts, ref BlockFault fault)
    {
        if (!parts.TryReadList(out RlpReader ommers))
            return false;
        if (!ommers.IsAtEnd)
            fault = new BlockFault(BlockFaultKind.Ommers);
        return ommers.IsAtEnd;
    }

    private static bool TryReadWithdrawals(ref RlpReader parts, out Withdrawal[] withdrawals)
    {
        withdrawals = [];
        if (!parts.TryReadList(out RlpReader list))
            return false;
        List<Withdrawal> read = [];
        while (!list.IsAtEnd)
        {
            if (!Withdrawal.TryRead(ref list, out Withdrawal withdrawal))
                return parts.Fail(list.Fault);
            read.Add(withdrawal);
        }
        withdrawals = [.. read];
        return true;
    }
}
