using Flashback.Api.Calls;
using Flashback.Api.JsonRpc;
using Flashback.Api.Wire;
using Flashback.Chain;
using Flashback.Chain.Spacetime;
using Flashback.Primitives;
using Flashback.State;

namespace Flashback.Api.Methods;

/// <summary><c>storage_*</c>: who stores what, what is to be proven when, and what was claimed. On networks with Spacetime. spec: docs/rpc/storage.json</summary>
internal sealed class StorageMethods(ChainReader reader, CallRunner runner, SpacetimeFork fork, ProofArchive? proofs)
{
    private const ulong MostAtOnce = 256;

    public void AddTo(RpcTable table)
    {
        table.Add("storage_getProvider", call => AskAsync(call, 1, state => state.Provider(call.Parameters.Required<ulong>(0)) is { } provider ? WireProvider.Of(provider) : null));
        table.Add("storage_getProviders", call => AskAsync(call, 2, state => Page(call, state.ProviderIds()).Select(state.Provider).OfType<StorageProvider>().Select(WireProvider.Of).ToArray()));
        table.Add("storage_getSector", call => AskAsync(
            call, 2, state => state.Sector(call.Parameters.Required<ulong>(0), call.Parameters.Required<ulong>(1)) is { } sector ? WireSector.Of(sector) : null));
        table.Add("storage_getSectors", call => AskAsync(call, 4, state => Sectors(call, state)));
        table.Add("storage_getDeadlines", call => AskAsync(call, 3, state => Deadlines(call, state)));
        table.Add("storage_getNetwork", call => AskAsync(call, 0, state => Network(call, state)));
        table.Add("storage_getClaims", call => Claims(Block(call)));
        table.Add("storage_getProof", call => Proof(call));
    }

    /// <summary>Asks in the state of the block that the parameter names; the latest where it is left out.</summary>
    private async ValueTask<T> AskAsync<T>(RpcCall call, int selector, Func<StorageState, T> ask)
    {
        BlockSelector block = call.Parameters.Optional(selector, BlockSelector.Latest);
        using CallRunner.Turn turn = await runner.WaitAsync(call.Cancellation).ConfigureAwait(false);
        StateView state = reader.State(block, out Execution.BlockHeader header);
        return ask(new StorageState(reader.Chain, state, header));
    }

    private ExecutedBlock Block(in RpcCall call) =>
        reader.FindBlock(call.Parameters.Optional(0, BlockSelector.Latest)) ?? throw RpcException.Refused("block not found");

    private static WireSector[] Sectors(RpcCall call, StorageState state)
    {
        ulong provider = call.Parameters.Required<ulong>(0), partition = call.Parameters.Required<ulong>(1);
        return [.. Page(call, state.SectorNumbers(provider, partition), 2).Select(number => WireSector.Of(state.Sector(provider, number)!))];
    }

    private static WireDeadline[] Deadlines(RpcCall call, StorageState state)
    {
        ulong provider = call.Parameters.Required<ulong>(0), partitions = state.Account(provider).Partitions;
        (ulong skipped, ulong taken) = (call.Parameters.Optional(1, 0UL), TakenOf(call, 2));
        List<WireDeadline> deadlines = [];
        for (ulong partition = skipped; partition < partitions && (ulong)deadlines.Count < taken; partition++)
        {
            call.Cancellation.ThrowIfCancellationRequested();
            if (state.Deadline(provider, partition) is { } deadline)
                deadlines.Add(WireDeadline.Of(deadline));
        }
        return [.. deadlines];
    }

    private WireStorageNetwork Network(RpcCall call, StorageState state)
    {
        SpacetimeParameters p = fork.Parameters;
        ulong committed = 0, active = 0, providers = 0, activeProviders = 0;
        foreach (ulong id in state.ProviderIds())
        {
            call.Cancellation.ThrowIfCancellationRequested();
            (ulong ofCommitted, ulong ofActive, _) = state.Account(id);
            (committed, active, providers) = (committed + ofCommitted, active + ofActive, providers + 1);
            activeProviders += ofActive > 0 ? 1UL : 0;
        }
        ulong size = (ulong)p.Seal.Size.Bytes;
        return new WireStorageNetwork(
            p.SlotAt(reader.HeaderOnChain(call.Parameters.Optional(0, BlockSelector.Latest)).Timestamp), providers, activeProviders, committed, active, (UInt256)active * size, state.ClaimFee,
            new WireStorageParameters(
                p.GenesisTime, p.SecondsPerSlot, p.ProvingPeriod, p.Deadlines, p.ChallengeLookback, p.PrecommitDelay, p.FaultMaxAge, (ulong)p.Seal.Number, size, (ulong)p.Seal.Size.WindowSectors,
                p.CollateralPerTib, p.FaultFee, p.MinLifetimePeriods * p.ProvingPeriod, GenesisContracts.Randomness, GenesisContracts.Providers, GenesisContracts.Sectors));
    }

    private static WireClaim[] Claims(ExecutedBlock block) =>
        [.. StorageClaim.Of(block.Receipts).Select((claim, i) => WireClaim.Of(i, claim, block.Block.Transactions[claim.Transaction].Hash()))];

    private byte[]? Proof(in RpcCall call)
    {
        ExecutedBlock block = Block(call);
        ulong index = call.Parameters.Required<ulong>(1);
        StorageClaim[] claims = [.. StorageClaim.Of(block.Receipts)];
        if (index >= (ulong)claims.Length)
            throw RpcException.InvalidParams($"block {block.Number} has {claims.Length} claims");
        return proofs?.Find(block.Header, claims[index]);
    }

    private static IEnumerable<ulong> Page(RpcCall call, IEnumerable<ulong> all, int parameter = 0)
    {
        ulong skipped = call.Parameters.Optional(parameter, 0UL), taken = TakenOf(call, parameter + 1);
        return skipped > int.MaxValue ? [] : all.Skip((int)skipped).Take((int)taken);
    }

    private static ulong TakenOf(in RpcCall call, int parameter) => call.Parameters.Optional(parameter, MostAtOnce) is var taken && taken <= MostAtOnce
        ? taken
        : throw RpcException.InvalidParams($"at most {MostAtOnce} are told at once");
}
