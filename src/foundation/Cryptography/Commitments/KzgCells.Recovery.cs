using Flashback.Cryptography.Fields;
using Flashback.Cryptography.Polynomials;
using Flashback.Primitives;

namespace Flashback.Cryptography;

public static partial class KzgCells
{
    /// <summary>All cells and proofs from at least half of the cells. spec: cs/fulu/polynomial-commitments-sampling#recover_cells_and_kzg_proofs.</summary>
    /// <param name="indices">Which cells there are, in ascending order.</param>
    /// <param name="cells">The cells.</param>
    /// <param name="allCells">Room for all cells, one after the other.</param>
    /// <param name="proofs">Room for as many proofs.</param>
    /// <param name="fault">What is wrong with the cells. Cells of no blob are not found out: verify them first.</param>
    /// <exception cref="ArgumentException">The room has another size.</exception>
    public static bool TryRecoverCellsAndProofs(
        ReadOnlySpan<ulong> indices, ReadOnlySpan<ReadOnlyMemory<byte>> cells, Span<byte> allCells, Span<Bytes48> proofs, out KzgFault fault)
    {
        RequireRoom(allCells, proofs.Length);
        fault = CheckIndices(indices, cells.Length);
        Fr[] values = new Fr[ExtendedDomain.Size];
        for (int i = 0; i < cells.Length && fault == KzgFault.None; i++)
        {
            if (cells[i].Length != CellSize)
                fault = KzgFault.CellLength;
            else if (!BlobPolynomial.TryReadElements(cells[i].Span, values.AsSpan((int)indices[i] * ElementsPerCell, ElementsPerCell)))
                fault = KzgFault.ElementNotReduced;
        }
        if (fault == KzgFault.None)
            WriteCellsAndProofs(Recover(indices, values), allCells, proofs);
        return fault == KzgFault.None;
    }

    private static KzgFault CheckIndices(ReadOnlySpan<ulong> indices, int cells)
    {
        if (indices.Length != cells)
            return KzgFault.Counts;
        for (int i = 0; i < indices.Length; i++)
        {
            if (indices[i] >= CellsPerBlob || (i > 0 && indices[i] <= indices[i - 1]))
                return KzgFault.CellIndex;
        }
        return indices.Length < CellsPerBlob / 2 ? KzgFault.TooFewCells : KzgFault.None;
    }

    /// <summary>The coefficients of the polynomial of degree below 4096 with these values where there are cells. spec: cs/fulu/polynomial-commitments-sampling#recover_polynomialcoeff.</summary>
    /// <remarks>With Z zero exactly on the missing cells, p·Z is known everywhere; p is p·Z divided by Z on a coset, where Z has no zero.</remarks>
    private static Fr[] Recover(ReadOnlySpan<ulong> indices, Fr[] values)
    {
        Fr[] vanishing = VanishingPolynomial(indices);
        Fr[] product = values;
        BitReversal.Permute<Fr>(product);
        Fr[] zeros = (Fr[])vanishing.Clone();
        ExtendedDomain.Forward(zeros);
        for (int i = 0; i < product.Length; i++)
            product[i] *= zeros[i];
        ExtendedDomain.Inverse(product);
        ExtendedDomain.ForwardOnCoset(product, Fr.Generator);
        ExtendedDomain.ForwardOnCoset(vanishing, Fr.Generator);
        BatchInversion.InvertInPlace<Fr>(vanishing, zeros);
        for (int i = 0; i < product.Length; i++)
            product[i] *= vanishing[i];
        ExtendedDomain.InverseOnCoset(product, Fr.Generator);
        product.AsSpan(TrustedSetup.Size).Clear();
        return product;
    }

    /// <summary>The polynomial that is zero on the missing cells only: the product of X^64 − h^64. spec: cs/fulu/polynomial-commitments-sampling#construct_vanishing_polynomial.</summary>
    private static Fr[] VanishingPolynomial(ReadOnlySpan<ulong> indices)
    {
        Fr[] polynomial = new Fr[ExtendedDomain.Size];
        polynomial[0] = Fr.One;
        int degree = 0, next = 0;
        for (int cell = 0; cell < CellsPerBlob; cell++)
        {
            if (next < indices.Length && indices[next] == (ulong)cell)
            {
                next++;
                continue;
            }
            Fr root = CellPower(cell);
            degree++;
            for (int i = degree; i > 0; i--)
                polynomial[i * ElementsPerCell] = polynomial[(i - 1) * ElementsPerCell] - root * polynomial[i * ElementsPerCell];
            polynomial[0] *= -root;
        }
        return polynomial;
    }

    /// <summary>h^64 for the shift h of a cell's coset, a 128th root of one.</summary>
    private static Fr CellPower(int cell) => FieldPowers.Power(CosetShift(cell), [ElementsPerCell]);
}
