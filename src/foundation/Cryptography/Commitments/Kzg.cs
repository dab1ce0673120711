using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Primitives;

namespace Flashback.Cryptography;

/// <summary>Polynomial commitments to blobs: making them and proofs of values. spec: EIP-4844; cs/deneb/polynomial-commitments.</summary>
/// <remarks>All inputs are public; nothing here is free of data-dependent branches.</remarks>
public static partial class Kzg
{
    /// <summary>The length of a blob in bytes: 4096 elements of 32 bytes.</summary>
    public const int BlobSize = TrustedSetup.Size * ElementSize;

    /// <summary>The length of a field element in bytes, big-endian.</summary>
    public const int ElementSize = 32;

    private const byte VersionedHashVersion = 1;

    /// <summary>The commitment to a blob. spec: cs/deneb/polynomial-commitments#blob_to_kzg_commitment.</summary>
    public static bool TryBlobToCommitment(ReadOnlySpan<byte> blob, out Bytes48 commitment, out KzgFault fault)
    {
        commitment = default;
        fault = BlobPolynomial.Read(blob, out BlobPolynomial polynomial);
        if (fault == KzgFault.None)
            commitment = Commit(polynomial.Values);
        return fault == KzgFault.None;
    }

    /// <summary>The hash by which a transaction names a commitment. spec: EIP-4844 (kzg_to_versioned_hash).</summary>
    public static Hash32 VersionedHash(in Bytes48 commitment)
    {
        Span<byte> hash = stackalloc byte[32];
        Sha256.Hash(commitment.AsSpan()).AsSpan().CopyTo(hash);
        hash[0] = VersionedHashVersion;
        return Hash32.Read(hash);
    }

    /// <summary>A proof of the blob's value y at z. spec: cs/deneb/polynomial-commitments#compute_kzg_proof.</summary>
    public static bool TryComputeProof(ReadOnlySpan<byte> blob, in Hash32 z, out Bytes48 proof, out Hash32 y, out KzgFault fault)
    {
        proof = default;
        y = default;
        fault = BlobPolynomial.Read(blob, out BlobPolynomial polynomial);
        if (fault != KzgFault.None)
            return false;
        if (!Fr.TryDecode(z.AsSpan(), out Fr point))
        {
            fault = KzgFault.ElementNotReduced;
            return false;
        }
        Fr value = polynomial.Evaluate(point);
        proof = Commit(polynomial.Quotient(point, value));
        Span<byte> bytes = stackalloc byte[ElementSize];
        value.Encode(bytes);
        y = Hash32.Read(bytes);
        return true;
    }

    /// <summary>The proof that a blob belongs to a commitment: of its value at a point that both determine. spec: cs/deneb/polynomial-commitments#compute_blob_kzg_proof.</summary>
    /// <remarks>That the commitment is the blob's is not checked; a proof for another one does not verify.</remarks>
    public static bool TryComputeBlobProof(ReadOnlySpan<byte> blob, in Bytes48 commitment, out Bytes48 proof, out KzgFault fault)
    {
        proof = default;
        fault = BlobPolynomial.Read(blob, out BlobPolynomial polynomial);
        if (fault != KzgFault.None)
            return false;
        if (!G1.TryDecodeCompressed(commitment.AsSpan(), out _, out _))
        {
            fault = KzgFault.Commitment;
            return false;
        }
        Fr point = Challenge(blob, commitment);
        proof = Commit(polynomial.Quotient(point, polynomial.Evaluate(point)));
        return true;
    }

    /// <summary>The point at which a blob's proof evaluates it. spec: cs/deneb/polynomial-commitments#compute_challenge.</summary>
    public static Hash32 ComputeChallenge(ReadOnlySpan<byte> blob, in Bytes48 commitment)
    {
        Span<byte> bytes = stackalloc byte[ElementSize];
        Challenge(blob, commitment).Encode(bytes);
        return Hash32.Read(bytes);
    }

    internal static Bytes48 Encode(in G1Point point)
    {
        Span<byte> bytes = stackalloc byte[G1.CompressedSize];
        G1.EncodeCompressed(point.ToAffine(), bytes);
        return Bytes48.Read(bytes);
    }

    private static Bytes48 Commit(Fr[] values) => Encode(MultiScalarMultiplication.Sum<Fp, G1Curve, Fr>(TrustedSetup.Lagrange, values));

    private static Fr Challenge(ReadOnlySpan<byte> blob, in Bytes48 commitment)
    {
        using KzgTranscript transcript = new("FSBLOBVERIFY_V1_");
        transcript.Append(0UL); // the degree in sixteen bytes
        transcript.Append(TrustedSetup.Size);
        transcript.Append(blob);
        transcript.Append(commitment.AsSpan());
        return transcript.Challenge();
    }
}
