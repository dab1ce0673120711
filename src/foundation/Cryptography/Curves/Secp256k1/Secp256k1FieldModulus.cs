using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>The base field of secp256k1: p = 2^256 − 2^32 − 977. spec: SEC 2 version 2.0 §2.4.1.</summary>
public readonly struct Secp256k1FieldModulus : IModulus256
{
    /// <inheritdoc/>
    public static ulong P0 => 0xfffffffefffffc2f;

    /// <inheritdoc/>
    public static ulong P1 => 0xffffffffffffffff;

    /// <inheritdoc/>
    public static ulong P2 => 0xffffffffffffffff;

    /// <inheritdoc/>
    public static ulong P3 => 0xffffffffffffffff;

    /// <inheritdoc/>
    public static ulong Generator => 3;
}
