using Flashback.Primitives;

namespace Flashback.State;

/// <summary>A block and the root of the state after it.</summary>
/// <param name="Number">−1 for what is before the genesis block.</param>
/// <param name="Hash">The block's hash.</param>
/// <param name="Root">The state's root.</param>
public readonly record struct StateBlock(long Number, Hash32 Hash, Hash32 Root)
{
    /// <summary>The empty state that the genesis block begins with; its hash is the genesis block's parent hash.</summary>
    public static StateBlock BeforeGenesis { get; } = new(-1, default, MerkleTrie.EmptyRoot);
}

/// <summary>A state was asked for that is older than those that are kept.</summary>
public sealed class StatePrunedException(long number, long oldest)
    : Exception($"the state after block {number} is not kept any more; the oldest is that after block {oldest}");
