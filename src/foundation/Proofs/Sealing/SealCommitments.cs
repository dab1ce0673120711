using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>CommR and the two commitments it is the hash of.</summary>
/// <param name="CommC">The root of tree-C.</param>
/// <param name="CommRLast">The root of tree-R-last.</param>
/// <param name="CommR">The commitment to the replica.</param>
public readonly record struct SealCommitments(Hash32 CommC, Hash32 CommRLast, Hash32 CommR)
{
    private const int StoredLength = 2 * DataTree.NodeLength;

    /// <summary>The commitments with these halves.</summary>
    /// <exception cref="InvalidDataException">One is no field element: the file it came from has been altered.</exception>
    public static SealCommitments Of(in Hash32 commC, in Hash32 commRLast) => ReplicaHash.TryCommR(commC, commRLast, out Hash32 commR)
        ? new(commC, commRLast, commR)
        : throw new InvalidDataException($"CommC {commC} or CommRLast {commRLast} is no field element: its file has been altered");

    /// <summary>Reads the two halves from their file.</summary>
    public static SealCommitments Load(ISectorStore store, SectorFile file)
    {
        ArgumentNullException.ThrowIfNull(store);
        using MappedMemory stored = store.Open(file, StoredLength);
        return Of(stored.Node(0), stored.Node(1));
    }

    /// <summary>Writes the two halves to a file.</summary>
    public void Store(ISectorStore store, SectorFile file)
    {
        ArgumentNullException.ThrowIfNull(store);
        using MappedMemory stored = store.Create(file, StoredLength);
        CommC.AsSpan().CopyTo(stored.NodeBytes(0, 1));
        CommRLast.AsSpan().CopyTo(stored.NodeBytes(1, 1));
        store.Complete(file, stored);
    }
}
