using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>The order of BN254's groups, a prime: p − 6·x². spec: EIP-196.</summary>
public readonly struct Bn254OrderModulus : IModulus256
{
    /// <inheritdoc/>
    public static ulong P0 => 0x43e1f593f0000001;

    /// <inheritdoc/>
    public static ulong P1 => 0x2833e84879b97091;

    /// <inheritdoc/>
    public static ulong P2 => 0xb85045b68181585d;

    /// <inheritdoc/>
    public static ulong P3 => 0x30644e72e131a029;

    /// <inheritdoc/>
    public static ulong Generator => 5;
}
