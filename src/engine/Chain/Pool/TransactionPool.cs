using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Flashback.Chain.Spacetime;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State.Store;
using Microsoft.Extensions.Logging;

namespace Flashback.Chain;

/// <summary>The transactions that are in no block yet. Any number of threads add and read; readers take no lock.</summary>
/// <remarks>
/// 1. What a transaction is by itself is checked: its form, its fees, who signed it.
/// 2. It is checked against the state at the head and the others of its sender; then, since that takes long, its blobs, and what it claims about them.
/// 3. Under the lock it is checked once more, takes its place, and perhaps throws out cheaper ones.
/// 4. It is in the journal before anybody is told that it was taken.
/// When the head moves, everything is looked at again under the lock. Each sender's queue never changes: it is replaced by another.
/// </remarks>
public sealed partial class TransactionPool : IDisposable
{
    private readonly ChainService _chain;
    private readonly PoolOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly PoolJournal _journal;
    private volatile ChainSnapshot _head;

    // changed by who holds _writing, read by all
    private readonly Lock _writing = new();
    private readonly ConcurrentDictionary<Hash32, PooledTransaction> _byHash = [];
    private readonly ConcurrentDictionary<Address, SenderQueue> _queues = [];
    private long _executable;
    private long _waiting;
    private long _version;

    // guarded by _writing
    private readonly PoolRoom _plainRoom;
    private readonly PoolRoom _blobRoom;
    private readonly DelegationRules _delegations = new();
    private readonly SidecarShelf _shelf;
    private ForkRules _rules;

    /// <summary>Opens the pool of a chain, with what a store has of it.</summary>
    /// <exception cref="StoreException">The store fails.</exception>
    public TransactionPool(ChainService chain, PoolOptions options, IStore store, TimeProvider clock, ILogger<TransactionPool> log)
    {
        (_chain, _options, _clock, _log) = (chain, options, clock, log);
        _plainRoom = new PoolRoom(options.Plain);
        _blobRoom = new PoolRoom(options.Blob);
        _shelf = new SidecarShelf(store, options.KeptSidecarBytes);
        _journal = new PoolJournal(store, log);
        _head = chain.Snapshot;
        chain.HeadChanged += Follow;
        lock (_writing)
        {
            _head = chain.Snapshot;
            _rules = RulesOfNextBlock();
            Reprice();
            Restore();
        }
    }

    /// <summary>The columns that a store must have to hold a pool.</summary>
    public static IReadOnlyList<Column> Columns { get; } = [PoolJournal.Column, SidecarShelf.Column];

    /// <summary>Called after a transaction came, by the thread that brought it. Who listens must be quick and must not throw.</summary>
    public event Action<PooledTransaction>? Added;

    /// <summary>How many can be executed, and how many wait.</summary>
    public (int Pending, int Queued) Count => ((int)Volatile.Read(ref _executable), (int)Volatile.Read(ref _waiting));

    /// <summary>A number that is another one after every change.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Takes a transaction, or says why not. What it took survives a crash.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="sidecar">Its blobs.</param>
    /// <exception cref="StoreException">The disk fails: the transaction is here and may not be after a crash.</exception>
    public PoolOutcome Add(Transaction transaction, BlobSidecar? sidecar = null)
    {
        PoolOutcome outcome = AddUnwritten(transaction, sidecar);
        Write();
        return outcome;
    }

    /// <summary>Takes a transaction, or says why not. Who brings many calls <see cref="Write"/> once, before telling anybody that they were taken.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="sidecar">Its blobs.</param>
    public PoolOutcome AddUnwritten(Transaction transaction, BlobSidecar? sidecar = null)
    {
        byte[] encoded = TransactionCodec.Encode(transaction);
        Hash32 hash = Keccak.Hash256(encoded);
        if (_byHash.ContainsKey(hash))
            return Refuse(PoolRule.AlreadyKnown, $"{hash}");
        ForkRules rules = RulesOfNextBlock();
        if (PoolAdmission.CheckAlone(transaction, encoded.Length, sidecar, _options, _chain.Config.ChainId, rules) is { } broken)
            return new PoolOutcome.Refused(broken);
        if (!transaction.TryRecoverSender(out Address sender))
            return Refuse(PoolRule.InvalidSender, $"nobody signed {hash}");
        PooledTransaction candidate = Describe(transaction, hash, sender, sidecar, encoded.Length, _clock.GetUtcNow());
        if (sidecar is not null && (Examine(candidate) ?? CheckBlobs(candidate, rules) ?? CheckClaims(candidate)) is { } unfit)
            return new PoolOutcome.Refused(unfit);
        lock (_writing)
        {
            if (Admit(candidate) is { } refused)
                return new PoolOutcome.Refused(refused);
        }
        Added?.Invoke(candidate);
        return new PoolOutcome.Accepted(candidate);
    }

    /// <summary>When it returns, all that was taken before is in the journal, and survives a crash.</summary>
    /// <exception cref="StoreException">The disk fails.</exception>
    public void Write() => _journal.Flush();

    /// <summary>The transaction with this hash.</summary>
    public bool TryGet(in Hash32 hash, [NotNullWhen(true)] out PooledTransaction? found) => _byHash.TryGetValue(hash, out found);

    /// <summary>Blobs of waiting transactions by their versioned hashes: for each hash the sidecar and the blob's place there, or null when nobody here has it.</summary>
    public IReadOnlyList<(BlobSidecar Sidecar, int Index)?> FindBlobs(IReadOnlyList<Hash32> hashes)
    {
        Dictionary<Hash32, (BlobSidecar Sidecar, int Index)?> wanted = [];
        foreach (Hash32 hash in hashes)
            wanted[hash] = null;
        foreach (PooledTransaction pooled in _byHash.Values)
        {
            if (pooled.Sidecar is not { } sidecar)
                continue;
            for (int i = 0; i < pooled.Transaction.BlobHashes.Count; i++)
            {
                if (wanted.ContainsKey(pooled.Transaction.BlobHashes[i]))
                    wanted[pooled.Transaction.BlobHashes[i]] = (sidecar, i);
            }
        }
        return [.. hashes.Select(hash => wanted[hash])];
    }

    /// <summary>The nonce that a sender's next transaction should have: after those on the chain and those here that can be executed.</summary>
    public ulong NextNonceOf(in Address sender) => _queues.TryGetValue(sender, out SenderQueue? queue) ? queue.NextNonce : StateOf(sender).Nonce;

    /// <summary>Everything that is here.</summary>
    public PoolContent Content()
    {
        Dictionary<Address, IReadOnlyList<PooledTransaction>> executable = [], waiting = [];
        foreach ((Address sender, SenderQueue queue) in _queues)
        {
            if (queue.Executable > 0)
                executable.Add(sender, queue.ExecutableOnes);
            if (queue.Waiting > 0)
                waiting.Add(sender, queue.WaitingOnes);
        }
        return new PoolContent(executable, waiting);
    }

    /// <summary>What a block with these prices could have, dearest first.</summary>
    public BestTransactions Best(UInt256 baseFee, UInt256 blobBaseFee) => new(_queues.Values, baseFee, blobBaseFee);

    /// <summary>Takes a transaction out; false when it is not here. Those of its sender that come after it wait from now on.</summary>
    public bool Remove(Hash32 hash)
    {
        lock (_writing)
        {
            if (!_byHash.TryGetValue(hash, out PooledTransaction? transaction))
                return false;
            SenderQueue before = _queues[transaction.Sender];
            Replace(before, before.In(before.State, other => other != transaction));
            return true;
        }
    }

    /// <summary>Writes what is not on disk yet, and stops listening.</summary>
    public void Dispose()
    {
        _chain.HeadChanged -= Follow;
        _journal.Dispose();
    }

    private Invalid<PoolRule>? CheckClaims(PooledTransaction candidate) =>
        ClaimTrial.Check(_chain, _chain.Snapshot, candidate, _clock.GetUtcNow()) is { } wrong ? new(PoolRule.UnprovenClaim, wrong.ToString()) : null;

    private static PoolOutcome.Refused Refuse(PoolRule rule, string detail) => new(new Invalid<PoolRule>(rule, detail));

    private static Invalid<PoolRule>? CheckBlobs(PooledTransaction candidate, ForkRules rules) =>
        candidate.Sidecar?.Check(candidate.Transaction, rules) is { } wrong ? new(PoolRule.InvalidSidecar, wrong.ToString()) : null;
}
