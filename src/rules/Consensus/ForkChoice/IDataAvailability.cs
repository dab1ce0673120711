using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>The gate that a block passes before the fork choice knows it: is what it commits to at hand, and is what it claims about that so? spec: cs/deneb/fork-choice#is_data_available, ours#4</summary>
public interface IDataAvailability
{
    /// <summary>Whether the block's data is at hand and checked.</summary>
    /// <param name="root">The block's root.</param>
    /// <param name="block">The block.</param>
    bool IsAvailable(in Hash32 root, BeaconBlock block);

    /// <summary>Whether all holds that the block's payload claims about its data. Asked of a block whose data is at hand and whose transition holds, so its payload was executed.</summary>
    /// <param name="root">The block's root.</param>
    /// <param name="block">The block.</param>
    bool IsProven(in Hash32 root, BeaconBlock block) => true;
}
