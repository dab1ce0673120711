using Flashback.Api.Wire;
using Flashback.Chain;
using Flashback.Primitives;

namespace Flashback.Api.Engine;

/// <summary>spec: execution-apis engine, ForkchoiceStateV1</summary>
public sealed record WireForkchoiceState(Hash32 HeadBlockHash, Hash32 SafeBlockHash, Hash32 FinalizedBlockHash)
{
    public ForkchoiceState ToState() => new(HeadBlockHash, SafeBlockHash, FinalizedBlockHash);
}

/// <summary>spec: execution-apis engine, PayloadAttributesV3</summary>
public sealed record WirePayloadAttributes(
    ulong Timestamp, Hash32 PrevRandao, Address SuggestedFeeRecipient, IReadOnlyList<WireWithdrawal> Withdrawals, Hash32 ParentBeaconBlockRoot)
{
    public PayloadAttributes ToAttributes() => new(
        Timestamp, PrevRandao, SuggestedFeeRecipient, [.. WireList.Whole(Withdrawals).Select(withdrawal => withdrawal.ToWithdrawal())], ParentBeaconBlockRoot);
}

/// <summary>spec: execution-apis engine, PayloadStatusV1</summary>
public sealed record WirePayloadStatus(string Status, Hash32? LatestValidHash, string? ValidationError)
{
    public static WirePayloadStatus Of(PayloadStatus status) => new(status.Verdict.ToString().ToUpperInvariant(), status.LatestValidHash, status.Error);
}

/// <summary>spec: execution-apis engine, engine_forkchoiceUpdatedV1</summary>
public sealed record WireForkchoiceUpdated(WirePayloadStatus PayloadStatus, byte[]? PayloadId);
