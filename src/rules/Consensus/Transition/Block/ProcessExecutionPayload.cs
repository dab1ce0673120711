using Flashback.Primitives;

namespace Flashback.Consensus;

internal sealed partial class BlockTransition<TVerifier>
{
    private const byte VersionedHashVersionKzg = 1;

    /// <summary>The payload must follow the last one and be valid to the engine; its header is kept. spec: cs/electra/beacon-chain#modified-process_execution_payload</summary>
    public Invalid<TransitionRule>? ProcessExecutionPayload(BeaconBlockBody body)
    {
        ExecutionPayload payload = body.ExecutionPayload;
        Hash32 parent = State.LatestExecutionPayloadHeader.BlockHash;
        if (payload.ParentHash != parent)
            return new(TransitionRule.PayloadParentHash, $"{payload.ParentHash}, not {parent}");
        Hash32 mix = cached.GetRandaoMix(cached.GetCurrentEpoch());
        if (payload.PrevRandao != mix)
            return new(TransitionRule.PayloadPrevRandao, $"{payload.PrevRandao}, not {mix}");
        ulong time = cached.ComputeTimeAtSlot(State.Slot);
        if (payload.Timestamp != time)
            return new(TransitionRule.PayloadTimestamp, $"{payload.Timestamp}, not {time}");
        if ((ulong)body.BlobKzgCommitments.Length > cached.Config.MaxBlobsPerBlock)
            return new(TransitionRule.TooManyBlobs, $"{body.BlobKzgCommitments.Length} of at most {cached.Config.MaxBlobsPerBlock}");
        Hash32[] versionedHashes = Array.ConvertAll(body.BlobKzgCommitments, ToVersionedHash);
        if (!engine.VerifyAndNotifyNewPayload(new NewPayloadRequest(payload, versionedHashes, State.LatestBlockHeader.ParentRoot, body.ExecutionRequests)))
            return new(TransitionRule.PayloadInvalid, $"block {payload.BlockNumber}, {payload.BlockHash}");
        State.LatestExecutionPayloadHeader = payload.ToHeader(Preset);
        return null;
    }

    /// <summary>spec: cs/deneb/beacon-chain#kzg_commitment_to_versioned_hash</summary>
    private static Hash32 ToVersionedHash(Bytes48 commitment)
    {
        Hash32 hash = Sha256.Hash(commitment.AsSpan());
        return Hash32.Read([VersionedHashVersionKzg, .. hash.AsSpan()[1..]]);
    }
}
