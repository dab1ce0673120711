using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Bls12381;

/// <summary>The curve of G1: y² = x³ + 4 over the prime field.</summary>
public readonly struct G1Curve : IShortWeierstrass<Fp>
{
    private static readonly Fp Four = Fp.From(4);
    private static readonly Fp BaseX = Literal.Of<Fp>(
        "17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb");
    private static readonly Fp BaseY = Literal.Of<Fp>(
        "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1");

    /// <inheritdoc/>
    public static bool AIsZero => true;

    /// <inheritdoc/>
    public static Fp A => default;

    /// <inheritdoc/>
    public static Fp B => Four;

    /// <inheritdoc/>
    public static Fp GeneratorX => BaseX;

    /// <inheritdoc/>
    public static Fp GeneratorY => BaseY;
}
