using System.Security.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;
using Microsoft.Extensions.Logging;

namespace Flashback.Chain;

/// <summary>Produces a local chain without consensus: by a timer, or whenever there is a transaction. Safe to share between threads.</summary>
public sealed partial class DevProducer(
    ChainService chain, TransactionPool pool, BlockBuilder builder, DevOptions options, TimeProvider clock, ILogger<DevProducer> log) : IBlockProducer
{
    private const ulong GasLimitBoundDivisor = 1024; // GAS_LIMIT_ADJUSTMENT_FACTOR

    private readonly ILogger _log = log;
    private readonly Lock _mining = new();

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken stop)
    {
        IDisposable claim = chain.ClaimProduction();
        return Task.Run(
            async () =>
            {
                using (claim)
                    await (options.BlockTime > TimeSpan.Zero ? RunByTimerAsync(stop) : RunByTransactionsAsync(stop)).ConfigureAwait(false);
            },
            CancellationToken.None);
    }

    /// <summary>Produces blocks at once, besides those that come by themselves, and returns them.</summary>
    /// <param name="blocks">How many; the later ones are empty when the first took everything.</param>
    public IReadOnlyList<ExecutedBlock> Mine(int blocks)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(blocks);
        ExecutedBlock[] mined = new ExecutedBlock[blocks];
        for (int i = 0; i < blocks; i++)
            mined[i] = MineOne(CancellationToken.None);
        return mined;
    }

    private async Task RunByTimerAsync(CancellationToken stop)
    {
        using PeriodicTimer timer = new(options.BlockTime, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
                MineOne(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            LogStopped();
        }
    }

    private async Task RunByTransactionsAsync(CancellationToken stop)
    {
        using SemaphoreSlim wake = new(1, 1);
        void Wake(PooledTransaction transaction)
        {
            try
            {
                if (wake.CurrentCount == 0)
                    wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // another thread has woken it at the same moment
            }
        }
        pool.Added += Wake;
        try
        {
            while (true)
            {
                await wake.WaitAsync(stop).ConfigureAwait(false);
                while (!stop.IsCancellationRequested && HasTransactions())
                {
                    if (MineOne(stop).Block.Transactions.Count == 0)
                        break; // what is there cannot be executed: a block each moment would not help
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            LogStopped();
        }
        finally
        {
            pool.Added -= Wake;
        }
    }

    /// <summary>True when a block that came next would have a transaction.</summary>
    private bool HasTransactions()
    {
        BlockHeader head = chain.Snapshot.Head.Header;
        ForkRules rules = chain.Config.RulesAt(NextTimestamp(head));
        return pool.Best(FeeMarket.BaseFeeAfter(head), rules.Blobs.BaseFee(FeeMarket.ExcessBlobGasAfter(head, rules))).TryTake(out _);
    }

    private ExecutedBlock MineOne(CancellationToken cancellation)
    {
        lock (_mining)
        {
            ChainSnapshot parent = chain.Snapshot;
            BlockHeader header = parent.Head.Header;
            BlockAttributes attributes = new(
                NextTimestamp(header), options.Coinbase, NextGasLimit(header.GasLimit), Hash32.Read(RandomNumberGenerator.GetBytes(32)), default, default);
            BuiltBlock built = builder.Build(parent, attributes, [], options.Budget, cancellation);
            chain.Import(built.Block, built.After);
            ulong number = built.Block.Number;
            ulong finalized = NumberBehind(built.Block, options.FinalizedDepth, parent.Finalized.Number);
            ulong safe = NumberBehind(built.Block, options.SafeDepth, Math.Max(finalized, parent.Safe.Number));
            if (!chain.SetHead(built.Block.Hash, HashAt(safe, built.Block), HashAt(finalized, built.Block)))
                throw new InvalidOperationException($"block {number} {built.Block.Hash} was made here and cannot become the head");
            LogProduced(number, built.Block.Hash, built.Block.Block.Transactions.Count, built.Block.Header.GasUsed);
            return built.Block;
        }
    }

    private ulong NextTimestamp(BlockHeader head) => Math.Max(head.Timestamp + 1, (ulong)Math.Max(0, clock.GetUtcNow().ToUnixTimeSeconds()));

    private ulong NextGasLimit(ulong limit)
    {
        ulong step = limit / GasLimitBoundDivisor - 1;
        ulong wanted = options.GasLimit ?? limit;
        return Math.Clamp(wanted, limit - step, limit + step);
    }

    /// <summary>Some blocks below one, but never below what was there before; and that is never above it, even when the head went back.</summary>
    private static ulong NumberBehind(ExecutedBlock block, int depth, ulong least) =>
        Math.Min(block.Number, block.Number >= least + (ulong)depth ? block.Number - (ulong)depth : least);

    private Hash32 HashAt(ulong number, ExecutedBlock next) => number == next.Number ? next.Hash
        : chain.Blocks.TryGetHash(number, out Hash32 hash) ? hash : throw new InvalidOperationException($"the chain has no block {number}");

    [LoggerMessage(Level = LogLevel.Information, Message = "Block {Number} {Hash}: {Transactions} transactions, {Gas} gas")]
    private partial void LogProduced(ulong number, Hash32 hash, int transactions, ulong gas);

    [LoggerMessage(Level = LogLevel.Information, Message = "Producer stopped")]
    private partial void LogStopped();
}
