using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>The order of secp256r1, a prime. spec: SEC 2 version 2.0 §2.4.2.</summary>
public readonly struct Secp256r1OrderModulus : IModulus256
{
    /// <inheritdoc/>
    public static ulong P0 => 0xf3b9cac2fc632551;

    /// <inheritdoc/>
    public static ulong P1 => 0xbce6faada7179e84;

    /// <inheritdoc/>
    public static ulong P2 => 0xffffffffffffffff;

    /// <inheritdoc/>
    public static ulong P3 => 0xffffffff00000000;

    /// <inheritdoc/>
    public static ulong Generator => 7;
}
