using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>The gate that a block passes before the fork choice knows it: is what it commits to at hand? Blobs today, claims of storage tomorrow. spec: cs/deneb/fork-choice#is_data_available</summary>
public interface IDataAvailability
{
    /// <summary>Whether the block's data is at hand and checked.</summary>
    /// <param name="root">The block's root.</param>
    /// <param name="block">The block.</param>
    bool IsAvailable(in Hash32 root, BeaconBlock block);
}
