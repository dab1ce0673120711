using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>What is in the pool, by sender, for each by ascending nonce.</summary>
/// <param name="Executable">Those that a block can have next.</param>
/// <param name="Waiting">Those that wait for one before them, or for coins.</param>
public sealed record PoolContent(
    IReadOnlyDictionary<Address, IReadOnlyList<PooledTransaction>> Executable, IReadOnlyDictionary<Address, IReadOnlyList<PooledTransaction>> Waiting);
