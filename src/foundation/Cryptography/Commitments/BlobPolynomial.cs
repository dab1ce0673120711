using System.Buffers;
using Flashback.Cryptography.Fields;
using Flashback.Cryptography.Polynomials;

namespace Flashback.Cryptography;

/// <summary>A blob as a polynomial of degree below 4096: its values at the 4096th roots of one, in bit-reversed order. spec: cs/deneb/polynomial-commitments.</summary>
internal sealed class BlobPolynomial
{
    private static readonly EvaluationDomain<Fr> Domain = new(TrustedSetup.LogSize);
    private static readonly Fr[] Roots = BitReversedRoots();

    private BlobPolynomial(Fr[] values) => Values = values;

    /// <summary>The values in the order of the blob.</summary>
    public Fr[] Values { get; }

    /// <summary>Reads a blob. spec: cs/deneb/polynomial-commitments#blob_to_polynomial.</summary>
    public static KzgFault Read(ReadOnlySpan<byte> blob, out BlobPolynomial polynomial)
    {
        Fr[] values = new Fr[TrustedSetup.Size];
        polynomial = new(values);
        return blob.Length != Kzg.BlobSize ? KzgFault.BlobLength : TryReadElements(blob, values) ? KzgFault.None : KzgFault.ElementNotReduced;
    }

    /// <summary>Reads field elements of 32 big-endian bytes each; false when one is not below the order.</summary>
    public static bool TryReadElements(ReadOnlySpan<byte> bytes, Span<Fr> elements)
    {
        for (int i = 0; i < elements.Length; i++)
        {
            if (!Fr.TryDecode(bytes.Slice(i * Kzg.ElementSize, Kzg.ElementSize), out elements[i]))
                return false;
        }
        return true;
    }

    /// <summary>The coefficients, lowest first, followed by zeros up to <paramref name="length"/>.</summary>
    public Fr[] Coefficients(int length)
    {
        Fr[] coefficients = new Fr[length];
        Values.CopyTo(coefficients, 0);
        Memory<Fr> own = coefficients.AsMemory(0, Values.Length);
        BitReversal.Permute(own.Span);
        Domain.Inverse(own);
        return coefficients;
    }

    /// <summary>The value at z, by the barycentric formula. spec: cs/deneb/polynomial-commitments#evaluate_polynomial_in_evaluation_form.</summary>
    public Fr Evaluate(in Fr z)
    {
        Fr[] room = ArrayPool<Fr>.Shared.Rent(2 * TrustedSetup.Size); // each is 128 KiB: not for the collector, blob after blob
        try
        {
            Span<Fr> inverses = room.AsSpan(0, TrustedSetup.Size);
            int root = Subtract(z, inverses);
            return root >= 0 ? Values[root] : Evaluate(z, inverses, room.AsSpan(TrustedSetup.Size, TrustedSetup.Size));
        }
        finally
        {
            ArrayPool<Fr>.Shared.Return(room);
        }
    }

    private Fr Evaluate(in Fr z, Span<Fr> inverses, Span<Fr> scratch)
    {
        BatchInversion.InvertInPlace(inverses, scratch);
        Fr sum = default;
        for (int i = 0; i < inverses.Length; i++)
            sum += Values[i] * Roots[i] * inverses[i];
        Fr power = z;
        for (int i = 0; i < TrustedSetup.LogSize; i++)
            power = power.Square();
        return sum * (power - Fr.One) * Domain.InverseSize;
    }

    /// <summary>The values of (p(X) − y)/(X − z) for y = p(z). spec: cs/deneb/polynomial-commitments#compute_kzg_proof_impl.</summary>
    public Fr[] Quotient(in Fr z, in Fr y)
    {
        Fr[] quotient = new Fr[TrustedSetup.Size];
        int root = Subtract(z, quotient);
        BatchInversion.InvertInPlace<Fr>(quotient, new Fr[quotient.Length]);
        Fr atRoot = default;
        for (int i = 0; i < quotient.Length; i++)
        {
            Fr part = (Values[i] - y) * quotient[i]; // (p(ω) − y)/(z − ω); zero for ω = z
            atRoot += part * Roots[i];
            quotient[i] = -part;
        }
        if (root >= 0)
            quotient[root] = atRoot * z.Inverse();
        return quotient;
    }

    /// <summary>Writes z − ω for every root; returns which of them is z, or −1.</summary>
    private static int Subtract(in Fr z, Span<Fr> differences)
    {
        int root = -1;
        for (int i = 0; i < differences.Length; i++)
        {
            differences[i] = z - Roots[i];
            if (differences[i].IsZero)
                root = i;
        }
        return root;
    }

    private static Fr[] BitReversedRoots()
    {
        Fr[] roots = new Fr[TrustedSetup.Size];
        roots[0] = Fr.One;
        for (int i = 1; i < roots.Length; i++)
            roots[i] = roots[i - 1] * Domain.Root;
        BitReversal.Permute<Fr>(roots);
        return roots;
    }
}
