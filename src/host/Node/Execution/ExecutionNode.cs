using Flashback.Api;
using Flashback.Api.Engine;
using Flashback.Chain;
using Flashback.Execution;
using Flashback.State;
using Flashback.State.Store;
using Microsoft.Extensions.Logging;

namespace Flashback.Node;

/// <summary>An execution client as one running program: its parts, put together.</summary>
internal static class ExecutionNode
{
    /// <summary>Runs until it is told to stop. Returns the program's exit code.</summary>
    public static async Task<int> RunAsync(ExecutionSettings settings, CancellationToken stop)
    {
        using ILoggerFactory logging = settings.Log.Open();
        TimeProvider clock = TimeProvider.System;
        try
        {
            using ApiPort port = ApiPort.Open(settings.Http.Address, settings.Http.Port);
            using ApiPort enginePort = ApiPort.Open(settings.EngineAddress, settings.EnginePort);
            JwtSecret secret = JwtSecret.ReadOrCreate(settings.SecretFile);
            if (!Genesis.TryParse(await File.ReadAllBytesAsync(settings.GenesisFile, stop).ConfigureAwait(false), out Genesis? genesis, out GenesisFault fault))
                throw new IOException($"{settings.GenesisFile}: {fault}");
            using IStore store = settings.Store.Open();
            using ChainService chain = ChainService.Open(
                store, genesis!, new ChainOptions(), new WorldStateOptions { KeptBlocks = settings.Store.KeptStates }, logging.CreateLogger<ChainService>());
            using TransactionPool pool = new(chain, new PoolOptions(), store, clock, logging.CreateLogger<TransactionPool>());
            BlockBuilder builder = new(chain, pool, clock);
            using ExecutionEngine engine = new(chain, builder, new BuildingOptions { GasLimit = settings.GasLimit }, logging.CreateLogger<ExecutionEngine>());
            await using ApiServer server = ApiServer.Create(
                settings.Http.Api, port, new ApiNode(chain, pool, builder, Wallet.Empty, clock), _ => { }, new EngineAccess(enginePort, secret, engine), logging);
            await server.StartAsync(stop).ConfigureAwait(false);
            Console.WriteLine($"Chain {genesis!.Chain.ChainId} at block {chain.Snapshot.Number}; JSON-RPC at {port.Address}; Engine API at {enginePort.Address}, secret in {settings.SecretFile}");
            await Task.Delay(Timeout.InfiniteTimeSpan, stop).ConfigureAwait(false);
            return 0;
        }
        catch (Exception failure) when (failure is StoreException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"execution: {failure.Message}").ConfigureAwait(false);
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
    }
}
