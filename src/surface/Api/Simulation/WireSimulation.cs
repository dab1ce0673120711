using System.Text.Json.Serialization;
using Flashback.Api.Calls;
using Flashback.Api.JsonRpc;
using Flashback.Api.Wire;
using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Simulation;

/// <summary>What shall be simulated. spec: execution-apis, eth_simulateV1</summary>
public sealed record WireSimulation
{
    /// <summary>The blocks, in their order.</summary>
    public required IReadOnlyList<WireBlockStateCalls> BlockStateCalls { get; init; }

    /// <summary>Whether transfers of wei are told as logs.</summary>
    public bool TraceTransfers { get; init; }

    /// <summary>Whether messages keep the rules of transactions.</summary>
    public bool Validation { get; init; }

    /// <summary>Whether the blocks tell their transactions, or only the hashes.</summary>
    public bool ReturnFullTransactions { get; init; }
}

/// <summary>One block: what is otherwise in it, and what happens there.</summary>
public sealed record WireBlockStateCalls
{
    public WireBlockOverride? BlockOverrides { get; init; }
    public IReadOnlyDictionary<Address, WireAccountOverride>? StateOverrides { get; init; }
    public IReadOnlyList<WireCall>? Calls { get; init; }
}

/// <summary>A block that was simulated, with what its messages did.</summary>
public sealed record WireSimulatedBlock : WireBlock
{
    /// <summary>A block and the outcomes of its messages.</summary>
    public WireSimulatedBlock(ExecutedBlock block, IReadOnlyList<TransactionOutcome> outcomes, bool withTransactions)
        : base(block, withTransactions)
    {
        int logs = 0;
        List<WireSimulatedCall> calls = [];
        for (int i = 0; i < outcomes.Count; i++)
        {
            calls.Add(new WireSimulatedCall(block, i, outcomes[i], logs));
            logs += outcomes[i].Logs.Count;
        }
        Calls = calls;
    }

    public IReadOnlyList<WireSimulatedCall> Calls { get; }
}

/// <summary>What one message did.</summary>
public sealed record WireSimulatedCall
{
    public WireSimulatedCall(ExecutedBlock block, int index, TransactionOutcome outcome, int firstLog)
    {
        ReturnData = outcome.Output;
        Logs = [.. outcome.Logs.Select((log, place) => new WireLog(block, index, log, firstLog + place))];
        GasUsed = outcome.GasUsed;
        Status = outcome.IsSuccess ? 1UL : 0UL;
        Error = outcome.IsSuccess ? null : WireSimulatedError.Of(outcome);
    }

    public ReadOnlyMemory<byte> ReturnData { get; }
    public IReadOnlyList<WireLog> Logs { get; }
    public ulong GasUsed { get; }
    public ulong Status { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public WireSimulatedError? Error { get; }
}

/// <summary>How a message failed.</summary>
public sealed record WireSimulatedError(int Code, string Message, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ReadOnlyMemory<byte>? Data)
{
    public static WireSimulatedError Of(TransactionOutcome outcome) => outcome.Halt == Halt.Revert
        ? new WireSimulatedError(RpcCode.Reverted, CallFailure.TextOf(outcome), outcome.Output)
        : new WireSimulatedError(SimulationCode.CallFailed, CallFailure.TextOf(outcome), null);
}
