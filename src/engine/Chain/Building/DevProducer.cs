using System.Security.Cryptography;
using System.Threading.Channels;
using Flashback.Execution;
using Flashback.Primitives;
using Microsoft.Extensions.Logging;

namespace Flashback.Chain;

/// <summary>Produces a local chain without consensus: by a timer, or whenever there is a transaction. Safe to share between threads.</summary>
public sealed partial class DevProducer(
    ChainService chain, TransactionPool pool, BlockBuilder builder, DevOptions options, TimeProvider clock, ILogger<DevProducer> log) : IBlockProducer
{
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
        // Of many wake-ups that come while a block is made one is enough.
        Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        void Wake(PooledTransaction transaction) => wake.Writer.TryWrite(true);
        wake.Writer.TryWrite(true); // for what was in the pool before
        pool.Added += Wake;
        try
        {
            while (true)
            {
                await wake.Reader.ReadAsync(stop).ConfigureAwait(false);
                while (!stop.IsCancellationRequested && TryMineTransactions(stop))
                {
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

    /// <summary>Makes a block if there is a transaction for it.</summary>
    private bool TryMineTransactions(CancellationToken cancellation)
    {
        lock (_mining)
        {
            ChainSnapshot parent = chain.Snapshot;
            if (pool.Count.Pending == 0 || Build(parent, cancellation) is not { Block.Receipts.Count: > 0 } built)
                return false;
            Adopt(parent, built);
            return true;
        }
    }

    private ExecutedBlock MineOne(CancellationToken cancellation)
    {
        lock (_mining)
        {
            ChainSnapshot parent = chain.Snapshot;
            BuiltBlock built = Build(parent, cancellation);
            Adopt(parent, built);
            return built.Block;
        }
    }

    private BuiltBlock Build(ChainSnapshot parent, CancellationToken cancellation)
    {
        BlockHeader header = parent.Head.Header;
        BlockAttributes attributes = new(
            NextTimestamp(header), options.Coinbase, FeeMarket.GasLimitToward(options.GasLimit ?? header.GasLimit, header), Hash32.Read(RandomNumberGenerator.GetBytes(32)), default, default);
        return builder.Build(parent, attributes, [], options.Budget, cancellation);
    }

    private void Adopt(ChainSnapshot parent, BuiltBlock built)
    {
        ExecutedBlock block = built.Block;
        ulong finalized = NumberBehind(block, options.FinalizedDepth, parent.Finalized.Number);
        ulong safe = NumberBehind(block, options.SafeDepth, Math.Max(finalized, parent.Safe.Number));
        chain.Import(block, built.After, built.Claims);
        if (!chain.SetHead(block.Hash, HashAt(safe, block), HashAt(finalized, block)))
            throw new InvalidOperationException($"block {block.Number} {block.Hash} was made here and cannot become the head");
        LogProduced(block.Number, block.Hash, block.Receipts.Count, block.Header.GasUsed);
    }

    private ulong NextTimestamp(BlockHeader head) => Math.Max(head.Timestamp + 1, (ulong)Math.Max(0, clock.GetUtcNow().ToUnixTimeSeconds()));

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
