using Flashback.Execution;
using Flashback.Primitives;
using Microsoft.Extensions.Logging;

namespace Flashback.Chain;

public sealed partial class TransactionPool
{
    /// <summary>Looks at everything again at a new head: on the chain's own thread, so that who sees the new head sees the pool that goes with it.</summary>
    private void Follow(HeadChange change)
    {
        List<PooledTransaction> back = [];
        lock (_writing)
        {
            _head = change.Now;
            Reprice();
            KeepSidecars(change.Adopted);
            ForkRules rules = RulesOfNextBlock();
            bool isAnotherFork = rules != _rules;
            _rules = rules;
            foreach (SenderQueue queue in _queues.Values)
                Revalidate(queue, rules, isAnotherFork);
            if (change.Abandoned.Count > 0)
                back = Return(change, rules);
        }
        foreach (PooledTransaction transaction in back)
            Added?.Invoke(transaction);
    }

    private void Reprice()
    {
        BlockHeader head = _head.Head.Header;
        ForkRules rules = RulesOfNextBlock();
        BlockPrices prices = new(FeeMarket.BaseFeeAfter(head), rules.Blobs.BaseFee(FeeMarket.ExcessBlobGasAfter(head, rules)));
        _plainRoom.Reprice(prices);
        _blobRoom.Reprice(prices);
    }

    private void KeepSidecars(IReadOnlyList<ExecutedBlock> adopted)
    {
        foreach (ExecutedBlock block in adopted)
        {
            foreach (Transaction transaction in block.Block.Transactions)
            {
                if (transaction.Type == TransactionType.Blob && transaction.Hash() is var hash && _byHash.TryGetValue(hash, out PooledTransaction? pooled))
                    _shelf.Put(pooled, block.Number);
            }
        }
    }

    /// <summary>Drops what has become stale, unaffordable or against the rules, and what has waited too long.</summary>
    private void Revalidate(SenderQueue queue, ForkRules rules, bool isAnotherFork)
    {
        SenderState state = StateOf(queue.Sender);
        DateTimeOffset oldest = _clock.GetUtcNow() - _options.WaitingLifetime;
        ulong gasLimit = _head.Head.Header.GasLimit;
        ulong next = queue.NextNonce;
        bool Stays(PooledTransaction t) =>
            PoolAdmission.CheckState(t, state, gasLimit) is null
            && (!isAnotherFork || KeepsTheRulesOf(t, rules))
            && (t.Nonce < next || t.Arrival >= oldest);
        SenderQueue after = queue.In(state, Stays);
        if (state != queue.State || after.Transactions.Length != queue.Transactions.Length)
            Replace(queue, after);
    }

    private bool KeepsTheRulesOf(PooledTransaction t, ForkRules rules) =>
        PoolAdmission.CheckAlone(t.Transaction, t.ByteLength, t.Sidecar, _options, _chain.Config.ChainId, rules) is null
        && (t.Sidecar is null || t.Sidecar.Version == BlobSidecar.VersionIn(rules));

    /// <summary>Takes back the transactions of blocks that have left the chain, as far as they may still be executed.</summary>
    private List<PooledTransaction> Return(HeadChange change, ForkRules rules)
    {
        List<PooledTransaction> back = [];
        for (int i = change.Abandoned.Count - 1; i >= 0; i--)
        {
            ExecutedBlock block = change.Abandoned[i];
            for (int j = 0; j < block.Senders.Count; j++)
            {
                if (TryRestore(block.Block.Transactions[j], block.Senders[j], null, _clock.GetUtcNow(), rules) is { } restored)
                    back.Add(restored);
            }
        }
        LogReturned(back.Count);
        return back;
    }

    private void Restore()
    {
        int count = 0;
        ForkRules rules = RulesOfNextBlock();
        foreach ((Transaction transaction, BlobSidecar? sidecar, Address sender, DateTimeOffset arrival) in _journal.Read())
        {
            if (TryRestore(transaction, sender, sidecar, arrival, rules) is not null)
                count++;
            else
                _journal.Note(transaction.Hash(), null);
        }
        _journal.Settle();
        LogRestored(count);
    }

    /// <summary>Takes a transaction whose signature and blobs were checked before; null when it has no place any more.</summary>
    private PooledTransaction? TryRestore(Transaction transaction, in Address sender, BlobSidecar? sidecar, DateTimeOffset arrival, ForkRules rules)
    {
        byte[] encoded = TransactionCodec.Encode(transaction);
        Hash32 hash = Keccak.Hash256(encoded);
        if (transaction.Type == TransactionType.Blob && sidecar is null && !_shelf.TryGet(hash, out sidecar))
            return null;
        PooledTransaction candidate = Describe(transaction, hash, sender, sidecar, encoded.Length, arrival);
        return KeepsTheRulesOf(candidate, rules) && Admit(candidate) is null ? candidate : null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Pool restored: {Count} transactions")]
    private partial void LogRestored(int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} transactions of abandoned blocks are back in the pool")]
    private partial void LogReturned(int count);
}
