using Flashback.Api.Wire;
using Flashback.Chain;
using Flashback.Primitives;

namespace Flashback.Api.Subscriptions;

/// <summary>What has happened since somebody asked last. One thread at a time.</summary>
internal abstract class PolledFilter
{
    private const int MostKept = 100_000; // who does not ask for so long gets the newest only

    /// <summary>When it was asked last, as the clock's timestamp.</summary>
    public long AskedAt { get; set; }

    public virtual void Note(HeadChange change)
    {
    }

    public virtual void Note(PooledTransaction transaction)
    {
    }

    /// <summary>What has happened since the last time, as JSON-RPC answers it.</summary>
    public abstract JsonRpc.RpcAnswer Take();

    private protected static IReadOnlyList<T> Empty<T>(Queue<T> queue)
    {
        T[] all = [.. queue];
        queue.Clear();
        return all;
    }

    private protected static void Keep<T>(Queue<T> queue, T item)
    {
        if (queue.Count == MostKept)
            queue.Dequeue();
        queue.Enqueue(item);
    }

    /// <summary>New blocks.</summary>
    public sealed class OfBlocks : PolledFilter
    {
        private readonly Queue<Hash32> _hashes = new();

        public override void Note(HeadChange change)
        {
            foreach (ExecutedBlock block in change.Adopted)
                Keep(_hashes, block.Hash);
        }

        public override JsonRpc.RpcAnswer Take() => JsonRpc.RpcAnswer.Of(Empty(_hashes));
    }

    /// <summary>Transactions that came into the pool.</summary>
    public sealed class OfTransactions : PolledFilter
    {
        private readonly Queue<Hash32> _hashes = new();

        public override void Note(PooledTransaction transaction) => Keep(_hashes, transaction.Hash);

        public override JsonRpc.RpcAnswer Take() => JsonRpc.RpcAnswer.Of(Empty(_hashes));
    }

    /// <summary>Logs of new blocks, and again, marked as removed, of blocks that left the chain.</summary>
    public sealed class OfLogs(WireFilter wanted) : PolledFilter
    {
        private readonly LogFilter _filter = wanted.ToFilter();
        private readonly Queue<WireLog> _logs = new();

        public WireFilter Wanted => wanted;

        public override void Note(HeadChange change)
        {
            foreach (WireLog log in LogsOf(change, _filter))
            {
                bool isLate = wanted.FromBlock?.Number is { } first && log.BlockNumber < first;
                bool isAfter = wanted.ToBlock?.Number is { } last && log.BlockNumber > last;
                if (!isLate && !isAfter)
                    Keep(_logs, log);
            }
        }

        public override JsonRpc.RpcAnswer Take() => JsonRpc.RpcAnswer.Of(Empty(_logs));
    }

    /// <summary>The logs that a change of the head brings and takes back.</summary>
    public static IEnumerable<WireLog> LogsOf(HeadChange change, LogFilter filter) =>
        change.Abandoned.SelectMany(block => WireLog.Of(block, filter, isRemoved: true)).Concat(change.Adopted.SelectMany(block => WireLog.Of(block, filter)));
}
