using Flashback.Cryptography;
using Flashback.Cryptography.Fields;
using Flashback.Cryptography.Polynomials;
using Flashback.Primitives;

namespace Flashback.Foundation.Tests.Cryptography.Commitments;

public class KzgTests
{
    private const string OrderHex = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";

    private readonly Randomness _random = Randomness.Fresh();

    internal static byte[] Blob(Randomness random)
    {
        byte[] blob = new byte[Kzg.BlobSize];
        for (int i = 0; i < blob.Length; i += 32)
            random.Element<Fr>().Encode(blob.AsSpan(i));
        return blob;
    }

    private static Hash32 Bytes(Fr element)
    {
        byte[] bytes = new byte[32];
        element.Encode(bytes);
        return Hash32.Read(bytes);
    }

    [Fact]
    public void Evaluation_agrees_with_the_coefficients_on_and_off_the_roots()
    {
        Assert.Equal(KzgFault.None, BlobPolynomial.Read(Blob(_random), out BlobPolynomial polynomial));
        Fr[] coefficients = polynomial.Coefficients(4096);
        Fr root = FieldPowers.Power(new EvaluationDomain<Fr>(12).Root, [77]);
        foreach (Fr z in (Fr[])[_random.Element<Fr>(), Fr.Zero, Fr.One, root])
        {
            Fr expected = default;
            for (int i = 4095; i >= 0; i--)
                expected = expected * z + coefficients[i];
            Assert.Equal(expected, polynomial.Evaluate(z));
        }
        Assert.Equal(polynomial.Values[0], polynomial.Evaluate(Fr.One));
    }

    [Fact]
    public void The_quotient_multiplies_back_on_and_off_the_roots()
    {
        BlobPolynomial.Read(Blob(_random), out BlobPolynomial polynomial);
        Fr root = FieldPowers.Power(new EvaluationDomain<Fr>(12).Root, [1234]);
        foreach (Fr z in (Fr[])[_random.Element<Fr>(), root])
        {
            Fr y = polynomial.Evaluate(z), at = _random.Element<Fr>() + Fr.From(3).Inverse();
            byte[] bytes = new byte[Kzg.BlobSize];
            Fr[] quotient = polynomial.Quotient(z, y);
            for (int i = 0; i < quotient.Length; i++)
                quotient[i].Encode(bytes.AsSpan(32 * i));
            BlobPolynomial.Read(bytes, out BlobPolynomial read);
            Assert.Equal(polynomial.Evaluate(at) - y, read.Evaluate(at) * (at - z));
        }
    }

    [Fact]
    public void Proofs_verify_and_altered_ones_do_not()
    {
        byte[] blob = Blob(_random);
        Assert.True(Kzg.TryBlobToCommitment(blob, out Bytes48 commitment, out _));
        Fr root = FieldPowers.Power(new EvaluationDomain<Fr>(12).Root, [5]);
        foreach (Fr z in (Fr[])[_random.Element<Fr>(), root])
        {
            Assert.True(Kzg.TryComputeProof(blob, Bytes(z), out Bytes48 proof, out Hash32 y, out _));
            Assert.True(Kzg.VerifyProof(commitment, Bytes(z), y, proof, out KzgFault fault));
            Assert.Equal(KzgFault.None, fault);
            Assert.False(Kzg.VerifyProof(commitment, Bytes(z + Fr.One), y, proof, out fault));
            Assert.Equal(KzgFault.DoesNotHold, fault);
            Assert.False(Kzg.VerifyProof(proof, Bytes(z), y, proof, out fault));
            Assert.Equal(KzgFault.DoesNotHold, fault);
        }
        Assert.True(Kzg.TryComputeBlobProof(blob, commitment, out Bytes48 blobProof, out _));
        Assert.True(Kzg.VerifyBlobProof(blob, commitment, blobProof, out _));
        blob[31] ^= 1;
        Assert.False(Kzg.VerifyBlobProof(blob, commitment, blobProof, out KzgFault altered));
        Assert.Equal(KzgFault.DoesNotHold, altered);
        Assert.Equal(1, Kzg.VersionedHash(commitment).AsSpan()[0]);
    }

    [Fact]
    public void Batches_hold_only_if_every_proof_does()
    {
        ReadOnlyMemory<byte>[] blobs = [Blob(_random), Blob(_random), Blob(_random)];
        Bytes48[] commitments = new Bytes48[3], proofs = new Bytes48[3];
        for (int i = 0; i < 3; i++)
        {
            Assert.True(Kzg.TryBlobToCommitment(blobs[i].Span, out commitments[i], out _));
            Assert.True(Kzg.TryComputeBlobProof(blobs[i].Span, commitments[i], out proofs[i], out _));
        }
        Assert.True(Kzg.VerifyBlobProofBatch(blobs, commitments, proofs, out _));
        Assert.True(Kzg.VerifyBlobProofBatch([], [], [], out _));
        (proofs[0], proofs[1]) = (proofs[1], proofs[0]);
        Assert.False(Kzg.VerifyBlobProofBatch(blobs, commitments, proofs, out KzgFault fault));
        Assert.Equal(KzgFault.DoesNotHold, fault);
        Assert.False(Kzg.VerifyBlobProofBatch(blobs, commitments, proofs.AsSpan(1), out fault));
        Assert.Equal(KzgFault.Counts, fault);
    }

    [Fact]
    public void Refuses_every_malformed_input_by_name()
    {
        byte[] blob = Blob(_random), broken = (byte[])blob.Clone();
        Kzg.TryBlobToCommitment(blob, out Bytes48 commitment, out _);
        Kzg.TryComputeBlobProof(blob, commitment, out Bytes48 proof, out _);
        Hex.Decode(OrderHex).CopyTo(broken, 4095 * 32);
        Hash32 order = Hash32.Read(Hex.Decode(OrderHex));
        // The curve has points outside the group: x = 4 is one.
        byte[] outside = new byte[48];
        (outside[0], outside[47]) = (0x80, 4);
        Bytes48 stranger = Bytes48.Read(outside);

        Assert.Equal(KzgFault.BlobLength, Of((out KzgFault f) => Kzg.TryBlobToCommitment(blob.AsSpan(32), out _, out f)));
        Assert.Equal(KzgFault.ElementNotReduced, Of((out KzgFault f) => Kzg.TryBlobToCommitment(broken, out _, out f)));
        Assert.Equal(KzgFault.ElementNotReduced, Of((out KzgFault f) => Kzg.TryComputeProof(blob, order, out _, out _, out f)));
        Assert.Equal(KzgFault.ElementNotReduced, Of((out KzgFault f) => Kzg.TryComputeBlobProof(broken, commitment, out _, out f)));
        Assert.Equal(KzgFault.Commitment, Of((out KzgFault f) => Kzg.TryComputeBlobProof(blob, default, out _, out f)));
        Assert.Equal(KzgFault.Commitment, Of((out KzgFault f) => Kzg.TryComputeBlobProof(blob, stranger, out _, out f)));
        Assert.Equal(KzgFault.Commitment, Of((out KzgFault f) => Kzg.VerifyBlobProof(blob, stranger, proof, out f)));
        Assert.Equal(KzgFault.Proof, Of((out KzgFault f) => Kzg.VerifyBlobProof(blob, commitment, stranger, out f)));
        Assert.Equal(KzgFault.ElementNotReduced, Of((out KzgFault f) => Kzg.VerifyBlobProof(broken, commitment, proof, out f)));
        Assert.Equal(KzgFault.ElementNotReduced, Of((out KzgFault f) => Kzg.VerifyProof(commitment, order, default, proof, out f)));
        Assert.Equal(KzgFault.ElementNotReduced, Of((out KzgFault f) => Kzg.VerifyProof(commitment, default, order, proof, out f)));
        Assert.Equal(KzgFault.Proof, Of((out KzgFault f) => Kzg.VerifyProof(commitment, default, default, default, out f)));
    }

    internal delegate bool Call(out KzgFault fault);

    internal static KzgFault Of(Call call)
    {
        Assert.False(call(out KzgFault fault));
        return fault;
    }
}
