using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Bls12381;

/// <summary>The curve of G2: y² = x³ + 4·(1 + u) over the quadratic extension.</summary>
public readonly struct G2Curve : ITwistedCurve<Fp>
{
    private static readonly Fp2 FourXi = new(Fp.From(4), Fp.From(4));
    private static readonly Fp2 BaseX = Literal.Of<Fp>(
        "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8",
        "13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e");
    private static readonly Fp2 BaseY = Literal.Of<Fp>(
        "0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801",
        "0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be");

    /// <inheritdoc/>
    public static bool AIsZero => true;

    /// <inheritdoc/>
    public static Fp2 A => default;

    /// <inheritdoc/>
    public static Fp2 B => FourXi;

    /// <inheritdoc/>
    public static Fp2 GeneratorX => BaseX;

    /// <inheritdoc/>
    public static Fp2 GeneratorY => BaseY;

    /// <inheritdoc/>
    public static Fp2 MultiplyByTripleB(in Fp2 x) => Tower.MultiplyByNonResidue((x.Double() + x).Double().Double()); // 12·ξ·x
}
