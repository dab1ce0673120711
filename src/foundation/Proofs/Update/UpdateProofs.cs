using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>What an update's proof shows.</summary>
/// <param name="Nodes">Nodes of the sector.</param>
/// <param name="CommROld">The replica before.</param>
/// <param name="CommDNew">The new data.</param>
/// <param name="CommRNew">The replica after.</param>
public sealed record UpdateStatement(long Nodes, Hash32 CommROld, Hash32 CommDNew, Hash32 CommRNew);

/// <summary>What is shown for one challenged node: its old replica, its new data, its new replica.</summary>
/// <param name="Old">The way to the old CommRLast.</param>
/// <param name="Data">The way to the new CommD.</param>
/// <param name="Updated">The way to the new CommRLast.</param>
public sealed record UpdateChallengeProof(TreePath Old, TreePath Data, TreePath Updated);

/// <summary>One partition's vanilla proof of an update.</summary>
/// <param name="CommC">The root of tree-C, which an update leaves as it is.</param>
/// <param name="ApexLeaves">Neighbouring nodes of one row of tree-D that lie over the partition.</param>
/// <param name="Challenges">One a challenge.</param>
public sealed record UpdateVanillaProof(Hash32 CommC, Hash32[] ApexLeaves, UpdateChallengeProof[] Challenges);

/// <summary>What a vanilla proof of an update must keep. Source: rust-fil-proofs, storage-proofs-update vanilla.</summary>
public enum UpdateRule
{
    /// <summary>There are as many apex leaves and challenges as the sector's size asks for.</summary>
    Shape,

    /// <summary>Both CommR are hashes of the same CommC and of the roots the paths lead to.</summary>
    ReplicaCommitment,

    /// <summary>The apex leaves lie over the partition under CommD, and the data's paths go through them.</summary>
    Apex,

    /// <summary>Each path leads from the challenged node to its root.</summary>
    Path,

    /// <summary>The new node is the old one plus data times ρ.</summary>
    Encoding,
}

/// <summary>Challenges, vanilla proofs and checks of replica updates.</summary>
public static class UpdateProofs
{
    private const int BitsPerDigest = 254;

    /// <summary>The challenged nodes of a partition, all within its range.</summary>
    /// <exception cref="InvalidDataException"><paramref name="commRNew"/> is no field element.</exception>
    public static long[] Challenges(long nodes, in Hash32 commRNew, int partition)
    {
        UpdateParameters parameters = UpdateParameters.Of(nodes);
        int bits = parameters.NodeBits - parameters.PartitionBits;
        int perDigest = BitsPerDigest / bits, digests = (parameters.Challenges + perDigest - 1) / perDigest;
        Fr commR = Nodes.ToElement(commRNew);
        long[] challenges = new long[parameters.Challenges];
        UInt256 digest = default;
        for (int i = 0; i < challenges.Length; i++)
        {
            if (i % perDigest == 0)
                digest = UInt256.ReadLittleEndian(Nodes.FromElement(ReplicaUpdate.Hash(commR, Fr.From((ulong)(partition * digests + i / perDigest)))).AsSpan());
            ulong random = (digest >> (i % perDigest * bits)).Low & ((1UL << bits) - 1);
            challenges[i] = (long)random + ((long)partition << bits);
        }
        return challenges;
    }

    /// <summary>What is shown for one partition.</summary>
    /// <param name="statement">What is to be shown.</param>
    /// <param name="partition">0 for the first.</param>
    /// <param name="commC">The root of tree-C.</param>
    /// <param name="old">The tree over the old replica.</param>
    /// <param name="data">Tree-D over the new data.</param>
    /// <param name="updated">The tree over the new replica.</param>
    public static UpdateVanillaProof Prove(
        UpdateStatement statement, int partition, in Hash32 commC, PoseidonTree<NodeLeaves> old, DataTreeRows data, PoseidonTree<NodeLeaves> updated)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(data);
        UpdateParameters parameters = UpdateParameters.Of(statement.Nodes);
        int row = ApexRow(parameters);
        Hash32[] apex = new Hash32[parameters.ApexLeaves];
        for (int i = 0; i < apex.Length; i++)
            apex[i] = data.Node(row, (long)partition * apex.Length + i);
        long[] challenges = Challenges(statement.Nodes, statement.CommRNew, partition);
        return new(commC, apex, Array.ConvertAll(challenges, c => new UpdateChallengeProof(old.Path(c), data.Path(c), updated.Path(c))));
    }

    /// <summary>Checks one partition over sectors with trees of that shape; null when all rules hold, else the first that is broken.</summary>
    public static Invalid<UpdateRule>? Check(UpdateStatement statement, TreeShape shape, int partition, UpdateVanillaProof proof)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(proof);
        UpdateParameters parameters = UpdateParameters.Of(statement.Nodes);
        if (partition < 0 || partition >= parameters.Partitions || shape.Leaves != statement.Nodes || proof.ApexLeaves.Length != parameters.ApexLeaves
            || proof.Challenges.Length != parameters.Challenges)
            return new(UpdateRule.Shape, $"{proof.ApexLeaves.Length} apex leaves and {proof.Challenges.Length} challenges are not partition {partition}'s");
        if (!Nodes.IsElement(statement.CommDNew) || !Nodes.IsElement(statement.CommROld) || !Nodes.IsElement(statement.CommRNew))
            return new(UpdateRule.ReplicaCommitment, "a commitment is no field element");
        ReplicaUpdate update = new(statement.Nodes, statement.CommDNew, statement.CommROld);
        long[] challenges = Challenges(statement.Nodes, statement.CommRNew, partition);
        for (int i = 0; i < challenges.Length; i++)
        {
            UpdateChallengeProof shown = proof.Challenges[i];
            if ((Commitments(statement, proof.CommC, shown) ?? Paths(statement, shape, challenges[i], shown) ?? Apex(parameters, challenges[i], proof, shown)
                ?? Encoding(update, challenges[i], shown)) is { } broken)
                return new(broken.Rule, $"challenge {i}, node {challenges[i]}: {broken.Detail}");
        }
        return null;
    }

    /// <summary>The row of tree-D that has the apex leaves of all partitions; row 0 is the leaves.</summary>
    private static int ApexRow(UpdateParameters parameters) =>
        parameters.NodeBits - parameters.PartitionBits - System.Numerics.BitOperations.Log2((uint)parameters.ApexLeaves);

    private static Invalid<UpdateRule>? Commitments(UpdateStatement statement, in Hash32 commC, UpdateChallengeProof shown)
    {
        bool holds = ReplicaHash.TryCommR(commC, shown.Old.Root, out Hash32 commROld) && commROld == statement.CommROld
            && ReplicaHash.TryCommR(commC, shown.Updated.Root, out Hash32 commRNew) && commRNew == statement.CommRNew;
        return holds ? null : new(UpdateRule.ReplicaCommitment, "CommC and the roots do not hash to both CommR");
    }

    private static Invalid<UpdateRule>? Paths(UpdateStatement statement, TreeShape shape, long node, UpdateChallengeProof shown)
    {
        bool holds = shown.Old.LeafIndex == node && shown.Old.Verify<ReplicaHash>(shape)
            && shown.Updated.LeafIndex == node && shown.Updated.Verify<ReplicaHash>(shape)
            && shown.Data.LeafIndex == node && shown.Data.Root == statement.CommDNew
            && shown.Data.VerifyBinary<DataHash>(System.Numerics.BitOperations.Log2((ulong)statement.Nodes));
        return holds ? null : new(UpdateRule.Path, "a path does not lead from the node to its root");
    }

    /// <summary>The data's path is known to lead to CommD: it must meet the apex leaf over it, and all apex leaves the partition's root.</summary>
    private static Invalid<UpdateRule>? Apex(UpdateParameters parameters, long node, UpdateVanillaProof proof, UpdateChallengeProof shown)
    {
        int row = ApexRow(parameters), height = System.Numerics.BitOperations.Log2((uint)parameters.ApexLeaves);
        long leaf = (node >> row) % parameters.ApexLeaves;
        Hash32 root = DataTree.RootInPlace(System.Runtime.InteropServices.MemoryMarshal.AsBytes<Hash32>(proof.ApexLeaves.ToArray().AsSpan()));
        bool holds = proof.ApexLeaves[leaf] == NodeAt(shown.Data, row) && root == NodeAt(shown.Data, row + height);
        return holds ? null : new(UpdateRule.Apex, "the data's path does not go through the apex leaves");
    }

    /// <summary>The node that a binary path reaches after so many steps.</summary>
    private static Hash32 NodeAt(TreePath path, int steps)
    {
        Hash32 node = path.Leaf;
        foreach (PathStep step in path.Steps.AsSpan(0, steps))
            node = step.Position == 0 ? DataTree.Parent(node, step.Siblings[0]) : DataTree.Parent(step.Siblings[0], node);
        return node;
    }

    private static Invalid<UpdateRule>? Encoding(ReplicaUpdate update, long node, UpdateChallengeProof shown)
    {
        bool holds = Fr.TryDecodeLittleEndian(shown.Old.Leaf.AsSpan(), out Fr old) && Fr.TryDecodeLittleEndian(shown.Data.Leaf.AsSpan(), out Fr data)
            && Nodes.FromElement(old + data * update.Rho(node)) == shown.Updated.Leaf;
        return holds ? null : new(UpdateRule.Encoding, "old replica and data do not give the new replica");
    }
}
