using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Bls12381;

/// <summary>The scalar field of BLS12-381, the order of its groups: r = z⁴ − z² + 1. spec: draft-irtf-cfrg-pairing-friendly-curves-11 §4.2.1.</summary>
public readonly struct FrModulus : IModulus256
{
    /// <inheritdoc/>
    public static ulong P0 => 0xffffffff00000001;

    /// <inheritdoc/>
    public static ulong P1 => 0x53bda402fffe5bfe;

    /// <inheritdoc/>
    public static ulong P2 => 0x3339d80809a1d805;

    /// <inheritdoc/>
    public static ulong P3 => 0x73eda753299d7d48;

    /// <inheritdoc/>
    public static ulong Generator => 7;
}
