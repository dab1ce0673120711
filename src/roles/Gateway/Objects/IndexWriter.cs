using System.Threading.Channels;
using Flashback.State.Store;
using Microsoft.Extensions.Logging;

namespace Flashback.Gateway.Objects;

/// <summary>The one writer of the index. Changes that wait go to the disk together: a thousand small objects cost two flushes.</summary>
/// <remarks>When the disk fails nothing more is written until the gateway is started anew: what is in memory may be ahead of it.</remarks>
internal sealed partial class IndexWriter : IAsyncDisposable
{
    private const int MostWaiting = 4096;
    private const int MostInRound = 1024;

    private readonly IStore _store;
    private readonly PieceTable _pieces;
    private readonly SharedPiece _shared;
    private readonly ILogger _log;
    private readonly Channel<Change> _waiting = Channel.CreateBounded<Change>(MostWaiting); // who comes when it is full waits
    private readonly Task _running;
    private Exception? _failure;

    public IndexWriter(IStore store, PieceTable pieces, SharedPiece shared, ILogger log)
    {
        (_store, _pieces, _shared, _log) = (store, pieces, shared, log);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Makes a change; returns when it is on the disk.</summary>
    /// <exception cref="ObjectException">It may not be made.</exception>
    /// <exception cref="StoreException">The disk fails, or has failed before.</exception>
    public async Task CommitAsync(Change change, CancellationToken cancellation)
    {
        await _waiting.Writer.WriteAsync(change, cancellation).ConfigureAwait(false);
        await change.Done.Task.ConfigureAwait(false); // not cancelled: whoever hands blocks over must wait until they were read
    }

    /// <summary>Closes the shared piece, so that it can be placed; nothing happens when it is empty.</summary>
    public Task RotateAsync(CancellationToken cancellation) => CommitAsync(new Change("", null) { Apply = (_, _) => { }, Check = _ => RotateNow() }, cancellation);

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _running.ConfigureAwait(false);
    }

    private void RotateNow()
    {
        if (!_shared.IsEmpty)
            _shared.Rotate();
    }

    private async Task RunAsync()
    {
        LinkedList<Change> left = [];
        while (left.Count > 0 || await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (left.Count < MostInRound && _waiting.Reader.TryRead(out Change? next))
                left.AddLast(next);
            RunRound(left);
        }
    }

    /// <summary>Takes what can go together out of those that wait, in their order.</summary>
    private void RunRound(LinkedList<Change> left)
    {
        WriterRound round = new(_store, _pieces, _shared);
        HashSet<string> heldBack = [];
        try
        {
            if (_failure is not null)
                throw new StoreException("the disk failed before: the gateway has to be started anew", _failure);
            for (LinkedListNode<Change>? node = left.First, next; node is not null; node = next)
            {
                next = node.Next;
                Change change = node.Value;
                // Of one bucket the order is kept once something of it has to wait.
                if (heldBack.Contains(change.Bucket) || !round.Admits(change))
                {
                    heldBack.Add(change.Bucket);
                    continue;
                }
                bool isFull = !_shared.HasRoom((change.Content?.SharedBytes ?? 0) + change.EntryBytes);
                if ((isFull || change.Bucket.Length == 0) && round.Applied.Count > 0)
                    break; // the shared piece is closed between rounds only
                if (isFull)
                    _shared.Rotate();
                left.Remove(node);
                AddOrRefuse(round, change);
                if (change.Bucket.Length == 0)
                    break;
            }
            _shared.Save(round.Batch);
            if (round.Batch.Count > 0)
                _store.Commit(round.Batch, Durability.Synced);
            round.AfterCommit.ForEach(action => action());
        }
        catch (Exception failure) // whatever it is, each of them must learn that nothing is certain
        {
            _failure ??= failure;
            Log.Failed(_log, failure);
            foreach (Change change in round.Applied.Concat(left))
                change.Done.TrySetException(new StoreException("the index could not be written", failure));
            left.Clear();
            return;
        }
        foreach (Change change in round.Applied)
            change.Done.TrySetResult();
    }

    private static void AddOrRefuse(WriterRound round, Change change)
    {
        try
        {
            round.Add(change);
        }
        catch (ObjectException refusal)
        {
            change.Done.TrySetException(refusal);
        }
        catch (Exception failure)
        {
            change.Done.TrySetException(new StoreException("the index could not be written", failure));
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Critical, Message = "The index could not be written: nothing more is taken until the gateway is started anew")]
        public static partial void Failed(ILogger log, Exception failure);
    }
}
