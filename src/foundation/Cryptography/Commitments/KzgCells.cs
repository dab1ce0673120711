using Flashback.Cryptography.Fields;
using Flashback.Cryptography.Polynomials;
using Flashback.Primitives;

namespace Flashback.Cryptography;

/// <summary>Blobs stretched to twice their length and cut into 128 cells, any 64 of which give them back. spec: EIP-7594; cs/fulu/polynomial-commitments-sampling.</summary>
public static partial class KzgCells
{
    /// <summary>The number of field elements in a cell.</summary>
    public const int ElementsPerCell = 64;

    /// <summary>The number of cells of a blob.</summary>
    public const int CellsPerBlob = 128;

    /// <summary>The length of a cell in bytes.</summary>
    public const int CellSize = ElementsPerCell * Kzg.ElementSize;

    private const int CellBits = 7; // of 128 cells
    private const int LogElementsPerCell = 6;

    private static readonly EvaluationDomain<Fr> ExtendedDomain = new(TrustedSetup.LogSize + 1);
    private static readonly EvaluationDomain<Fr> CellDomain = new(LogElementsPerCell);

    /// <summary>The cells of a blob. spec: cs/fulu/polynomial-commitments-sampling#compute_cells.</summary>
    /// <param name="blob">The blob.</param>
    /// <param name="cells">Room for all cells, one after the other.</param>
    /// <param name="fault">What is wrong with the blob.</param>
    /// <exception cref="ArgumentException">The room has another size.</exception>
    public static bool TryComputeCells(ReadOnlySpan<byte> blob, Span<byte> cells, out KzgFault fault)
    {
        RequireRoom(cells, CellsPerBlob);
        fault = BlobPolynomial.Read(blob, out BlobPolynomial polynomial);
        if (fault == KzgFault.None)
            WriteCells(polynomial.Coefficients(ExtendedDomain.Size), cells);
        return fault == KzgFault.None;
    }

    /// <summary>Works out what proofs of cells need of the trusted setup. They do it when first asked, and then take seconds: a node that will prove asks here first.</summary>
    public static void PrepareProofs() => _ = CellProver.Shared;

    /// <summary>The cells of a blob with their proofs. spec: cs/fulu/polynomial-commitments-sampling#compute_cells_and_kzg_proofs.</summary>
    /// <param name="blob">The blob.</param>
    /// <param name="cells">Room for all cells, one after the other.</param>
    /// <param name="proofs">Room for as many proofs.</param>
    /// <param name="fault">What is wrong with the blob.</param>
    /// <exception cref="ArgumentException">The room has another size.</exception>
    public static bool TryComputeCellsAndProofs(ReadOnlySpan<byte> blob, Span<byte> cells, Span<Bytes48> proofs, out KzgFault fault)
    {
        RequireRoom(cells, proofs.Length);
        fault = BlobPolynomial.Read(blob, out BlobPolynomial polynomial);
        if (fault == KzgFault.None)
            WriteCellsAndProofs(polynomial.Coefficients(ExtendedDomain.Size), cells, proofs);
        return fault == KzgFault.None;
    }

    private static void RequireRoom(Span<byte> cells, int proofs)
    {
        if (cells.Length != CellsPerBlob * CellSize || proofs != CellsPerBlob)
            throw new ArgumentException($"a blob has {CellsPerBlob} cells of {CellSize} bytes, not {cells.Length} bytes with {proofs} proofs");
    }

    private static void WriteCellsAndProofs(Fr[] coefficients, Span<byte> cells, Span<Bytes48> proofs)
    {
        G1Affine[] points = CellProver.Shared.Prove(coefficients.AsMemory(0, TrustedSetup.Size));
        for (int i = 0; i < proofs.Length; i++)
            proofs[i] = Kzg.Encode(points[i].ToJacobian());
        WriteCells(coefficients, cells);
    }

    /// <summary>Writes the values at the 8192nd roots of one in bit-reversed order. The coefficients are used up.</summary>
    private static void WriteCells(Fr[] coefficients, Span<byte> cells)
    {
        ExtendedDomain.Forward(coefficients);
        BitReversal.Permute<Fr>(coefficients);
        for (int i = 0; i < coefficients.Length; i++)
            coefficients[i].Encode(cells.Slice(i * Kzg.ElementSize, Kzg.ElementSize));
    }

    /// <summary>The shift h of a cell's coset: its points are h times the 64th roots of one, in bit-reversed order.</summary>
    private static Fr CosetShift(int cell) =>
        FieldPowers.Power(ExtendedDomain.Root, [(ulong)BitReversal.Reverse(cell, CellBits)]);
}
