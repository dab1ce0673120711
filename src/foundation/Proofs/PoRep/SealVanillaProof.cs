using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>Shows one label of the challenged node: the layer's hash over its parents' labels.</summary>
/// <param name="Layer">1 for the first.</param>
/// <param name="Node">The challenged node.</param>
/// <param name="Parents">The parents' labels as they are hashed, 37 of them.</param>
public sealed record LabelingProof(int Layer, long Node, Hash32[] Parents);

/// <summary>What is shown for one challenged node, in the clear: the witness that a circuit compresses.</summary>
/// <remarks>Source: rust-fil-proofs, storage-proofs-porep stacked vanilla proof; the encoding proof there repeats the last labeling proof.</remarks>
/// <param name="Data">The node's data, under CommD.</param>
/// <param name="Replica">The node's replica, under CommRLast.</param>
/// <param name="Column">The node's labels, under CommC.</param>
/// <param name="BaseParents">The same for its six base parents, in order.</param>
/// <param name="ExpanderParents">The same for its eight expander parents, in order.</param>
/// <param name="Labeling">The hash of each of its labels.</param>
public sealed record SealVanillaProof(
    TreePath Data, TreePath Replica, ColumnProof Column, ColumnProof[] BaseParents, ColumnProof[] ExpanderParents, LabelingProof[] Labeling);
