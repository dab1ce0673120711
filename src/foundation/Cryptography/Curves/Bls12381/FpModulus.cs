using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Bls12381;

/// <summary>The base field of BLS12-381: p = (z − 1)²·r/3 + z with z = −0xd201000000010000. spec: draft-irtf-cfrg-pairing-friendly-curves-11 §4.2.1.</summary>
public readonly struct FpModulus : IModulus384
{
    /// <inheritdoc/>
    public static ulong P0 => 0xb9feffffffffaaab;

    /// <inheritdoc/>
    public static ulong P1 => 0x1eabfffeb153ffff;

    /// <inheritdoc/>
    public static ulong P2 => 0x6730d2a0f6b0f624;

    /// <inheritdoc/>
    public static ulong P3 => 0x64774b84f38512bf;

    /// <inheritdoc/>
    public static ulong P4 => 0x4b1ba7b6434bacd7;

    /// <inheritdoc/>
    public static ulong P5 => 0x1a0111ea397fe69a;

    /// <inheritdoc/>
    public static ulong Generator => 2;
}
