using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>What later floors do around a block's transactions: call contracts of theirs before and after, and look at each transaction.</summary>
/// <remarks>
/// Given as a struct type parameter, so that <see cref="NoHooks"/> costs nothing. A struct that gathers something keeps it behind a reference: it is
/// passed by value. What a hook does is part of the block's meaning, so it must depend on its arguments only.
/// </remarks>
public interface IBlockHooks
{
    /// <summary>Before the first transaction, after the fork's own calls. Returns the rule that the block breaks, or null.</summary>
    Invalid<BlockRule>? BeforeTransactions(in SystemCalls system);

    /// <summary>After a transaction was executed; one that was tried and found invalid is not told of.</summary>
    /// <param name="index">Its place in the block, from 0.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="receipt">What it left behind.</param>
    /// <param name="state">The state as it is there.</param>
    void AfterTransaction(int index, Transaction transaction, Receipt receipt, in BlockState state);

    /// <summary>After the last transaction, the withdrawals and the fork's own calls. Returns the rule that the block breaks, or null.</summary>
    /// <param name="system">The way to call contracts.</param>
    /// <param name="requests">Takes requests of types above the fork's own.</param>
    Invalid<BlockRule>? AfterTransactions(in SystemCalls system, RequestList requests);
}

/// <summary>Nothing is done around the transactions: Ethereum as it is.</summary>
public readonly struct NoHooks : IBlockHooks
{
    /// <inheritdoc/>
    public Invalid<BlockRule>? BeforeTransactions(in SystemCalls system) => null;

    /// <inheritdoc/>
    public void AfterTransaction(int index, Transaction transaction, Receipt receipt, in BlockState state) { }

    /// <inheritdoc/>
    public Invalid<BlockRule>? AfterTransactions(in SystemCalls system, RequestList requests) => null;
}
