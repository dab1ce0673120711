using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <summary>Something happened on the beacon chain. spec: beacon-APIs eventstream</summary>
public abstract record BeaconEvent
{
    private BeaconEvent() { }

    /// <summary>Another block is the head.</summary>
    /// <param name="Block">Its root.</param>
    /// <param name="Slot">Its slot.</param>
    /// <param name="StateRoot">The root of the state after it.</param>
    /// <param name="IsEpochTransition">Whether its epoch is later than the head's before.</param>
    /// <param name="PreviousDutyDependentRoot">The block that decided the duties of its epoch.</param>
    /// <param name="CurrentDutyDependentRoot">The block that decides the duties of the next.</param>
    public sealed record Head(Hash32 Block, Slot Slot, Hash32 StateRoot, bool IsEpochTransition, Hash32 PreviousDutyDependentRoot, Hash32 CurrentDutyDependentRoot) : BeaconEvent;

    /// <summary>A block was taken in.</summary>
    public sealed record BlockImported(Slot Slot, Hash32 Root) : BeaconEvent;

    /// <summary>The head does not descend from the head before.</summary>
    /// <param name="Slot">The slot of the new head.</param>
    /// <param name="Depth">How many slots of the old chain were left.</param>
    /// <param name="OldHead">The head before.</param>
    /// <param name="NewHead">The head now.</param>
    /// <param name="OldState">The root of the state of the head before.</param>
    /// <param name="NewState">The root of the state of the head now.</param>
    public sealed record Reorganisation(Slot Slot, ulong Depth, Hash32 OldHead, Hash32 NewHead, Hash32 OldState, Hash32 NewState) : BeaconEvent;

    /// <summary>More is final.</summary>
    public sealed record Finalized(Checkpoint Checkpoint, Hash32 StateRoot) : BeaconEvent;

    /// <summary>A validator's vote came.</summary>
    public sealed record Vote(SingleAttestation Attestation) : BeaconEvent;

    /// <summary>A committee's votes came.</summary>
    public sealed record Aggregate(SignedAggregateAndProof Attestation) : BeaconEvent;

    /// <summary>Votes of a part of the sync committee came.</summary>
    public sealed record Contribution(SignedContributionAndProof Signed) : BeaconEvent;

    /// <summary>A validator wants to leave.</summary>
    public sealed record Exit(SignedVoluntaryExit Signed) : BeaconEvent;

    /// <summary>A proposer was caught.</summary>
    public sealed record ProposerCaught(ProposerSlashing Slashing) : BeaconEvent;

    /// <summary>Voters were caught.</summary>
    public sealed record AttestersCaught(AttesterSlashing Slashing) : BeaconEvent;

    /// <summary>A validator changes its credentials.</summary>
    public sealed record CredentialsChange(SignedBlsToExecutionChange Signed) : BeaconEvent;

    /// <summary>A blob came.</summary>
    public sealed record Blob(Hash32 Block, ulong Index, Slot Slot, Bytes48 Commitment) : BeaconEvent;

    /// <summary>There is news for light clients.</summary>
    public sealed record LightClientNews(LightClientUpdate Update) : BeaconEvent;
}
