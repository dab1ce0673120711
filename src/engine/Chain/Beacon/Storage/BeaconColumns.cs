using Flashback.State.Store;

namespace Flashback.Chain.Beacon;

/// <summary>The columns of the beacon chain. Numbers in keys are big-endian, so that neighbours lie side by side; values are SSZ.</summary>
internal static class BeaconColumns
{
    /// <summary>Root → signed block.</summary>
    public static readonly Column Blocks = new("beacon_blocks", ValueSize.Large);

    /// <summary>Slot → root of the block on the chain of the head.</summary>
    public static readonly Column Slots = new("beacon_slots");

    /// <summary>Slot, root of each block after the last state on disk → nothing: what is gone through again at the start.</summary>
    public static readonly Column Recent = new("beacon_recent");

    /// <summary>Slot of a block → the state after it.</summary>
    public static readonly Column States = new("beacon_states", ValueSize.Large);

    /// <summary>Slot, root of a block, index → blob sidecar.</summary>
    public static readonly Column Blobs = new("beacon_blobs", ValueSize.Large);

    /// <summary>A name → the one value of that name: layout, slot of the last state.</summary>
    public static readonly Column Marks = new("beacon_marks");

    public static IReadOnlyList<Column> All { get; } = [Blocks, Slots, Recent, States, Blobs, Marks];
}
