using System.Text.Json;
using Flashback.Cryptography;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Pairings;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Foundation.Tests.Cryptography.Commitments;

public class TrustedSetupTests
{
    [Fact]
    public void The_embedded_bytes_are_the_points_of_the_published_file()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Vectors.File("trusted_setup_4096.json")));
        List<byte> bytes = [];
        foreach (string list in (string[])["g1_lagrange", "g1_monomial", "g2_monomial"])
        {
            foreach (JsonElement point in json.RootElement.GetProperty(list).EnumerateArray())
                bytes.AddRange(Hex.Decode(point.GetString()!));
        }
        Assert.True(TrustedSetup.Bytes.SequenceEqual(bytes.ToArray()));
    }

    [Fact]
    public void Both_bases_commit_alike_and_the_powers_fit_each_other()
    {
        Randomness random = Randomness.Fresh();
        BlobPolynomial.Read(KzgTests.Blob(random), out BlobPolynomial polynomial);
        Assert.Equal(
            MultiScalarMultiplication.Sum<Fp, G1Curve, Fr>(TrustedSetup.Lagrange, polynomial.Values),
            MultiScalarMultiplication.Sum<Fp, G1Curve, Fr>(TrustedSetup.Monomial, polynomial.Coefficients(4096)));
        Assert.Equal(G1Affine.Generator, TrustedSetup.Monomial[0]);
        Assert.Equal(TrustedSetup.Monomial[..64], TrustedSetup.ShortMonomial);
        foreach (int i in (int[])[0, 1, 2047, 4094])
            Assert.True(Pairing.IsProductOne([TrustedSetup.Monomial[i], -TrustedSetup.Monomial[i + 1]], [TrustedSetup.Tau, TrustedSetup.Generator]));
        Assert.True(Pairing.IsProductOne([TrustedSetup.Monomial[0], -TrustedSetup.Monomial[64]], [TrustedSetup.TauToCell, TrustedSetup.Generator]));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void All_points_are_in_their_groups()
    {
        Assert.All(TrustedSetup.Lagrange, point => Assert.True(G1.IsInSubgroup(point)));
        Assert.All(TrustedSetup.Monomial, point => Assert.True(G1.IsInSubgroup(point)));
        Assert.True(G2.IsInSubgroup(TrustedSetup.Tau.Point));
        Assert.True(G2.IsInSubgroup(TrustedSetup.TauToCell.Point));
    }
}
