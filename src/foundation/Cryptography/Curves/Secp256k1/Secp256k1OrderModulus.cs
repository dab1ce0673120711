using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>The order of secp256k1, a prime. spec: SEC 2 version 2.0 §2.4.1.</summary>
public readonly struct Secp256k1OrderModulus : IModulus256
{
    /// <inheritdoc/>
    public static ulong P0 => 0xbfd25e8cd0364141;

    /// <inheritdoc/>
    public static ulong P1 => 0xbaaedce6af48a03b;

    /// <inheritdoc/>
    public static ulong P2 => 0xfffffffffffffffe;

    /// <inheritdoc/>
    public static ulong P3 => 0xffffffffffffffff;

    /// <inheritdoc/>
    public static ulong Generator => 7;
}
