using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>Vanilla proofs of spacetime: WindowPoSt and WinningPoSt, which differ in their <see cref="PostKind"/> only.</summary>
/// <remarks>Sectors are proven in the order given. Source: rust-fil-proofs, storage-proofs-post, FallbackPoSt.</remarks>
public static class FallbackPost
{
    /// <summary>What is shown for one sector.</summary>
    /// <param name="kind">The proof.</param>
    /// <param name="size">The sector's size.</param>
    /// <param name="randomness">The chain's randomness.</param>
    /// <param name="place">The sector's place among all that are proven together.</param>
    /// <param name="replica">The replica and its tree.</param>
    /// <exception cref="InvalidDataException">A node of the replica is no field element: its file has been altered.</exception>
    public static PostVanillaProof Prove(PostKind kind, SectorSize size, in Hash32 randomness, long place, PostReplica replica)
    {
        ArgumentNullException.ThrowIfNull(replica);
        ArgumentNullException.ThrowIfNull(size);
        long[] challenges = PostChallenges.Derive(kind, randomness, replica.Sector.Number, place, size.NodeCount);
        TreePath[] paths = Array.ConvertAll(challenges, replica.TreeRLast.Path);
        return new PostVanillaProof(replica.Sector, replica.CommC, replica.TreeRLast.Root, paths);
    }

    /// <summary>Checks what is shown for some sectors, in order; null when all rules hold, else the first that is broken.</summary>
    /// <param name="kind">The proof.</param>
    /// <param name="size">The sectors' size.</param>
    /// <param name="randomness">The chain's randomness.</param>
    /// <param name="firstPlace">The first sector's place among all that are proven together.</param>
    /// <param name="sectors">What is to be proven.</param>
    /// <param name="proofs">One a sector.</param>
    public static Invalid<PostRule>? Check(
        PostKind kind, SectorSize size, in Hash32 randomness, long firstPlace, IReadOnlyList<PostSector> sectors, IReadOnlyList<PostVanillaProof> proofs)
    {
        ArgumentNullException.ThrowIfNull(sectors);
        ArgumentNullException.ThrowIfNull(proofs);
        ArgumentNullException.ThrowIfNull(size);
        if (proofs.Count != sectors.Count)
            return new(PostRule.Shape, $"{proofs.Count} proofs are given for {sectors.Count} sectors");
        for (int i = 0; i < sectors.Count; i++)
        {
            long[] challenges = PostChallenges.Derive(kind, randomness, sectors[i].Number, firstPlace + i, size.NodeCount);
            if (Check(size, sectors[i], challenges, proofs[i]) is { } broken)
                return new(broken.Rule, $"sector {sectors[i].Number}: {broken.Detail}");
        }
        return null;
    }

    private static Invalid<PostRule>? Check(SectorSize size, PostSector sector, long[] challenges, PostVanillaProof proof)
    {
        if (proof.Sector.Number != sector.Number || proof.Paths.Length != challenges.Length)
            return new(PostRule.Shape, $"the proof is for sector {proof.Sector.Number} and has {proof.Paths.Length} paths for {challenges.Length} challenges");
        if (!ReplicaHash.TryCommR(proof.CommC, proof.CommRLast, out Hash32 commR) || commR != sector.CommR)
            return new(PostRule.ReplicaCommitment, $"CommC {proof.CommC} and CommRLast {proof.CommRLast} hash to {commR}, not {sector.CommR}");
        for (int i = 0; i < challenges.Length; i++)
        {
            TreePath path = proof.Paths[i];
            if (path.LeafIndex != challenges[i] || path.Root != proof.CommRLast || !path.Verify<ReplicaHash>(size.Tree))
                return new(PostRule.ReplicaPath, $"challenge {i}: the path from {path.LeafIndex} does not lead from {challenges[i]} to CommRLast");
        }
        return null;
    }
}
