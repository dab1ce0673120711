using System.Diagnostics;
using Flashback.Chain.Spacetime;
using Flashback.Execution;

namespace Flashback.Chain;

/// <summary>Puts blocks together from the pool: who pays most comes first, within the limits of gas, blobs, bytes and time. Safe to share between threads.</summary>
public sealed class BlockBuilder(ChainService chain, TransactionPool pool, TimeProvider clock)
{
    private const int MostAttempts = 4;

    /// <summary>Puts a block together.</summary>
    /// <param name="parent">The chain up to the parent.</param>
    /// <param name="attributes">What the block's producer decides.</param>
    /// <param name="withdrawals">What the stake pays out.</param>
    /// <param name="budget">How long to take in transactions; the last one is executed to its end. Zero makes an empty block.</param>
    /// <param name="cancellation">Ends taking in transactions: there is a block all the same.</param>
    /// <exception cref="InvalidOperationException">No block can follow with these attributes, whatever its transactions: a system contract fails.</exception>
    public BuiltBlock Build(ChainSnapshot parent, BlockAttributes attributes, IReadOnlyList<Withdrawal> withdrawals, TimeSpan budget, CancellationToken cancellation)
    {
        using Activity? trace = ChainTraces.Begin("build");
        long began = clock.GetTimestamp();
        bool IsTimeUp() => clock.GetElapsedTime(began) >= budget || cancellation.IsCancellationRequested;
        for (int attempt = 1; ; attempt++)
        {
            // What was executed cannot be taken out again: after a claim that does not hold the block begins anew, and in the end without blobs.
            if (TryBuild(parent, attributes, withdrawals, IsTimeUp, takesBlobs: attempt < MostAttempts) is not { } built)
                continue;
            trace?.SetTag("block.number", (long)built.Block.Number).SetTag("block.transactions", built.Block.Receipts.Count).SetTag("block.gas", (long)built.Block.Header.GasUsed);
            return built;
        }
    }

    /// <summary>Begins to put a block together that is asked for later.</summary>
    /// <param name="parent">The chain up to the parent.</param>
    /// <param name="attributes">What the block's producer decides.</param>
    /// <param name="withdrawals">What the stake pays out.</param>
    /// <param name="budget">How long each round may take in transactions: who asks at once waits so long.</param>
    /// <exception cref="InvalidOperationException">No block can follow with these attributes.</exception>
    public PayloadJob Start(ChainSnapshot parent, BlockAttributes attributes, IReadOnlyList<Withdrawal> withdrawals, TimeSpan budget) =>
        new((time, cancellation) => Build(parent, attributes, withdrawals, time, cancellation), () => pool.Version, budget, clock);

    /// <summary>Null when a transaction claims what is not so; it is in the pool no longer.</summary>
    private BuiltBlock? TryBuild(ChainSnapshot parent, BlockAttributes attributes, IReadOnlyList<Withdrawal> withdrawals, Func<bool> isTimeUp, bool takesBlobs)
    {
        ForkRules rules = chain.Config.RulesAt(attributes.Timestamp);
        BlockHeader draft = attributes.Draft(parent.Head.Header, chain.Config);
        SpacetimeHooks hooks = chain.HooksOf(draft);
        if (chain.Executor.Begin(draft, parent.State, new Ancestors(chain.Blocks, parent.Head.Header), hooks, out BlockExecution<SpacetimeHooks> execution) is { } atOnce)
            throw new InvalidOperationException($"no block can follow {parent.Head.Hash}: {atOnce}");
        BlockContent content = new(draft, withdrawals, rules);
        BestTransactions best = pool.Best(draft.BaseFeePerGas, rules.Blobs.BaseFee(draft.ExcessBlobGas));
        while (!content.IsFull(execution.Used) && !isTimeUp() && best.TryTake(out PooledTransaction? next))
        {
            int claims = hooks.Claims.Count;
            if (!content.HasRoomFor(next, execution.Used) || (next.Sidecar is not null && !takesBlobs) || !TryExecute(execution, next))
            {
                best.SkipSender();
                continue;
            }
            if (hooks.Claims.Count > claims && !HoldClaims([.. hooks.Claims.Skip(claims)], next))
                return null;
            content.Add(next, execution.Receipts);
        }
        if (execution.Finish(withdrawals, out BlockResult? result) is { } broken)
            throw new InvalidOperationException($"no block can follow {parent.Head.Hash}: {broken}");
        return content.Seal(parent, result!) with { Claims = hooks.Claims };
    }

    /// <summary>Verifies what a transaction claims in the state as it is there; one that claims what is not so is dropped. The pool has verified most of it before.</summary>
    private bool HoldClaims(IReadOnlyList<StatedClaim> claims, PooledTransaction transaction)
    {
        if (chain.Spacetime!.Verifier.Verify(claims, ClaimTrial.BlobsOf(transaction), out _) is null)
            return true;
        _ = pool.Remove(transaction.Hash);
        return false;
    }

    /// <summary>Executes a transaction. One with which a number leaves its range fits no block: it is dropped.</summary>
    private bool TryExecute(BlockExecution<SpacetimeHooks> execution, PooledTransaction transaction)
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
