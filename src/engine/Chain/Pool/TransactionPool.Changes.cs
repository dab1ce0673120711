using System.Numerics;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Chain;

public sealed partial class TransactionPool
{
    /// <summary>The rules of a block that follows the head now.</summary>
    private ForkRules RulesOfNextBlock() =>
        _chain.Config.RulesAt(Math.Max(_head.Head.Header.Timestamp + 1, (ulong)Math.Max(0, _clock.GetUtcNow().ToUnixTimeSeconds())));

    private static PooledTransaction Describe(
        Transaction transaction, in Hash32 hash, in Address sender, BlobSidecar? sidecar, int length, DateTimeOffset arrival)
    {
        // Overflows end at the largest word, which nobody owns.
        bool overflows = UInt256.MultiplyOverflows(transaction.MaxFeePerGas, transaction.GasLimit, out UInt256 cost)
            | UInt256.MultiplyOverflows(transaction.MaxFeePerBlobGas, transaction.BlobGas, out UInt256 blobCost)
            | UInt256.AddOverflows(cost, blobCost, out cost)
            | UInt256.AddOverflows(cost, transaction.Value, out cost);
        return new PooledTransaction(transaction, hash, sender, sidecar, length, arrival)
        {
            Cost = overflows ? UInt256.MaxValue : cost,
            Authorities = transaction.Authorizations.Count == 0 ? [] : AuthoritiesOf(transaction),
        };
    }

    private static Address[] AuthoritiesOf(Transaction transaction)
    {
        HashSet<Address> authorities = [];
        foreach (Authorization authorization in transaction.Authorizations)
        {
            if (authorization.TryRecoverAuthority(out Address authority))
                authorities.Add(authority);
        }
        return [.. authorities];
    }

    private SenderState StateOf(in Address sender)
    {
        ChainSnapshot head = _head;
        if (!head.State.TryGetAccount(sender, out Account account))
            return default;
        if (account.CodeHash == Keccak.OfNothing)
            return new SenderState(account.Nonce, account.Balance, IsDelegated: false, IsContract: false);
        bool isDelegated = Delegation.TryRead(head.State.CodeOf(account.CodeHash).Span, out _);
        return new SenderState(account.Nonce, account.Balance, isDelegated, IsContract: !isDelegated);
    }

    private SenderQueue QueueOf(in Address sender) => _queues.TryGetValue(sender, out SenderQueue? queue) ? queue : new SenderQueue(sender, StateOf(sender), []);

    /// <summary>The rule that a transaction breaks at the head, among the others; null when there is none. Without the lock it is a first look.</summary>
    private Invalid<PoolRule>? Examine(PooledTransaction candidate)
    {
        SenderQueue queue = QueueOf(candidate.Sender);
        return _byHash.ContainsKey(candidate.Hash) ? new(PoolRule.AlreadyKnown, $"{candidate.Hash}")
            : PoolAdmission.CheckState(candidate, queue.State, _head.Head.Header.GasLimit) ?? PoolAdmission.CheckQueue(candidate, queue, _options);
    }

    /// <summary>Gives a transaction its place. Who calls holds the lock.</summary>
    private Invalid<PoolRule>? Admit(PooledTransaction candidate)
    {
        SenderQueue queue = QueueOf(candidate.Sender);
        if ((Examine(candidate) ?? _delegations.Check(candidate, queue, address => _queues.GetValueOrDefault(address))) is { } broken)
            return broken;
        SenderQueue after = queue.With(candidate);
        PoolRoom room = RoomFor(candidate);
        if (!room.TryMakeRoom(queue.IsEmpty ? null : queue, after, candidate, out List<(SenderQueue Queue, int Count)> leaving))
            return candidate.Nonce < after.NextNonce
                ? new(PoolRule.Underpriced, $"the pool is full of dearer ones: tip {(BigInteger)candidate.Transaction.MaxPriorityFeePerGas}, fee {(BigInteger)candidate.Transaction.MaxFeePerGas}")
                : new(PoolRule.PoolFull, $"nonce {candidate.Nonce} waits for {after.NextNonce}");
        foreach ((SenderQueue victim, int count) in leaving)
            Replace(victim, victim.WithoutLast(count));
        Replace(queue, after);
        return null;
    }

    private PoolRoom RoomFor(PooledTransaction transaction) => transaction.Sidecar is null ? _plainRoom : _blobRoom;

    /// <summary>Puts a sender's queue in the place of another: the one way in which anything here changes. Who calls holds the lock.</summary>
    private void Replace(SenderQueue before, SenderQueue after)
    {
        // Both are in the order of nonces: one walk tells who came and who went.
        ReadOnlySpan<PooledTransaction> old = before.Transactions, now = after.Transactions;
        for (int i = 0, j = 0; i < old.Length || j < now.Length;)
        {
            if (i < old.Length && j < now.Length && ReferenceEquals(old[i], now[j]))
                (i, j) = (i + 1, j + 1);
            else if (i < old.Length && (j == now.Length || old[i].Nonce <= now[j].Nonce))
                Leave(old[i++]);
            else
                Enter(now[j++]);
        }
        if (!before.IsEmpty || !after.IsEmpty)
            RoomFor((before.IsEmpty ? after : before).Transactions[0]).Replace(before.IsEmpty ? null : before, after.IsEmpty ? null : after);
        if (after.IsEmpty)
            _queues.TryRemove(after.Sender, out _);
        else
            _queues[after.Sender] = after;
        Interlocked.Add(ref _executable, after.Executable - before.Executable);
        Interlocked.Add(ref _waiting, after.Waiting - before.Waiting);
        Interlocked.Increment(ref _version);
    }

    private void Enter(PooledTransaction transaction)
    {
        _byHash[transaction.Hash] = transaction;
        _delegations.Enter(transaction);
        _journal.Note(transaction.Hash, transaction);
    }

    private void Leave(PooledTransaction transaction)
    {
        _byHash.TryRemove(transaction.Hash, out _);
        _delegations.Leave(transaction);
        _journal.Note(transaction.Hash, null);
    }
}
