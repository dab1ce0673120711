namespace Flashback.Consensus;

/// <summary>What news for a light client must keep. spec: cs/altair/light-client/sync-protocol#validate_light_client_update</summary>
public enum LightClientRule
{
    /// <summary>The bootstrap is of the block that is trusted.</summary>
    TrustedBlock,

    /// <summary>The payload's header belongs to the block.</summary>
    ExecutionHeader,

    /// <summary>The sync committee belongs to the block's state.</summary>
    SyncCommittee,

    /// <summary>Enough members have signed.</summary>
    Participants,

    /// <summary>Now, signature, attested and finalized block are in this order.</summary>
    SlotOrder,

    /// <summary>The signature is of a period whose committee is known.</summary>
    UnknownPeriod,

    /// <summary>The update says something that is not known yet.</summary>
    Irrelevant,

    /// <summary>The finalized block belongs to the attested block's state.</summary>
    Finality,

    /// <summary>The committee's signature holds.</summary>
    Signature,
}
