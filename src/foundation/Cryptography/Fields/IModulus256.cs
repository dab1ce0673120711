namespace Flashback.Cryptography.Fields;

/// <summary>
/// An odd prime of 193 to 256 bits. A field is a struct that implements this with literals: the arithmetic is specialised for it and
/// sees the limbs as constants.
/// </summary>
public interface IModulus256
{
    /// <summary>Bits 0 to 63.</summary>
    static abstract ulong P0 { get; }

    /// <summary>Bits 64 to 127.</summary>
    static abstract ulong P1 { get; }

    /// <summary>Bits 128 to 191.</summary>
    static abstract ulong P2 { get; }

    /// <summary>Bits 192 to 255.</summary>
    static abstract ulong P3 { get; }

    /// <summary>A generator of the multiplicative group.</summary>
    static abstract ulong Generator { get; }
}
