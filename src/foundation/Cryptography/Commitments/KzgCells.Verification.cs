using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Polynomials;
using Flashback.Primitives;

namespace Flashback.Cryptography;

public static partial class KzgCells
{
    /// <summary>Whether every cell belongs to its commitment; true for none. spec: cs/fulu/polynomial-commitments-sampling#verify_cell_kzg_proof_batch.</summary>
    /// <param name="commitments">For each cell the commitment to its blob; the same one may occur often.</param>
    /// <param name="indices">For each cell its place in the blob.</param>
    /// <param name="cells">The cells.</param>
    /// <param name="proofs">Their proofs.</param>
    /// <param name="fault">On false, whether the input was malformed or a proof does not hold.</param>
    public static bool VerifyCellProofBatch(
        ReadOnlySpan<Bytes48> commitments, ReadOnlySpan<ulong> indices, ReadOnlySpan<ReadOnlyMemory<byte>> cells, ReadOnlySpan<Bytes48> proofs,
        out KzgFault fault)
    {
        fault = ReadBatch(commitments, indices, cells, proofs, out Batch batch);
        return fault == KzgFault.None && (cells.IsEmpty || Holds(batch, BatchPowers(batch, indices, cells, proofs), out fault));
    }

    /// <summary>Cells with their commitments, each commitment once.</summary>
    private sealed record Batch(List<Bytes48> Encodings, List<G1Affine> Commitments, int[] CommitmentOf, int[] Cells, Fr[] Values, G1Affine[] Proofs);

    private static KzgFault ReadBatch(
        ReadOnlySpan<Bytes48> commitments, ReadOnlySpan<ulong> indices, ReadOnlySpan<ReadOnlyMemory<byte>> cells, ReadOnlySpan<Bytes48> proofs,
        out Batch batch)
    {
        int count = cells.Length;
        batch = new([], [], new int[count], new int[count], new Fr[count * ElementsPerCell], new G1Affine[count]);
        if (commitments.Length != count || indices.Length != count || proofs.Length != count)
            return KzgFault.Counts;
        Dictionary<Bytes48, int> known = [];
        for (int i = 0; i < count; i++)
        {
            if (!known.TryGetValue(commitments[i], out int place))
            {
                if (!G1.TryDecodeCompressed(commitments[i].AsSpan(), out G1Affine commitment, out _))
                    return KzgFault.Commitment;
                known[commitments[i]] = place = batch.Commitments.Count;
                batch.Encodings.Add(commitments[i]);
                batch.Commitments.Add(commitment);
            }
            batch.CommitmentOf[i] = place;
            if (indices[i] >= CellsPerBlob)
                return KzgFault.CellIndex;
            batch.Cells[i] = (int)indices[i];
        }
        return ReadCells([.. cells], [.. proofs], batch);
    }

    /// <summary>Reads values and proofs over the cores: a proof's square root and membership are half of a verification.</summary>
    private static KzgFault ReadCells(ReadOnlyMemory<byte>[] cells, Bytes48[] proofs, Batch batch)
    {
        KzgFault[] faults = new KzgFault[cells.Length];
        Parallel.For(0, cells.Length, AllCores.Options, i =>
        {
            if (cells[i].Length != CellSize)
                faults[i] = KzgFault.CellLength;
            else if (!BlobPolynomial.TryReadElements(cells[i].Span, batch.Values.AsSpan(i * ElementsPerCell, ElementsPerCell)))
                faults[i] = KzgFault.ElementNotReduced;
            else if (!G1.TryDecodeCompressed(proofs[i].AsSpan(), out batch.Proofs[i], out _))
                faults[i] = KzgFault.Proof;
        });
        return Array.Find(faults, fault => fault != KzgFault.None);
    }

    /// <summary>The powers of a number that everything determines. spec: cs/fulu/polynomial-commitments-sampling#compute_verify_cell_kzg_proof_batch_challenge.</summary>
    private static Fr[] BatchPowers(Batch batch, ReadOnlySpan<ulong> indices, ReadOnlySpan<ReadOnlyMemory<byte>> cells, ReadOnlySpan<Bytes48> proofs)
    {
        using KzgTranscript transcript = new("RCKZGCBATCH__V1_");
        transcript.Append(TrustedSetup.Size);
        transcript.Append(ElementsPerCell);
        transcript.Append((ulong)batch.Encodings.Count);
        transcript.Append((ulong)cells.Length);
        foreach (Bytes48 commitment in batch.Encodings)
            transcript.Append(commitment.AsSpan());
        for (int i = 0; i < cells.Length; i++)
        {
            transcript.Append((ulong)batch.CommitmentOf[i]);
            transcript.Append(indices[i]);
            transcript.Append(cells[i].Span);
            transcript.Append(proofs[i].AsSpan());
        }
        return KzgTranscript.Powers(transcript.Challenge(), cells.Length);
    }

    /// <summary>
    /// Whether e(Σ r·C − [Σ r·I] + Σ r·h^64·π, G2) = e(Σ r·π, τ^64·G2), I being the polynomial of degree below 64 through a cell's values.
    /// spec: cs/fulu/polynomial-commitments-sampling#verify_cell_kzg_proof_batch_impl.
    /// </summary>
    private static bool Holds(Batch batch, Fr[] r, out KzgFault fault)
    {
        int cells = r.Length, blobs = batch.Commitments.Count;
        Fr[] scalars = new Fr[cells + blobs + ElementsPerCell];
        for (int i = 0; i < cells; i++)
        {
            scalars[i] = r[i] * CellPower(batch.Cells[i]);
            scalars[cells + batch.CommitmentOf[i]] += r[i];
        }
        SubtractInterpolations(batch, r, scalars.AsSpan(cells + blobs));
        G1Affine[] points = [.. batch.Proofs, .. batch.Commitments, .. TrustedSetup.ShortMonomial];
        G1Point left = MultiScalarMultiplication.Sum<Fp, G1Curve, Fr>(points, scalars);
        G1Point right = MultiScalarMultiplication.Sum<Fp, G1Curve, Fr>(batch.Proofs, r);
        return Kzg.PairingsAreEqual(left, right, TrustedSetup.TauToCell, out fault);
    }

    /// <summary>Takes Σ r·I off the coefficients. Cells at the same place share a coset, so their values are summed before one interpolation.</summary>
    private static void SubtractInterpolations(Batch batch, Fr[] r, Span<Fr> coefficients)
    {
        Fr[]?[] sums = new Fr[CellsPerBlob][];
        for (int i = 0; i < r.Length; i++)
        {
            Fr[] sum = sums[batch.Cells[i]] ??= new Fr[ElementsPerCell];
            for (int j = 0; j < ElementsPerCell; j++)
                sum[j] += r[i] * batch.Values[i * ElementsPerCell + j];
        }
        for (int cell = 0; cell < CellsPerBlob; cell++)
        {
            if (sums[cell] is not { } sum)
                continue;
            BitReversal.Permute<Fr>(sum);
            CellDomain.InverseOnCoset(sum, CosetShift(cell));
            for (int j = 0; j < ElementsPerCell; j++)
                coefficients[j] -= sum[j];
        }
    }
}
