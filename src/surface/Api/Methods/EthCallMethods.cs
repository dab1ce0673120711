using Flashback.Api.Calls;
using Flashback.Api.JsonRpc;
using Flashback.Api.Simulation;
using Flashback.Api.Tracing;
using Flashback.Api.Wire;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Methods;

/// <summary><c>eth_*</c>: questions to code. spec: execution-apis, eth/execute.yaml</summary>
internal sealed class EthCallMethods(CallRunner runner, Simulator simulator)
{
    public void AddTo(RpcTable table)
    {
        table.Add("eth_call", call => CallAsync(call));
        table.Add("eth_estimateGas", call => runner.EstimateAsync(Read(call), call.Cancellation));
        table.Add("eth_createAccessList", call => ListAsync(call));
        table.Add("eth_simulateV1", call => SimulateAsync(call));
    }

    internal static Question Read(in RpcCall call) => new(
        call.Parameters.Required<WireCall>(0),
        call.Parameters.Optional(1, BlockSelector.Latest),
        call.Parameters.Optional<IReadOnlyDictionary<Address, WireAccountOverride>>(2),
        call.Parameters.Optional<WireBlockOverride>(3));

    private async ValueTask<ReadOnlyMemory<byte>> CallAsync(RpcCall call)
    {
        TransactionOutcome outcome = await runner.CallAsync(Read(call), call.Cancellation).ConfigureAwait(false);
        return outcome.IsSuccess ? outcome.Output : throw CallFailure.Of(outcome);
    }

    private async ValueTask<List<WireSimulatedBlock>> SimulateAsync(RpcCall call)
    {
        WireSimulation wanted = call.Parameters.Required<WireSimulation>(0);
        BlockSelector at = call.Parameters.Optional(1, BlockSelector.Latest);
        using CallRunner.Turn turn = await runner.WaitAsync(call.Cancellation).ConfigureAwait(false);
        return simulator.Run(wanted, at, call.Cancellation);
    }

    /// <summary>Executes with the list that the last execution accessed, until that accesses nothing more.</summary>
    private async ValueTask<WireAccessList> ListAsync(RpcCall call)
    {
        using CallRunner.Turn turn = await runner.WaitAsync(call.Cancellation).ConfigureAwait(false);
        CallRunner.Stage stage = runner.Prepare(Read(call));
        Transaction message = stage.Message with { Type = stage.Message.Type == TransactionType.Legacy ? TransactionType.AccessList : stage.Message.Type };
        Address created = ContractAddress.Of(stage.Sender, stage.State.TryGetAccount(stage.Sender, out Account sender) ? sender.Nonce : 0);
        HashSet<Address> free = [stage.Sender, message.To ?? created, .. stage.Rules.PrecompileAddresses];
        while (true)
        {
            AccessTracer tracer = new(free, call.Cancellation);
            foreach (AccessListEntry entry in message.AccessList)
                tracer.Add(entry);
            TransactionOutcome outcome = runner.Run(stage, message, ref tracer, out _);
            call.Cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<AccessListEntry> accessed = tracer.ToList();
            if (CountOf(accessed) == CountOf(message.AccessList))
                return new WireAccessList(
                    [.. accessed.Select(entry => new WireAccessListEntry(entry.Address, entry.Slots))], outcome.GasUsed, outcome.IsSuccess ? null : CallFailure.TextOf(outcome));
            message = message with { AccessList = accessed };
        }
    }

    private static int CountOf(IReadOnlyList<AccessListEntry> list) => list.Count + list.Sum(entry => entry.Slots.Count);
}
