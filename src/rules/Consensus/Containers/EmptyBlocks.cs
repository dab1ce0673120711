using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>What a block says. spec: cs/electra/beacon-chain#beaconblockbody</summary>
public sealed partial record BeaconBlockBody
{
    /// <summary>The body that says nothing: every field has its default. spec: cs/ssz/simple-serialize#default-values</summary>
    public static BeaconBlockBody Empty(Preset preset) => new(
        default, default, default, [], [], [], [], [], new SyncAggregate(new Bits((int)preset.SyncCommitteeSize), default), ExecutionPayload.Empty, [], [], ExecutionRequests.Empty);
}

/// <summary>An execution block inside a beacon block. spec: cs/deneb/beacon-chain#executionpayload</summary>
public sealed partial record ExecutionPayload
{
    /// <summary>The payload whose fields all have their default.</summary>
    public static ExecutionPayload Empty { get; } =
        new(default, default, default, default, new byte[256], default, 0, 0, 0, 0, [], default, default, [], [], 0, 0);
}

/// <summary>A payload with roots in place of its lists. spec: cs/deneb/beacon-chain#executionpayloadheader</summary>
public sealed partial record ExecutionPayloadHeader
{
    /// <summary>The header whose fields all have their default, the roots of its lists too.</summary>
    public static ExecutionPayloadHeader Empty { get; } =
        new(default, default, default, default, new byte[256], default, 0, 0, 0, 0, [], default, default, default, default, 0, 0);
}

/// <summary>All that an execution block asks of the consensus. spec: cs/electra/beacon-chain#executionrequests</summary>
public sealed partial record ExecutionRequests
{
    /// <summary>Nothing is asked for.</summary>
    public static ExecutionRequests Empty { get; } = new([], [], [], []);
}
