using System.Diagnostics;
using Flashback.Execution;

namespace Flashback.Chain;

/// <summary>Puts blocks together from the pool: who pays most comes first, within the limits of gas, blobs, bytes and time. Safe to share between threads.</summary>
public sealed class BlockBuilder(ChainService chain, TransactionPool pool, TimeProvider clock)
{
    /// <summary>Puts a block together.</summary>
    /// <param name="parent">The chain up to the parent.</param>
    /// <param name="attributes">What the block's producer decides.</param>
    /// <param name="withdrawals">What the stake pays out.</param>
    /// <param name="budget">How long to take in transactions; the last one is executed to its end. Zero makes an empty block.</param>
    /// <param name="cancellation">Ends taking in transactions: there is a block all the same.</param>
    /// <exception cref="InvalidOperationException">No block can follow with these attributes, whatever its transactions: a system contract fails.</exception>
    public BuiltBlock Build(ChainSnapshot parent, BlockAttributes attributes, IReadOnlyList<Withdrawal> withdrawals, TimeSpan budget, CancellationToken cancellation)
    {
        ForkRules rules = chain.Config.RulesAt(attributes.Timestamp);
        BlockHeader draft = attributes.Draft(parent.Head.Header, chain.Config);
        using Activity? trace = ChainTraces.Begin("build");
        Ancestors ancestors = new(chain.Blocks, parent.Head.Header);
        if (chain.Executor.Begin(draft, parent.State, ancestors, default(NoHooks), out BlockExecution<NoHooks> execution) is { } atOnce)
            throw new InvalidOperationException($"no block can follow {parent.Head.Hash}: {atOnce}");
        BlockContent content = new(draft, withdrawals, rules);
        long began = clock.GetTimestamp();
        BestTransactions best = pool.Best(draft.BaseFeePerGas, rules.Blobs.BaseFee(draft.ExcessBlobGas));
        while (!content.IsFull(execution.Used) && clock.GetElapsedTime(began) < budget && !cancellation.IsCancellationRequested
            && best.TryTake(out PooledTransaction? next))
        {
            if (!content.HasRoomFor(next, execution.Used) || !TryExecute(execution, next))
                best.SkipSender();
            else
                content.Add(next, execution.Receipts);
        }
        if (execution.Finish(withdrawals, out BlockResult? result) is { } broken)
            throw new InvalidOperationException($"no block can follow {parent.Head.Hash}: {broken}");
        BuiltBlock built = content.Seal(parent, result!);
        trace?.SetTag("block.number", (long)built.Block.Number).SetTag("block.transactions", built.Block.Receipts.Count).SetTag("block.gas", (long)built.Block.Header.GasUsed);
        return built;
    }

    /// <summary>Begins to put a block together that is asked for later.</summary>
    /// <param name="parent">The chain up to the parent.</param>
    /// <param name="attributes">What the block's producer decides.</param>
    /// <param name="withdrawals">What the stake pays out.</param>
    /// <param name="budget">How long each round may take in transactions: who asks at once waits so long.</param>
    /// <exception cref="InvalidOperationException">No block can follow with these attributes.</exception>
    public PayloadJob Start(ChainSnapshot parent, BlockAttributes attributes, IReadOnlyList<Withdrawal> withdrawals, TimeSpan budget) =>
        new((time, cancellation) => Build(parent, attributes, withdrawals, time, cancellation), () => pool.Version, budget, clock);

    /// <summary>Executes a transaction. One with which a number leaves its range fits no block: it is dropped.</summary>
    private bool TryExecute(BlockExecution<NoHooks> execution, PooledTransaction transaction)
    {
        try
        {
            return execution.Execute(transaction.Transaction, transaction.Sender) is null;
        }
        catch (OverflowException)
        {
            pool.Remove(transaction.Hash);
            return false;
        }
    }
}
