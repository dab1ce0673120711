using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>Makes the proofs that go on the chain out of vanilla ones. Takes minutes for large circuits.</summary>
public interface IStorageProver
{
    /// <summary>Makes what proofs of such sectors take and is not there yet: a window does not wait for its key.</summary>
    void Prepare(SealKind kind);

    /// <summary>Takes the machine's turn to make a proof of a seal or an update, until it is given back: each takes all cores and much memory. Windows do not wait for it.</summary>
    /// <returns>Null while another program of this machine has the turn.</returns>
    IDisposable? TryTakeTurn();

    /// <summary>Commit phase 2: the proofs of all proof partitions of a seal.</summary>
    byte[] ProveSeal(Sector sector, SealStatement statement);

    /// <summary>Whether updates of such sectors can be proven for the network: there is a key, or one can be made.</summary>
    bool CanUpdate(SealKind kind);

    /// <summary>The proofs of all partitions of a replica update.</summary>
    byte[] ProveUpdate(Sector sector, UpdateStatement statement);

    /// <summary>A WindowPoSt over vanilla proofs in order.</summary>
    byte[] ProveWindow(SectorSize size, Hash32 randomness, IReadOnlyList<PostVanillaProof> vanilla);
}
