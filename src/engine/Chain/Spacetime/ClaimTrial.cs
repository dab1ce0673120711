using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Chain.Spacetime;

/// <summary>Tries a transaction on the state at the head, to see what it claims, before anybody takes it.</summary>
internal static class ClaimTrial
{
    /// <summary>The blobs of a transaction by their versioned hashes.</summary>
    public static IReadOnlyDictionary<Hash32, ReadOnlyMemory<byte>> BlobsOf(PooledTransaction transaction)
    {
        Dictionary<Hash32, ReadOnlyMemory<byte>> blobs = [];
        for (int i = 0; i < transaction.Transaction.BlobHashes.Count && transaction.Sidecar is { } sidecar; i++)
            blobs[transaction.Transaction.BlobHashes[i]] = sidecar.Blobs[i];
        return blobs;
    }

    /// <summary>What breaks a claim of the transaction, were it the first one of the next block; null when there is nothing, or when it cannot be executed yet: then who builds a block looks.</summary>
    /// <remarks>Only who calls Sectors itself is looked at: the work of others is not bounded by what the contract allows.</remarks>
    public static Invalid<ClaimRule>? Check(ChainService chain, ChainSnapshot head, PooledTransaction transaction, DateTimeOffset now)
    {
        if (chain.Spacetime is not { } fork || transaction.Sidecar is null || transaction.Transaction.To != GenesisContracts.Sectors)
            return null;
        BlockHeader parent = head.Head.Header;
        // The block of this slot may be there before the transaction is anywhere: the next one counts.
        ulong next = (ulong)Math.Max(0, now.ToUnixTimeSeconds()) + fork.Parameters.SecondsPerSlot;
        BlockAttributes attributes = new(fork.Parameters.TimeAfter(parent.Timestamp, next), parent.Coinbase, parent.GasLimit, parent.PrevRandao, default, default);
        BlockHeader draft = attributes.Draft(parent, chain.Config);
        SpacetimeHooks hooks = fork.HooksOf(draft);
        if (chain.Executor.Begin(draft, head.State, new Ancestors(chain.Blocks, parent), hooks, out BlockExecution<SpacetimeHooks> execution) is not null)
            return null;
        return TryExecute(execution, transaction) && hooks.Claims.Count > 0 ? fork.Verifier.Verify(hooks.Claims, BlobsOf(transaction), out _) : null;
    }

    private static bool TryExecute(BlockExecution<SpacetimeHooks> execution, PooledTransaction transaction)
    {
        try
        {
            return execution.Execute(transaction.Transaction, transaction.Sender) is null;
        }
        catch (OverflowException)
        {
            return false;
        }
    }
}
