using System.Diagnostics.CodeAnalysis;
using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>The executable transactions of one moment, dearest first, each sender's in the order of their nonces. One thread at a time.</summary>
public sealed class BestTransactions
{
    private readonly PriorityQueue<Turn, Turn> _turns = new(Comparer<Turn>.Create(Compare));
    private readonly UInt256 _baseFee;
    private readonly UInt256 _blobBaseFee;
    private Turn? _taken;

    internal BestTransactions(IEnumerable<SenderQueue> queues, in UInt256 baseFee, in UInt256 blobBaseFee)
    {
        (_baseFee, _blobBaseFee) = (baseFee, blobBaseFee);
        foreach (SenderQueue queue in queues)
            Enqueue(queue, 0);
    }

    /// <summary>Takes the next transaction; from the next call on, its sender's next one takes part.</summary>
    public bool TryTake([NotNullWhen(true)] out PooledTransaction? transaction)
    {
        if (_taken is { } before)
            Enqueue(before.Queue, before.Index + 1);
        _taken = _turns.TryDequeue(out Turn turn, out _) ? turn : null;
        transaction = _taken?.Transaction;
        return transaction is not null;
    }

    /// <summary>Leaves out what else there is of the sender of the transaction taken last: without that one the others cannot be executed.</summary>
    public void SkipSender() => _taken = null;

    /// <summary>A transaction that does not pay the base fee stops those behind it.</summary>
    private void Enqueue(SenderQueue queue, int index)
    {
        if (index >= queue.Executable || !queue.Transactions[index].TryGetTip(_baseFee, _blobBaseFee, out UInt256 tip))
            return;
        Turn turn = new(queue, index, tip);
        _turns.Enqueue(turn, turn);
    }

    /// <summary>The higher tip first; of the same tip, who came first.</summary>
    private static int Compare(Turn left, Turn right) =>
        right.Tip.CompareTo(left.Tip) is var byTip and not 0 ? byTip : left.Transaction.Arrival.CompareTo(right.Transaction.Arrival);

    private readonly record struct Turn(SenderQueue Queue, int Index, UInt256 Tip)
    {
        public PooledTransaction Transaction => Queue.Transactions[Index];
    }
}
