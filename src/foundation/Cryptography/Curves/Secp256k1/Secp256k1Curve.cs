using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>The curve of Ethereum's accounts: y² = x³ + 7, of prime order. spec: SEC 2 version 2.0 §2.4.1.</summary>
public readonly struct Secp256k1Curve : IShortWeierstrass<Secp256k1Field>
{
    private static readonly Secp256k1Field Seven = Secp256k1Field.From(7);
    private static readonly Secp256k1Field BaseX =
        Literal.Of<Secp256k1Field>("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
    private static readonly Secp256k1Field BaseY =
        Literal.Of<Secp256k1Field>("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8");

    /// <inheritdoc/>
    public static bool AIsZero => true;

    /// <inheritdoc/>
    public static Secp256k1Field A => default;

    /// <inheritdoc/>
    public static Secp256k1Field B => Seven;

    /// <inheritdoc/>
    public static Secp256k1Field GeneratorX => BaseX;

    /// <inheritdoc/>
    public static Secp256k1Field GeneratorY => BaseY;
}
