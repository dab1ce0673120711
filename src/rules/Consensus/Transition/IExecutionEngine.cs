using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>What consensus needs of whoever executes payloads. spec: cs/electra/beacon-chain#execution-engine</summary>
public interface IExecutionEngine
{
    /// <summary>Whether the payload is valid on the execution state of its parent. spec: cs/electra/beacon-chain#modified-verify_and_notify_new_payload</summary>
    bool VerifyAndNotifyNewPayload(NewPayloadRequest request);
}

/// <summary>A payload and what the beacon block says about it. spec: cs/electra/beacon-chain#modified-newpayloadrequest</summary>
/// <param name="ExecutionPayload">The payload.</param>
/// <param name="VersionedHashes">The hashes of its blobs' commitments.</param>
/// <param name="ParentBeaconBlockRoot">The beacon block before. spec: EIP-4788</param>
/// <param name="ExecutionRequests">What the payload asks for.</param>
public sealed record NewPayloadRequest(ExecutionPayload ExecutionPayload, Hash32[] VersionedHashes, Hash32 ParentBeaconBlockRoot, ExecutionRequests ExecutionRequests);
