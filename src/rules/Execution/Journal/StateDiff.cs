using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>What execution changed: the accounts that differ from the state it began with, in no particular order.</summary>
/// <param name="Accounts">Each account once.</param>
/// <param name="Codes">Code that was not there before, by its hash. Some of it may belong to no account any more.</param>
public sealed record StateDiff(IReadOnlyList<AccountDiff> Accounts, IReadOnlyDictionary<Hash32, ReadOnlyMemory<byte>> Codes);

/// <summary>One account's changes.</summary>
/// <param name="Address">Whose.</param>
/// <param name="Account">What it is now; null when it is gone, and all its storage with it.</param>
/// <param name="ClearsStorage">True when nothing is left of what was stored before: the account was deleted, and perhaps made anew.</param>
/// <param name="Slots">The words of storage that differ, each with its new value; 0 means that it is gone.</param>
public sealed record AccountDiff(Address Address, Account? Account, bool ClearsStorage, IReadOnlyList<KeyValuePair<UInt256, UInt256>> Slots);
