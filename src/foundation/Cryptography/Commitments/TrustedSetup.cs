using System.Security.Cryptography;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Pairings;
using Flashback.Cryptography.Polynomials;
using Flashback.Primitives;

namespace Flashback.Cryptography;

/// <summary>The powers of a secret τ that nobody knows, from Ethereum's ceremony of 2023 with 141,416 participants. spec: cs/deneb/polynomial-commitments#trusted-setup.</summary>
/// <remarks>
/// Embedded as compressed points one after the other:
/// <code>
/// [ 4096 × 48: G1, Lagrange basis on the 4096th roots of one ][ 4096 × 48: G1, τ^0 … τ^4095 ][ 65 × 96: G2, τ^0 … τ^64 ]
/// </code>
/// The bytes are trusted after their SHA-256 has been compared with the one below. Being ours, their points are read when first used,
/// and not tested again for membership in the group.
/// </remarks>
internal static class TrustedSetup
{
    public const int Size = 4096;
    public const int G2Size = 65;
    public const int LogSize = 12;

    private const string Resource = "trusted_setup_4096.bin";
    private const string Checksum = "573ca86202393456f6523f9645b7bc5ec28f2f99647bc05849d0b63dd69bcb22";

    private static readonly Lazy<byte[]> Encoded = new(Load);
    private static readonly Lazy<G1Affine[]> LazyLagrange = new(() => BitReversed(Points(0, Size)));
    private static readonly Lazy<G1Affine[]> LazyMonomial = new(() => Points(Size, Size));
    private static readonly Lazy<G1Affine[]> LazyShortMonomial = new(() => Points(Size, KzgCells.ElementsPerCell));
    private static readonly Lazy<PreparedG2> LazyGenerator = new(() => new PreparedG2(G2Affine.Generator));
    private static readonly Lazy<PreparedG2> LazyTau = new(() => SecondGroupPower(1));
    private static readonly Lazy<PreparedG2> LazyTauToCell = new(() => SecondGroupPower(KzgCells.ElementsPerCell));

    /// <summary>The Lagrange basis in bit-reversed order, the order of a blob's elements.</summary>
    public static G1Affine[] Lagrange => LazyLagrange.Value;

    /// <summary>τ^0 … τ^4095.</summary>
    public static G1Affine[] Monomial => LazyMonomial.Value;

    /// <summary>τ^0 … τ^63: enough to verify cells.</summary>
    public static G1Affine[] ShortMonomial => LazyShortMonomial.Value;

    /// <summary>The base point of G2.</summary>
    public static PreparedG2 Generator => LazyGenerator.Value;

    /// <summary>τ in G2.</summary>
    public static PreparedG2 Tau => LazyTau.Value;

    /// <summary>τ^64 in G2.</summary>
    public static PreparedG2 TauToCell => LazyTauToCell.Value;

    /// <summary>All the bytes.</summary>
    internal static ReadOnlySpan<byte> Bytes => Encoded.Value;

    private static byte[] Load()
    {
        using Stream stream = typeof(TrustedSetup).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidDataException($"the program was built without {Resource}");
        byte[] bytes = new byte[2 * Size * G1.CompressedSize + G2Size * G2.CompressedSize];
        stream.ReadExactly(bytes);
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != Checksum || stream.ReadByte() != -1)
            throw new InvalidDataException($"{Resource} is damaged: its checksum differs");
        return bytes;
    }

    private static G1Affine[] Points(int first, int count)
    {
        G1Affine[] points = new G1Affine[count];
        Parallel.For(0, count, AllCores.Options, i =>
        {
            if (!G1.TryDecodeCompressedUnchecked(Bytes.Slice((first + i) * G1.CompressedSize, G1.CompressedSize), out points[i], out _))
                throw new InvalidDataException($"point {first + i} of {Resource} is none");
        });
        return points;
    }

    private static G1Affine[] BitReversed(G1Affine[] points)
    {
        BitReversal.Permute<G1Affine>(points);
        return points;
    }

    private static PreparedG2 SecondGroupPower(int exponent)
    {
        int offset = 2 * Size * G1.CompressedSize + exponent * G2.CompressedSize;
        return G2.TryDecodeCompressedUnchecked(Bytes.Slice(offset, G2.CompressedSize), out G2Affine point, out _)
            ? new PreparedG2(point)
            : throw new InvalidDataException($"power {exponent} of {Resource} is none");
    }
}
