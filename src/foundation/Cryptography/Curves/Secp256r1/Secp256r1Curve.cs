using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>The curve of passkeys and secure elements, also called P-256: y² = x³ − 3·x + B, of prime order. spec: SEC 2 version 2.0 §2.4.2.</summary>
public readonly struct Secp256r1Curve : IShortWeierstrass<Montgomery256<Secp256r1FieldModulus>>
{
    private static readonly Montgomery256<Secp256r1FieldModulus> MinusThree = -Montgomery256<Secp256r1FieldModulus>.From(3);
    private static readonly Montgomery256<Secp256r1FieldModulus> Constant =
        Literal.Of<Montgomery256<Secp256r1FieldModulus>>("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");
    private static readonly Montgomery256<Secp256r1FieldModulus> BaseX =
        Literal.Of<Montgomery256<Secp256r1FieldModulus>>("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296");
    private static readonly Montgomery256<Secp256r1FieldModulus> BaseY =
        Literal.Of<Montgomery256<Secp256r1FieldModulus>>("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");

    /// <inheritdoc/>
    public static bool AIsZero => false;

    /// <inheritdoc/>
    public static Montgomery256<Secp256r1FieldModulus> A => MinusThree;

    /// <inheritdoc/>
    public static Montgomery256<Secp256r1FieldModulus> B => Constant;

    /// <inheritdoc/>
    public static Montgomery256<Secp256r1FieldModulus> GeneratorX => BaseX;

    /// <inheritdoc/>
    public static Montgomery256<Secp256r1FieldModulus> GeneratorY => BaseY;
}
