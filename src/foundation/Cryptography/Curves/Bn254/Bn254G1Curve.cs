using Field = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>;

namespace Flashback.Cryptography.Curves;

/// <summary>The first group of BN254: y² = x³ + 3, of prime order. spec: EIP-196.</summary>
public readonly struct Bn254G1Curve : IShortWeierstrass<Field>
{
    private static readonly Field Three = Field.From(3);
    private static readonly Field Two = Field.From(2);

    /// <inheritdoc/>
    public static bool AIsZero => true;

    /// <inheritdoc/>
    public static Field A => default;

    /// <inheritdoc/>
    public static Field B => Three;

    /// <inheritdoc/>
    public static Field GeneratorX => Field.One;

    /// <inheritdoc/>
    public static Field GeneratorY => Two;
}
