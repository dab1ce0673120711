using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>A validator of a network that is prepared without deposits.</summary>
/// <param name="PublicKey">The key it signs with. Whoever prepares the network answers for its owner having it.</param>
/// <param name="WithdrawalCredentials">Where its stake goes.</param>
/// <param name="Balance">Its stake.</param>
public readonly record struct GenesisValidator(Bytes48 PublicKey, Hash32 WithdrawalCredentials, Gwei Balance);
