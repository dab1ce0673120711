using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>The base field of BN254 (alt_bn128): p = 36·x⁴ + 36·x³ + 24·x² + 6·x + 1 with x = 0x44e992b44a6909f1. spec: EIP-196.</summary>
public readonly struct Bn254FieldModulus : IModulus256
{
    /// <inheritdoc/>
    public static ulong P0 => 0x3c208c16d87cfd47;

    /// <inheritdoc/>
    public static ulong P1 => 0x97816a916871ca8d;

    /// <inheritdoc/>
    public static ulong P2 => 0xb85045b68181585d;

    /// <inheritdoc/>
    public static ulong P3 => 0x30644e72e131a029;

    /// <inheritdoc/>
    public static ulong Generator => 3;
}
