using Flashback.Consensus;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <summary>Between payloads as beacon blocks have them and as the execution layer takes them.</summary>
internal static class PayloadConversion
{
    /// <summary>A payload and what its beacon block says about it.</summary>
    public static PayloadEnvelope ToEnvelope(NewPayloadRequest request, Preset preset) => new(
        ToExecution(request.ExecutionPayload), request.VersionedHashes, request.ParentBeaconBlockRoot,
        [.. request.ExecutionRequests.ToRequestList(preset).Select(bytes => (ReadOnlyMemory<byte>)bytes)]);

    /// <summary>The payload that stands for an execution block.</summary>
    public static Consensus.ExecutionPayload ToBeacon(ExecutedBlock executed)
    {
        ExecutionPayload payload = PayloadBlock.Of(executed.Block, executed.Hash);
        return new Consensus.ExecutionPayload(
            payload.ParentHash, payload.FeeRecipient, payload.StateRoot, payload.ReceiptsRoot, payload.LogsBloom.AsSpan().ToArray(), payload.PrevRandao,
            payload.BlockNumber, payload.GasLimit, payload.GasUsed, payload.Timestamp, payload.ExtraData.ToArray(), payload.BaseFeePerGas, payload.BlockHash,
            [.. payload.Transactions.Select(transaction => transaction.ToArray())],
            [.. payload.Withdrawals.Select(withdrawal => new Consensus.Withdrawal(new(withdrawal.Index), new(withdrawal.ValidatorIndex), withdrawal.Address, new(withdrawal.Amount)))],
            payload.BlobGasUsed, payload.ExcessBlobGas);
    }

    /// <summary>Withdrawals as the execution layer takes them.</summary>
    public static Execution.Withdrawal[] ToExecution(ReadOnlySpan<Consensus.Withdrawal> withdrawals)
    {
        Execution.Withdrawal[] converted = new Execution.Withdrawal[withdrawals.Length];
        for (int i = 0; i < converted.Length; i++)
            converted[i] = new(withdrawals[i].Index.Value, withdrawals[i].ValidatorIndex.Value, withdrawals[i].Address, withdrawals[i].Amount.Value);
        return converted;
    }

    /// <summary>What an execution block asks of the consensus, out of its encoded requests. spec: cs/electra/validator#execution-requests</summary>
    /// <exception cref="InvalidOperationException">A request is none of the network's.</exception>
    public static ExecutionRequests ToBeacon(IReadOnlyList<ExecutionRequest> requests, Preset preset)
    {
        ExecutionRequests result = ExecutionRequests.Empty;
        foreach (ExecutionRequest request in requests)
        {
            result = request.Type switch
            {
                0 => result with { Deposits = Decode<DepositRequest>(request, preset.MaxDepositRequestsPerPayload) },
                1 => result with { Withdrawals = Decode<WithdrawalRequest>(request, preset.MaxWithdrawalRequestsPerPayload) },
                2 => result with { Consolidations = Decode<ConsolidationRequest>(request, preset.MaxConsolidationRequestsPerPayload) },
                StoragePenaltyRequest.RequestType when preset.HasStoragePenalties => result with { StoragePenalties = Decode<StoragePenaltyRequest>(request, preset.MaxStoragePenaltiesPerPayload) },
                _ => throw new InvalidOperationException($"a request of type {request.Type}"),
            };
        }
        return result;
    }

    private static T[] Decode<T>(ExecutionRequest request, ulong limit)
        where T : ISszContainer<T> =>
        new SszArray<T, SszContainer<T>>(SszBound.List(limit)).TryDecode(request.Payload.Span, out T[]? decoded, out SszFault fault)
            ? decoded
            : throw new InvalidOperationException($"requests of type {request.Type} do not decode: {fault}");

    private static ExecutionPayload ToExecution(Consensus.ExecutionPayload payload) => new()
    {
        ParentHash = payload.ParentHash,
        FeeRecipient = payload.FeeRecipient,
        StateRoot = payload.StateRoot,
        ReceiptsRoot = payload.ReceiptsRoot,
        LogsBloom = FixedBytes.Read<LogBloom>(payload.LogsBloom),
        PrevRandao = payload.PrevRandao,
        BlockNumber = payload.BlockNumber,
        GasLimit = payload.GasLimit,
        GasUsed = payload.GasUsed,
        Timestamp = payload.Timestamp,
        ExtraData = payload.ExtraData,
        BaseFeePerGas = payload.BaseFeePerGas,
        BlockHash = payload.BlockHash,
        Transactions = [.. payload.Transactions.Select(transaction => (ReadOnlyMemory<byte>)transaction)],
        Withdrawals = ToExecution(payload.Withdrawals),
        BlobGasUsed = payload.BlobGasUsed,
        ExcessBlobGas = payload.ExcessBlobGas,
    };
}
