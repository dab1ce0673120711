using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Polynomials;
using Flashback.Primitives;

namespace Flashback.Cryptography;

/// <summary>All 128 proofs of a blob's cells at once. paper: eprint 2023/033 (Feist and Khovratovich), §3.</summary>
/// <remarks>
/// The proof of the cell on the coset h·⟨ω⟩ is the commitment to p(X) divided by X^64 − c, rest dropped, with c = h^64. That quotient is
/// Σ c^j·p_j where p_j is p without its lowest 64·(j + 1) coefficients, moved down. So the proofs are a transform over the 128th roots of
/// one of the commitments to p_j; and those are, for each residue b modulo 64, a correlation of p's coefficients 64·t + b with the
/// setup's points 64·a + b: a product after transforms of length 128. The setup's transforms, and odd multiples of them, are kept.
/// </remarks>
internal sealed class CellProver
{
    private const int Cells = KzgCells.CellsPerBlob;
    private const int Residues = KzgCells.ElementsPerCell;
    private const int Blocks = TrustedSetup.Size / Residues;

    private static readonly Lazy<CellProver> Lazy = new(() => new CellProver());

    private static readonly EvaluationDomain<Fr> Domain = new(7);

    // For each frequency, what LinearCombination keeps of the 64 transformed points.
    private readonly LinearCombination.Tables<Fp, G1Curve>[] _transformed = new LinearCombination.Tables<Fp, G1Curve>[Cells];

    private CellProver()
    {
        G1Point[][] columns = new G1Point[Residues][];
        Parallel.For(0, Residues, AllCores.Options, residue =>
        {
            G1Point[] column = new G1Point[Cells];
            // The point of block a stands at −a, which turns the correlation into a convolution.
            for (int a = 0; a < Blocks - 1; a++)
                column[(Cells - a) % Cells] = TrustedSetup.Monomial[Residues * a + residue].ToJacobian();
            PointTransform<Fp, G1Curve, G1Format>.Forward(column);
            columns[residue] = column;
        });
        Parallel.For(0, Cells, AllCores.Options, frequency =>
        {
            G1Point[] row = new G1Point[Residues];
            for (int residue = 0; residue < Residues; residue++)
                row[residue] = columns[residue][frequency];
            _transformed[frequency] = LinearCombination.Prepare<Fp, G1Curve>(row, KeptWidth);
        });
    }

    // 16 odd multiples of 8192 points are 12 MiB.
    private const int KeptWidth = 6;

    /// <summary>The setup's transforms, worked out on first use.</summary>
    public static CellProver Shared => Lazy.Value;

    /// <summary>The proofs of the cells in their order.</summary>
    /// <param name="coefficients">4096 coefficients, lowest first.</param>
    public G1Affine[] Prove(ReadOnlyMemory<Fr> coefficients)
    {
        Fr[][] scalars = TransformCoefficients(coefficients);
        G1Point[] sums = new G1Point[Cells];
        Parallel.For(0, Cells, AllCores.Options, frequency =>
        {
            ulong[] limbs = new ulong[Residues * Fr.LimbCount];
            for (int residue = 0; residue < Residues; residue++)
                scalars[residue][frequency].CopyTo(limbs.AsSpan(residue * Fr.LimbCount, Fr.LimbCount));
            sums[frequency] = LinearCombination.Sum([_transformed[frequency]], limbs);
        });
        PointTransform<Fp, G1Curve, G1Format>.InverseUnscaled(sums);
        sums.AsSpan(Blocks - 1).Clear(); // what is beyond the quotients is the convolution's wrap
        PointTransform<Fp, G1Curve, G1Format>.Forward(sums);
        BitReversal.Permute<G1Point>(sums);
        G1Affine[] proofs = new G1Affine[Cells];
        G1Point.ToAffine(sums, proofs);
        return proofs;
    }

    /// <summary>For each residue the transform of its coefficients but the lowest, divided by the length for the inverse transform to come.</summary>
    private static Fr[][] TransformCoefficients(ReadOnlyMemory<Fr> coefficients)
    {
        Fr[][] scalars = new Fr[Residues][];
        Parallel.For(0, Residues, AllCores.Options, residue =>
        {
            Fr[] column = new Fr[Cells];
            for (int block = 1; block < Blocks; block++)
                column[block - 1] = coefficients.Span[Residues * block + residue] * Domain.InverseSize;
            Domain.Forward(column);
            scalars[residue] = column;
        });
        return scalars;
    }
}
