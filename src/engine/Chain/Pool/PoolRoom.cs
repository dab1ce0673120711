using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>The prices of a block.</summary>
/// <param name="BaseFee">Wei per gas that is burnt.</param>
/// <param name="BlobBaseFee">Wei per blob gas.</param>
internal readonly record struct BlockPrices(UInt256 BaseFee, UInt256 BlobBaseFee);

/// <summary>The room for transactions of one kind: how much is taken, and who must go when it is full. One thread at a time.</summary>
/// <remarks>
/// Only the last transactions of a sender go, so that none is left waiting for one that was thrown out. Those that wait go before those that can be
/// executed, then those that pay least: a transaction is worth no more than the cheapest before it. The order is made when the room is first full, and
/// again after the prices have changed.
/// </remarks>
internal sealed class PoolRoom(PoolLimit limit)
{
    private readonly Dictionary<Address, SenderQueue> _queues = [];
    private readonly Dictionary<Address, Rank> _ranks = [];
    private SortedSet<Rank>? _cheapestFirst;
    private BlockPrices _prices;
    private int _count;
    private long _bytes;

    public PoolLimit Limit => limit;

    /// <summary>Puts a sender's queue in the place of the one before.</summary>
    public void Replace(SenderQueue? before, SenderQueue? after)
    {
        if (before is not null)
        {
            (_count, _bytes) = (_count - before.Transactions.Length, _bytes - before.Footprint);
            _queues.Remove(before.Sender);
            if (_cheapestFirst is not null && _ranks.Remove(before.Sender, out Rank rank))
                _cheapestFirst.Remove(rank);
        }
        if (after is not null)
        {
            (_count, _bytes) = (_count + after.Transactions.Length, _bytes + after.Footprint);
            _queues.Add(after.Sender, after);
            if (_cheapestFirst is not null)
                Enrol(after);
        }
    }

    /// <summary>Forgets the order: the next block has other prices.</summary>
    public void Reprice(in BlockPrices prices)
    {
        _prices = prices;
        _cheapestFirst = null;
        _ranks.Clear();
    }

    /// <summary>Finds whom to throw out so that a queue that has grown finds room; false when all others are worth as much.</summary>
    /// <param name="before">The sender's queue as it is; null when there is none.</param>
    /// <param name="after">The queue as it is to be.</param>
    /// <param name="newcomer">What is new in it.</param>
    /// <param name="leaving">For each queue how many of its last transactions.</param>
    public bool TryMakeRoom(SenderQueue? before, SenderQueue after, PooledTransaction newcomer, out List<(SenderQueue Queue, int Count)> leaving)
    {
        leaving = [];
        int count = _count + after.Transactions.Length - (before?.Transactions.Length ?? 0) - limit.Count;
        long bytes = _bytes + after.Footprint - (before?.Footprint ?? 0) - limit.Bytes;
        if (count <= 0 && bytes <= 0)
            return true;
        Rank worth = RankOf(after, 1 + after.Transactions.IndexOf(newcomer));
        foreach (Rank cheapest in _cheapestFirst ??= Order())
        {
            if (cheapest.Sender == after.Sender)
                continue;
            SenderQueue queue = _queues[cheapest.Sender];
            int left = queue.Transactions.Length;
            while (left > 0 && (count > 0 || bytes > 0) && RankOf(queue, left).IsWorthLessThan(worth))
            {
                left--;
                count--;
                bytes -= queue.Transactions[left].Footprint;
            }
            if (left == queue.Transactions.Length)
                break;
            leaving.Add((queue, queue.Transactions.Length - left));
            if (count <= 0 && bytes <= 0)
                return true;
        }
        leaving = [];
        return false;
    }

    private SortedSet<Rank> Order()
    {
        _cheapestFirst = [];
        foreach (SenderQueue queue in _queues.Values)
            Enrol(queue);
        return _cheapestFirst;
    }

    private void Enrol(SenderQueue queue)
    {
        Rank rank = RankOf(queue, queue.Transactions.Length);
        _ranks.Add(queue.Sender, rank);
        _cheapestFirst!.Add(rank);
    }

    /// <summary>What the last of a sender's first transactions is worth.</summary>
    private Rank RankOf(SenderQueue queue, int count)
    {
        (bool Pays, UInt256 Price) cheapest = (true, UInt256.MaxValue);
        foreach (PooledTransaction transaction in queue.Transactions[..count])
        {
            bool pays = transaction.TryGetTip(_prices.BaseFee, _prices.BlobBaseFee, out UInt256 tip);
            (bool Pays, UInt256 Price) price = (pays, pays ? tip : transaction.Transaction.MaxFeePerGas);
            if (price.CompareTo(cheapest) < 0)
                cheapest = price;
        }
        return new Rank(count <= queue.Executable, cheapest.Pays, cheapest.Price, queue.Sender);
    }

    private readonly record struct Rank(bool IsExecutable, bool PaysBaseFee, UInt256 Price, Address Sender) : IComparable<Rank>
    {
        public bool IsWorthLessThan(in Rank other) => Worth.CompareTo(other.Worth) < 0;

        public int CompareTo(Rank other) => Worth.CompareTo(other.Worth) is var byWorth and not 0 ? byWorth : Sender.CompareTo(other.Sender);

        private (bool, bool, UInt256) Worth => (IsExecutable, PaysBaseFee, Price);
    }
}
