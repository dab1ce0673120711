using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>The hashes of the ancestors of a block that comes after a parent, be that on the chain or beside it.</summary>
public sealed class Ancestors(BlockDatabase blocks, BlockHeader parent) : IBlockHashes
{
    private readonly Hash32 _parentHash = parent.Hash();

    public Hash32 HashOf(ulong number)
    {
        BlockHeader at = parent;
        Hash32 hash = _parentHash;
        while (at.Number > number)
        {
            if (blocks.TryGetHash(at.Number, out Hash32 kept) && kept == hash && blocks.TryGetHash(number, out Hash32 found))
                return found;
            hash = at.ParentHash;
            if (!blocks.TryGetHeader(hash, out at!))
                return default;
        }
        return at.Number == number ? hash : default;
    }
}
