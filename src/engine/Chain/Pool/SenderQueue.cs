using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>What the state says of a sender.</summary>
/// <param name="Nonce">The next transaction's.</param>
/// <param name="Balance">In wei.</param>
/// <param name="IsDelegated">Another account's code runs in its place. spec: EIP-7702</param>
/// <param name="IsContract">It has code of its own, and can send nothing. spec: EIP-3607</param>
internal readonly record struct SenderState(ulong Nonce, UInt256 Balance, bool IsDelegated, bool IsContract);

/// <summary>One sender's transactions by ascending nonce: first those that can be executed one after the other, then those that wait. It never changes.</summary>
internal sealed class SenderQueue
{
    private readonly PooledTransaction[] _transactions;

    public SenderQueue(Address sender, in SenderState state, PooledTransaction[] transactions)
    {
        Sender = sender;
        State = state;
        _transactions = transactions;
        UInt256 spent = UInt256.Zero;
        foreach (PooledTransaction transaction in transactions)
        {
            Footprint += transaction.Footprint;
            if (transaction.Nonce != state.Nonce + (ulong)Executable || UInt256.AddOverflows(spent, transaction.Cost, out UInt256 sum) || sum > state.Balance)
                continue;
            Executable++;
            spent = sum;
        }
        Spent = spent;
    }

    public Address Sender { get; }

    public SenderState State { get; }

    /// <summary>How many can be executed.</summary>
    public int Executable { get; }

    public int Waiting => _transactions.Length - Executable;

    /// <summary>The most wei that those take that can be executed.</summary>
    public UInt256 Spent { get; }

    /// <summary>Bytes of all.</summary>
    public long Footprint { get; }

    public ReadOnlySpan<PooledTransaction> Transactions => _transactions;

    public bool IsEmpty => _transactions.Length == 0;

    /// <summary>The nonce after those that can be executed.</summary>
    public ulong NextNonce => State.Nonce + (ulong)Executable;

    public ArraySegment<PooledTransaction> ExecutableOnes => new(_transactions, 0, Executable);

    public ArraySegment<PooledTransaction> WaitingOnes => new(_transactions, Executable, Waiting);

    public PooledTransaction? At(ulong nonce) => IndexOf(nonce) is var index and >= 0 ? _transactions[index] : null;

    /// <summary>With a transaction more, or in the place of the one with its nonce.</summary>
    public SenderQueue With(PooledTransaction transaction)
    {
        int index = IndexOf(transaction.Nonce);
        PooledTransaction[] changed = index >= 0
            ? [.. _transactions]
            : [.. _transactions.AsSpan(0, ~index), transaction, .. _transactions.AsSpan(~index)];
        if (index >= 0)
            changed[index] = transaction;
        return new SenderQueue(Sender, State, changed);
    }

    /// <summary>Without the last ones.</summary>
    public SenderQueue WithoutLast(int count) => new(Sender, State, _transactions[..^count]);

    /// <summary>In another state, with those transactions only that may stay.</summary>
    public SenderQueue In(in SenderState state, Predicate<PooledTransaction> stays) => new(Sender, state, Array.FindAll(_transactions, stays));

    private int IndexOf(ulong nonce)
    {
        int low = 0, high = _transactions.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            ulong found = _transactions[middle].Nonce;
            if (found == nonce)
                return middle;
            (low, high) = found < nonce ? (middle + 1, high) : (low, middle - 1);
        }
        return ~low;
    }
}
