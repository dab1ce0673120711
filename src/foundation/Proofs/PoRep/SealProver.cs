using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>Commit phase 1: reads out of a sealed sector what its challenges ask for.</summary>
public static class SealProver
{
    /// <summary>The vanilla proof of one proof partition: one proof a challenge.</summary>
    /// <param name="sector">The sector.</param>
    /// <param name="statement">What is to be shown; the challenges come from it.</param>
    /// <param name="partition">0 for the first.</param>
    /// <exception cref="ArgumentException">The sector is of another kind than the statement.</exception>
    public static SealVanillaProof[] Prove(SealedSector sector, SealStatement statement, int partition)
    {
        ArgumentNullException.ThrowIfNull(sector);
        ArgumentNullException.ThrowIfNull(statement);
        if (sector.Kind != statement.Kind)
            throw new ArgumentException($"a sector of kind {sector.Kind.Number} cannot prove kind {statement.Kind.Number}", nameof(statement));
        return Array.ConvertAll(SealChallenges.Derive(statement, partition), challenge => ProveNode(sector, challenge));
    }

    private static SealVanillaProof ProveNode(SealedSector sector, long node)
    {
        uint[] parents = new uint[StackedGraph.Degree];
        sector.Graph.Parents(node, parents);
        LabelingProof[] labeling = new LabelingProof[sector.Layers.Count];
        for (int layer = 1; layer <= labeling.Length; layer++)
            labeling[layer - 1] = new LabelingProof(layer, node, ParentLabels(sector, parents, layer));
        return new SealVanillaProof(
            sector.Data.Path(node),
            sector.TreeRLast.Path(node),
            ProveColumn(sector, node),
            Array.ConvertAll(parents[..StackedGraph.BaseDegree], parent => ProveColumn(sector, parent)),
            Array.ConvertAll(parents[StackedGraph.BaseDegree..], parent => ProveColumn(sector, parent)),
            labeling);
    }

    private static ColumnProof ProveColumn(SealedSector sector, long node) =>
        new([.. sector.Layers.Select(layer => layer.Node(node))], sector.TreeC.Path(node));

    private static Hash32[] ParentLabels(SealedSector sector, uint[] parents, int layer)
    {
        int period = layer == 1 ? StackedGraph.BaseDegree : StackedGraph.Degree;
        Hash32[] labels = new Hash32[Labels.ParentLabels];
        for (int i = 0; i < labels.Length; i++)
        {
            int parent = i % period;
            labels[i] = sector.Layers[parent < StackedGraph.BaseDegree ? layer - 1 : layer - 2].Node(parents[parent]);
        }
        return labels;
    }
}
