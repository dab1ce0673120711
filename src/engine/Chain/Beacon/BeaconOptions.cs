using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <summary>How a node keeps and makes the beacon chain.</summary>
public sealed record BeaconOptions
{
    /// <summary>Slots between the states on disk: as many blocks, or a few more, are gone through at the start.</summary>
    public ulong StateInterval { get; init; } = 256;

    /// <summary>Epochs for which blobs are kept. spec: cs/deneb/p2p-interface#configuration, MIN_EPOCHS_FOR_BLOB_SIDECARS_REQUESTS</summary>
    public ulong BlobRetention { get; init; } = 4096;

    /// <summary>Who gets the fees where a proposer has not said so.</summary>
    public Address FeeRecipient { get; init; }

    /// <summary>Whether votes and blocks are compared to find validators that contradict themselves.</summary>
    public bool FindsSlashings { get; init; } = true;

    /// <summary>The share of a slot that a block may take in transactions: one part of so many.</summary>
    public int BuildingShare { get; init; } = 8;

    /// <summary>What the blocks have that are built here.</summary>
    public BuildingOptions Building { get; init; } = new();
}
