using Flashback.Cryptography.R1cs;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>Paths as circuits take them, and blank ones of the same form.</summary>
internal static class CircuitPaths
{
    public static MerkleStep[] Steps(TreePath path) =>
        Array.ConvertAll(path.Steps, step => new MerkleStep(Array.ConvertAll(step.Siblings, sibling => Nodes.ToElement(sibling)), step.Position));

    /// <summary>A path of zeros through a Poseidon tree.</summary>
    public static TreePath Blank(TreeShape shape)
    {
        PathStep[] steps = new PathStep[shape.PathLength];
        for (int i = 0; i < steps.Length; i++)
            steps[i] = new(new Hash32[shape.ArityAt(i) - 1], 0);
        return new(default, default, steps);
    }

    /// <summary>A path of zeros through a data tree.</summary>
    public static TreePath BlankBinary(int height)
    {
        PathStep[] steps = new PathStep[height];
        Array.Fill(steps, new(new Hash32[1], 0));
        return new(default, default, steps);
    }
}
