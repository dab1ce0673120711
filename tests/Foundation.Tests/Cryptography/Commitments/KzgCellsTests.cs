using Flashback.Cryptography;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;
using Flashback.Cryptography.Polynomials;
using Flashback.Primitives;

namespace Flashback.Foundation.Tests.Cryptography.Commitments;

public class KzgCellsTests
{
    private readonly Randomness _random = Randomness.Fresh();
    private readonly byte[] _blob;
    private readonly byte[] _cells = new byte[KzgCells.CellsPerBlob * KzgCells.CellSize];
    private readonly Bytes48[] _proofs = new Bytes48[KzgCells.CellsPerBlob];

    public KzgCellsTests()
    {
        KzgCells.PrepareProofs();
        _blob = KzgTests.Blob(_random);
        Assert.True(KzgCells.TryComputeCellsAndProofs(_blob, _cells, _proofs, out _));
    }

    private ReadOnlyMemory<byte> Cell(int index) => _cells.AsMemory(index * KzgCells.CellSize, KzgCells.CellSize);

    [Fact]
    public void The_first_half_of_the_cells_is_the_blob()
    {
        Assert.Equal(_blob, _cells[.._blob.Length]);
        byte[] cells = new byte[_cells.Length];
        Assert.True(KzgCells.TryComputeCells(_blob, cells, out _));
        Assert.Equal(_cells, cells);
    }

    /// <summary>The slow twin: a long division by X^64 − h^64 for each cell, and a commitment to the quotient.</summary>
    [Fact]
    public void All_proofs_at_once_are_the_proofs_one_by_one()
    {
        BlobPolynomial.Read(_blob, out BlobPolynomial polynomial);
        Fr root = new EvaluationDomain<Fr>(7).Root;
        foreach (int cell in (int[])[0, 1, 2, 63, 127, _random.Below(128)])
        {
            Fr power = FieldPowers.Power(root, [(ulong)BitReversal.Reverse(cell, 7)]);
            Fr[] rest = polynomial.Coefficients(4096), quotient = new Fr[4096];
            for (int i = 4095; i >= 64; i--)
            {
                quotient[i - 64] = rest[i];
                rest[i - 64] += power * rest[i];
            }
            G1Point expected = MultiScalarMultiplication.Sum<Fp, G1Curve, Fr>(TrustedSetup.Monomial, quotient);
            Assert.True(G1.TryDecodeCompressed(_proofs[cell].AsSpan(), out G1Affine proof, out _));
            Assert.Equal(expected.ToAffine(), proof);
        }
    }

    [Fact]
    public void Cells_verify_and_altered_ones_do_not()
    {
        Kzg.TryBlobToCommitment(_blob, out Bytes48 commitment, out _);
        byte[] otherBlob = KzgTests.Blob(_random), otherCells = new byte[_cells.Length];
        Bytes48[] otherProofs = new Bytes48[128];
        KzgCells.TryComputeCellsAndProofs(otherBlob, otherCells, otherProofs, out _);
        Kzg.TryBlobToCommitment(otherBlob, out Bytes48 other, out _);

        ulong[] indices = [5, 127, 5, 0];
        ReadOnlyMemory<byte>[] cells = [Cell(5), Cell(127), otherCells.AsMemory(5 * KzgCells.CellSize, KzgCells.CellSize), Cell(0)];
        Bytes48[] commitments = [commitment, commitment, other, commitment];
        Bytes48[] proofs = [_proofs[5], _proofs[127], otherProofs[5], _proofs[0]];
        Assert.True(KzgCells.VerifyCellProofBatch(commitments, indices, cells, proofs, out _));
        Assert.True(KzgCells.VerifyCellProofBatch([], [], [], [], out _));

        AssertFault(KzgFault.DoesNotHold, [commitment, commitment, commitment, commitment], indices, cells, proofs);
        AssertFault(KzgFault.DoesNotHold, commitments, [5, 127, 5, 1], cells, proofs);
        AssertFault(KzgFault.DoesNotHold, commitments, indices, [cells[1], cells[0], cells[2], cells[3]], proofs);
        AssertFault(KzgFault.DoesNotHold, commitments, indices, cells, [proofs[1], proofs[0], proofs[2], proofs[3]]);
        AssertFault(KzgFault.CellIndex, commitments, [5, 128, 5, 0], cells, proofs);
        AssertFault(KzgFault.CellIndex, commitments, [5, ulong.MaxValue, 5, 0], cells, proofs);
        AssertFault(KzgFault.CellLength, commitments, indices, [cells[0], cells[1][1..], cells[2], cells[3]], proofs);
        AssertFault(KzgFault.Commitment, [commitment, commitment, default, commitment], indices, cells, proofs);
        AssertFault(KzgFault.Proof, commitments, indices, cells, [proofs[0], proofs[1], proofs[2], default]);
        AssertFault(KzgFault.Counts, commitments, [5, 127, 5], cells, proofs);
        AssertFault(KzgFault.Counts, commitments[1..], indices, cells, proofs);
        AssertFault(KzgFault.Counts, commitments, indices, cells, proofs[1..]);
        byte[] unreduced = cells[0].ToArray();
        unreduced.AsSpan(32, 32).Fill(0xff);
        AssertFault(KzgFault.ElementNotReduced, commitments, indices, [unreduced, cells[1], cells[2], cells[3]], proofs);
    }

    private static void AssertFault(KzgFault expected, Bytes48[] commitments, ulong[] indices, ReadOnlyMemory<byte>[] cells, Bytes48[] proofs)
    {
        Assert.False(KzgCells.VerifyCellProofBatch(commitments, indices, cells, proofs, out KzgFault fault));
        Assert.Equal(expected, fault);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(127)]
    [InlineData(128)]
    public void Any_half_of_the_cells_gives_all_back(int count)
    {
        int[] chosen = [.. Enumerable.Range(0, 128).OrderBy(_ => _random.Limb()).Take(count).Order()];
        byte[] cells = new byte[_cells.Length];
        Bytes48[] proofs = new Bytes48[128];
        Assert.True(KzgCells.TryRecoverCellsAndProofs(
            [.. chosen.Select(i => (ulong)i)], [.. chosen.Select(Cell)], cells, proofs, out _));
        Assert.Equal(_cells, cells);
        Assert.Equal(_proofs, proofs);
    }

    [Fact]
    public void Refuses_to_recover_from_malformed_input_by_name()
    {
        ulong[] indices = [.. Enumerable.Range(0, 64).Select(i => (ulong)i)];
        ReadOnlyMemory<byte>[] cells = [.. Enumerable.Range(0, 64).Select(Cell)];
        Assert.Equal(KzgFault.TooFewCells, Recover(indices[1..], cells[1..]));
        Assert.Equal(KzgFault.TooFewCells, Recover([], []));
        Assert.Equal(KzgFault.Counts, Recover(indices, cells[1..]));
        Assert.Equal(KzgFault.CellIndex, Recover([.. indices[..63], 128], cells));
        Assert.Equal(KzgFault.CellIndex, Recover([.. indices[..63], 62], cells));
        Assert.Equal(KzgFault.CellIndex, Recover([1, 0, .. indices[2..]], cells));
        Assert.Equal(KzgFault.CellLength, Recover(indices, [.. cells[..63], cells[63][..32]]));
        Assert.Throws<ArgumentException>(() => KzgCells.TryComputeCells(_blob, new byte[32], out _));

        KzgFault Recover(ulong[] which, ReadOnlyMemory<byte>[] those) =>
            KzgTests.Of((out KzgFault fault) => KzgCells.TryRecoverCellsAndProofs(which, those, new byte[_cells.Length], new Bytes48[128], out fault));
    }
}
