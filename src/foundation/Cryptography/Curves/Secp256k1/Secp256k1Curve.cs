using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>The curve of Ethereum's accounts: y² = x³ + 7, of prime order. spec: SEC 2 version 2.0 §2.4.1.</summary>
public readonly struct Secp256k1Curve : IShortWeierstrass<Montgomery256<Secp256k1FieldModulus>>
{
    private static readonly Montgomery256<Secp256k1FieldModulus> Seven = Montgomery256<Secp256k1FieldModulus>.From(7);
    private static readonly Montgomery256<Secp256k1FieldModulus> BaseX =
        Literal.Of<Montgomery256<Secp256k1FieldModulus>>("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
    private static readonly Montgomery256<Secp256k1FieldModulus> BaseY =
        Literal.Of<Montgomery256<Secp256k1FieldModulus>>("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8");

    /// <inheritdoc/>
    public static bool AIsZero => true;

    /// <inheritdoc/>
    public static Montgomery256<Secp256k1FieldModulus> A => default;

    /// <inheritdoc/>
    public static Montgomery256<Secp256k1FieldModulus> B => Seven;

    /// <inheritdoc/>
    public static Montgomery256<Secp256k1FieldModulus> GeneratorX => BaseX;

    /// <inheritdoc/>
    public static Montgomery256<Secp256k1FieldModulus> GeneratorY => BaseY;
}
