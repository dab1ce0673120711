using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>Makes the proofs that go on the chain out of vanilla ones. Takes minutes for large circuits.</summary>
public interface IStorageProver
{
    /// <summary>Commit phase 2: the proofs of all proof partitions of a seal.</summary>
    byte[] ProveSeal(Sector sector, SealStatement statement);

    /// <summary>A WindowPoSt over vanilla proofs in order.</summary>
    byte[] ProveWindow(SectorSize size, Hash32 randomness, IReadOnlyList<PostVanillaProof> vanilla);
}
