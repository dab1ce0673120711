using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>Checks vanilla seal proofs: the rules that the circuit enforces, on the witness itself.</summary>
public static class SealVerifier
{
    /// <summary>Checks one proof partition; null when all rules hold, else the first that is broken.</summary>
    public static Invalid<SealRule>? Check(SealStatement statement, StackedGraph graph, int partition, IReadOnlyList<SealVanillaProof> proofs)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(proofs);
        long[] challenges = SealChallenges.Derive(statement, partition);
        if (proofs.Count != challenges.Length)
            return new(SealRule.Shape, $"{proofs.Count} proofs answer {challenges.Length} challenges");
        for (int i = 0; i < challenges.Length; i++)
        {
            if (new NodeCheck(statement, graph, challenges[i], proofs[i]).Check() is { } broken)
                return new(broken.Rule, $"challenge {i}, node {challenges[i]}: {broken.Detail}");
        }
        return null;
    }

    private readonly ref struct NodeCheck(SealStatement statement, StackedGraph graph, long node, SealVanillaProof proof)
    {
        private readonly Hash32 _commC = proof.Column.Path.Root;
        private readonly Hash32 _commRLast = proof.Replica.Root;

        private SectorSize Size => statement.Kind.Size;

        public Invalid<SealRule>? Check()
        {
            if (Shape() is { } misshapen)
                return misshapen;
            if (!ReplicaHash.TryCommR(_commC, _commRLast, out Hash32 commR) || commR != statement.CommR)
                return new(SealRule.ReplicaCommitment, $"CommC {_commC} and CommRLast {_commRLast} hash to {commR}, not {statement.CommR}");
            if (proof.Data.Root != statement.CommD || proof.Data.LeafIndex != node || !proof.Data.VerifyBinary<DataHash>(Size.DataTreeHeight))
                return new(SealRule.DataPath, $"the path from {proof.Data.LeafIndex} leads to {proof.Data.Root} or nowhere, not to {statement.CommD}");
            if (proof.Replica.LeafIndex != node || !proof.Replica.Verify<ReplicaHash>(Size.Tree))
                return new(SealRule.ReplicaPath, $"the path from {proof.Replica.LeafIndex} does not lead to CommRLast");
            return Columns() ?? Labeling() ?? Encoding();
        }

        private Invalid<SealRule>? Shape()
        {
            int layers = Size.Layers;
            bool whole = proof.BaseParents.Length == StackedGraph.BaseDegree && proof.ExpanderParents.Length == StackedGraph.ExpanderDegree
                && proof.Labeling.Length == layers && proof.Column.Column.Length == layers
                && Array.TrueForAll(proof.BaseParents, parent => parent.Column.Length == layers)
                && Array.TrueForAll(proof.ExpanderParents, parent => parent.Column.Length == layers)
                && Array.TrueForAll(proof.Labeling, labeling => labeling.Parents.Length == Labels.ParentLabels);
            return whole ? null : new(SealRule.Shape, $"parents, layers or labels are missing or too many");
        }

        private Invalid<SealRule>? Columns()
        {
            uint[] parents = new uint[StackedGraph.Degree];
            graph.Parents(node, parents);
            if (Column(node, proof.Column) is { } broken)
                return broken;
            for (int i = 0; i < parents.Length; i++)
            {
                if (Column(parents[i], Parent(i)) is { } brokenParent)
                    return brokenParent;
            }
            return null;
        }

        private ColumnProof Parent(int i) => i < StackedGraph.BaseDegree ? proof.BaseParents[i] : proof.ExpanderParents[i - StackedGraph.BaseDegree];

        private Invalid<SealRule>? Column(long at, ColumnProof column)
        {
            bool holds = ColumnProof.TryHash(column.Column, out Hash32 leaf) && column.Path.Leaf == leaf && column.Path.LeafIndex == at
                && column.Path.Root == _commC && column.Path.Verify<ReplicaHash>(Size.Tree);
            return holds ? null : new(SealRule.ColumnPath, $"the column of node {at} is not under CommC");
        }

        private Invalid<SealRule>? Labeling()
        {
            for (int layer = 1; layer <= Size.Layers; layer++)
            {
                LabelingProof labeling = proof.Labeling[layer - 1];
                if (labeling.Layer != layer || labeling.Node != node)
                    return new(SealRule.Shape, $"the labeling of layer {labeling.Layer}, node {labeling.Node} stands where layer {layer} is");
                int period = layer == 1 ? StackedGraph.BaseDegree : StackedGraph.Degree;
                for (int i = 0; i < labeling.Parents.Length; i++)
                {
                    int parent = i % period;
                    if (labeling.Parents[i] != Parent(parent).Column[parent < StackedGraph.BaseDegree ? layer - 1 : layer - 2])
                        return new(SealRule.ParentLabels, $"label {i} of layer {layer} is not that of parent {parent}");
                }
                if (Labels.Compute(statement.ReplicaId, layer, (ulong)node, labeling.Parents) != proof.Column.Column[layer - 1])
                    return new(SealRule.Label, $"the label of layer {layer} is not the hash of its parents");
            }
            return null;
        }

        private Invalid<SealRule>? Encoding()
        {
            bool holds = Fr.TryDecodeLittleEndian(proof.Data.Leaf.AsSpan(), out Fr data)
                && Fr.TryDecodeLittleEndian(proof.Column.Column[^1].AsSpan(), out Fr label)
                && Nodes.FromElement(data + label) == proof.Replica.Leaf;
            return holds ? null : new(SealRule.Encoding, $"data {proof.Data.Leaf} and label do not add up to {proof.Replica.Leaf}");
        }
    }
}
