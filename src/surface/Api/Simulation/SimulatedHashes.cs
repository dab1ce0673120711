using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Simulation;

/// <summary>The hashes of blocks that were simulated, and of those of the chain before them.</summary>
internal sealed class SimulatedHashes(Ancestors ancestors, BlockHeader origin) : IBlockHashes
{
    private readonly List<Hash32> _simulated = []; // the first is the one after the origin

    public void Add(in Hash32 hash) => _simulated.Add(hash);

    public Hash32 HashOf(ulong number) =>
        number <= origin.Number ? ancestors.HashOf(number) : number - origin.Number <= (ulong)_simulated.Count ? _simulated[(int)(number - origin.Number - 1)] : default;
}
