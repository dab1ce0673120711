using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>An account that is there before the first block.</summary>
/// <param name="Address">Whose.</param>
/// <param name="Nonce">How many transactions it sent.</param>
/// <param name="Balance">In wei.</param>
/// <param name="Code">Its code, or nothing.</param>
/// <param name="Slots">The words of its storage, none of them 0.</param>
public sealed record GenesisAccount(Address Address, ulong Nonce, UInt256 Balance, ReadOnlyMemory<byte> Code, IReadOnlyList<KeyValuePair<UInt256, UInt256>> Slots);
