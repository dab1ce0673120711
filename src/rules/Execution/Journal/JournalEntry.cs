using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>What kind of change an entry undoes.</summary>
internal enum Change : byte
{
    Balance,
    Nonce,
    Code,
    Slot,
    Transient,
    AccountWarmed,
    SlotWarmed,
    Touched,
    Created,
    Destroyed,
}

/// <summary>A change and what was there before it.</summary>
/// <param name="Change">What changed.</param>
/// <param name="Account">Whose.</param>
/// <param name="Index">Which slot, for those; else unused.</param>
/// <param name="Before">The old balance, nonce or word.</param>
/// <param name="Code">The old code, for that.</param>
internal readonly record struct JournalEntry(Change Change, AccountState Account, int Index, UInt256 Before, Bytecode? Code = null);

/// <summary>A point in the journal that one can go back to.</summary>
internal readonly record struct Checkpoint(int Entries, int Logs, long Refund);
