using Flashback.State.Store;

namespace Flashback.State.Flat;

/// <summary>The columns of the state: one per table for what is now, one for what it was before, and what binds them together.</summary>
internal static class StateColumns
{
    private static readonly Column[] Current =
        [new("state_accounts"), new("state_slots"), new("state_account_nodes"), new("state_slot_nodes"), new("state_codes", ValueSize.Large)];

    private static readonly Column[] Past =
        [new("past_accounts"), new("past_slots"), new("past_account_nodes"), new("past_slot_nodes")];

    /// <summary>One key: which block's state the tables hold, and the oldest block whose state can still be read.</summary>
    public static Column Position { get; } = new("state_position");

    /// <summary>Number → hash and root of a block whose state can be read.</summary>
    public static Column Blocks { get; } = new("past_blocks");

    /// <summary>Number → the keys that the block changed, so that its past values can be found when they are too old.</summary>
    public static Column Changes { get; } = new("past_changes", ValueSize.Large);

    public static IReadOnlyList<Column> All { get; } = [.. Current, .. Past, Position, Blocks, Changes];

    public static Column Of(StateTable table) => Current[(int)table];

    public static Column PastOf(StateTable table) => Past[(int)table];

    public static bool HasPast(StateTable table) => (int)table < Past.Length;
}
