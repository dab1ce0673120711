using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>The hashes of a block's ancestors, for BLOCKHASH.</summary>
public interface IBlockHashes
{
    /// <summary>The hash of the ancestor with this number; asked for one of the last 256 only.</summary>
    Hash32 HashOf(ulong number);
}
