using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>The base field of secp256r1: p = 2^256 − 2^224 + 2^192 + 2^96 − 1. spec: SEC 2 version 2.0 §2.4.2.</summary>
public readonly struct Secp256r1FieldModulus : IModulus256
{
    /// <inheritdoc/>
    public static ulong P0 => 0xffffffffffffffff;

    /// <inheritdoc/>
    public static ulong P1 => 0x00000000ffffffff;

    /// <inheritdoc/>
    public static ulong P2 => 0x0000000000000000;

    /// <inheritdoc/>
    public static ulong P3 => 0xffffffff00000001;

    /// <inheritdoc/>
    public static ulong Generator => 6;
}
