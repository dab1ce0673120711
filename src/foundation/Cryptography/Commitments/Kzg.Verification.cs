using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Pairings;
using Flashback.Primitives;

namespace Flashback.Cryptography;

public static partial class Kzg
{
    /// <summary>Whether a proof shows that the committed polynomial has the value y at z. spec: cs/deneb/polynomial-commitments#verify_kzg_proof.</summary>
    /// <remarks>On false, <paramref name="fault"/> says whether the input was malformed or the proof does not hold; so for all verifications.</remarks>
    public static bool VerifyProof(in Bytes48 commitment, in Hash32 z, in Hash32 y, in Bytes48 proof, out KzgFault fault)
    {
        fault = ReadPoints(commitment, proof, out Opening opening);
        if (!Fr.TryDecode(z.AsSpan(), out Fr point) | !Fr.TryDecode(y.AsSpan(), out Fr value))
            fault = KzgFault.ElementNotReduced;
        return fault == KzgFault.None && Holds([opening with { Point = point, Value = value }], [Fr.One], out fault);
    }

    /// <summary>Whether a blob belongs to a commitment. spec: cs/deneb/polynomial-commitments#verify_blob_kzg_proof.</summary>
    public static bool VerifyBlobProof(ReadOnlySpan<byte> blob, in Bytes48 commitment, in Bytes48 proof, out KzgFault fault)
    {
        fault = ReadOpening(blob, commitment, proof, out Opening opening);
        return fault == KzgFault.None && Holds([opening], [Fr.One], out fault);
    }

    /// <summary>Whether every blob belongs to its commitment; true for none. spec: cs/deneb/polynomial-commitments#verify_blob_kzg_proof_batch.</summary>
    public static bool VerifyBlobProofBatch(
        ReadOnlySpan<ReadOnlyMemory<byte>> blobs, ReadOnlySpan<Bytes48> commitments, ReadOnlySpan<Bytes48> proofs, out KzgFault fault)
    {
        fault = blobs.Length != commitments.Length || blobs.Length != proofs.Length ? KzgFault.Counts : KzgFault.None;
        Opening[] openings = new Opening[blobs.Length];
        for (int i = 0; i < blobs.Length && fault == KzgFault.None; i++)
            fault = ReadOpening(blobs[i].Span, commitments[i], proofs[i], out openings[i]);
        return fault == KzgFault.None && (blobs.IsEmpty || Holds(openings, BatchPowers(openings, commitments, proofs), out fault));
    }

    /// <summary>A claim: the polynomial under a commitment has a value at a point.</summary>
    private readonly record struct Opening(G1Affine Commitment, G1Affine Proof, Fr Point, Fr Value);

    private static KzgFault ReadPoints(in Bytes48 commitment, in Bytes48 proof, out Opening opening)
    {
        opening = default;
        if (!G1.TryDecodeCompressed(commitment.AsSpan(), out G1Affine c, out _))
            return KzgFault.Commitment;
        if (!G1.TryDecodeCompressed(proof.AsSpan(), out G1Affine p, out _))
            return KzgFault.Proof;
        opening = new(c, p, default, default);
        return KzgFault.None;
    }

    private static KzgFault ReadOpening(ReadOnlySpan<byte> blob, in Bytes48 commitment, in Bytes48 proof, out Opening opening)
    {
        opening = default;
        KzgFault fault = BlobPolynomial.Read(blob, out BlobPolynomial polynomial);
        if (fault != KzgFault.None || (fault = ReadPoints(commitment, proof, out opening)) != KzgFault.None)
            return fault;
        Fr point = Challenge(blob, commitment);
        opening = opening with { Point = point, Value = polynomial.Evaluate(point) };
        return KzgFault.None;
    }

    /// <summary>The powers of a number that all claims determine, so that wrong ones cannot make up for each other. spec: cs/deneb/polynomial-commitments#verify_kzg_proof_batch.</summary>
    private static Fr[] BatchPowers(Opening[] openings, ReadOnlySpan<Bytes48> commitments, ReadOnlySpan<Bytes48> proofs)
    {
        using KzgTranscript transcript = new("RCKZGBATCH___V1_");
        transcript.Append(TrustedSetup.Size);
        transcript.Append((ulong)openings.Length);
        for (int i = 0; i < openings.Length; i++)
        {
            transcript.Append(commitments[i].AsSpan());
            transcript.Append(openings[i].Point);
            transcript.Append(openings[i].Value);
            transcript.Append(proofs[i].AsSpan());
        }
        return KzgTranscript.Powers(transcript.Challenge(), openings.Length);
    }

    /// <summary>Whether e(Σ r·(C − y·G + z·π), G2) = e(Σ r·π, τ·G2): the claim p(X) − y = q(X)·(X − z) with z on the left, where it is cheap.</summary>
    private static bool Holds(ReadOnlySpan<Opening> openings, Fr[] r, out KzgFault fault)
    {
        int count = openings.Length;
        G1Affine[] points = new G1Affine[2 * count + 1];
        Fr[] scalars = new Fr[2 * count + 1];
        points[^1] = G1Affine.Generator;
        for (int i = 0; i < count; i++)
        {
            points[i] = openings[i].Proof;
            points[count + i] = openings[i].Commitment;
            scalars[i] = r[i] * openings[i].Point;
            scalars[count + i] = r[i];
            scalars[^1] -= r[i] * openings[i].Value;
        }
        G1Point left = MultiScalarMultiplication.Sum<Fp, G1Curve, Fr>(points, scalars);
        G1Point right = MultiScalarMultiplication.Sum<Fp, G1Curve, Fr>(points.AsMemory(0, count), r);
        return PairingsAreEqual(left, right, TrustedSetup.Tau, out fault);
    }

    /// <summary>Whether e(left, G2) = e(right, power).</summary>
    internal static bool PairingsAreEqual(in G1Point left, in G1Point right, PreparedG2 power, out KzgFault fault)
    {
        bool holds = Pairing.IsProductOne([-left.ToAffine(), right.ToAffine()], [TrustedSetup.Generator, power]);
        fault = holds ? KzgFault.None : KzgFault.DoesNotHold;
        return holds;
    }
}
