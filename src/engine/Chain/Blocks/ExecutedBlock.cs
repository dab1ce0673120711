using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>A block that was executed and keeps every rule, with what came of it.</summary>
/// <param name="Block">The block.</param>
/// <param name="Hash">Its header's hash.</param>
/// <param name="Senders">Who signed its transactions, in their order.</param>
/// <param name="Receipts">One for each transaction.</param>
public sealed record ExecutedBlock(Block Block, Hash32 Hash, IReadOnlyList<Address> Senders, IReadOnlyList<Receipt> Receipts)
{
    public BlockHeader Header => Block.Header;

    public ulong Number => Block.Header.Number;

    /// <summary>The gas that one transaction used.</summary>
    public ulong GasUsedBy(int index) => Receipts[index].CumulativeGasUsed - (index == 0 ? 0 : Receipts[index - 1].CumulativeGasUsed);

    /// <summary>Wei per gas that one transaction's sender paid. spec: EIP-1559</summary>
    public UInt256 GasPriceOf(int index)
    {
        Transaction transaction = Block.Transactions[index];
        UInt256 room = transaction.MaxFeePerGas - Header.BaseFeePerGas;
        return Header.BaseFeePerGas + (transaction.MaxPriorityFeePerGas < room ? transaction.MaxPriorityFeePerGas : room);
    }

    /// <summary>The place of a transaction's first log among all logs of the block.</summary>
    public int FirstLogOf(int index)
    {
        int first = 0;
        for (int i = 0; i < index; i++)
            first += Receipts[i].Logs.Count;
        return first;
    }
}

/// <summary>Where a transaction stands on the chain.</summary>
/// <param name="BlockNumber">In which block.</param>
/// <param name="Index">Its place there, from 0.</param>
public readonly record struct TransactionPlace(ulong BlockNumber, int Index);
