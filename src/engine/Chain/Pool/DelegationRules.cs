using Flashback.Primitives;
using Refusal = Flashback.Primitives.Invalid<Flashback.Chain.PoolRule>;

namespace Flashback.Chain;

/// <summary>
/// Who delegates to code, or is about to, has one transaction in the pool at a time: the code can take the account's coins, or raise its nonce, at any
/// moment, and a long queue would fall at no cost. spec: EIP-7702, "Transaction propagation"
/// </summary>
internal sealed class DelegationRules
{
    private readonly Dictionary<Address, int> _authorities = [];

    /// <summary>Takes note of a transaction that has come.</summary>
    public void Enter(PooledTransaction transaction)
    {
        foreach (Address authority in transaction.Authorities)
            _authorities[authority] = _authorities.GetValueOrDefault(authority) + 1;
    }

    /// <summary>Takes note of a transaction that has gone.</summary>
    public void Leave(PooledTransaction transaction)
    {
        foreach (Address authority in transaction.Authorities)
        {
            if (_authorities[authority] == 1)
                _authorities.Remove(authority);
            else
                _authorities[authority]--;
        }
    }

    /// <summary>The rule that a transaction breaks that would come next; null when there is none.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="queue">Those of its sender.</param>
    /// <param name="find">Finds the queues of authorities.</param>
    public Refusal? Check(PooledTransaction transaction, SenderQueue queue, Func<Address, SenderQueue?> find) =>
        HasOneInFlight(transaction, queue) ?? AuthoritiesAreFree(transaction, find);

    private Refusal? HasOneInFlight(PooledTransaction t, SenderQueue queue)
    {
        if ((!queue.State.IsDelegated && !_authorities.ContainsKey(t.Sender)) || queue.At(t.Nonce) is not null)
            return null;
        return t.Nonce != queue.State.Nonce && queue.IsEmpty ? new(PoolRule.GappedNonceOfDelegated, $"address {t.Sender}, tx: {t.Nonce} state: {queue.State.Nonce}")
            : !queue.IsEmpty ? new(PoolRule.InFlightLimit, $"address {t.Sender} has {queue.Transactions.Length} in flight")
            : null;
    }

    private static Refusal? AuthoritiesAreFree(PooledTransaction t, Func<Address, SenderQueue?> find)
    {
        foreach (Address authority in t.Authorities)
        {
            SenderQueue? queue = authority == t.Sender ? null : find(authority);
            if (queue is not null && (queue.Transactions.Length > 1 || queue.Transactions[0].Sidecar is not null))
                return new(PoolRule.AuthorityReserved, $"address {authority} has {queue.Transactions.Length} in flight");
        }
        return null;
    }
}
