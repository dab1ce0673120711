namespace Flashback.Cryptography.Fields;

/// <summary>The integers modulo a prime.</summary>
/// <typeparam name="TSelf">The element type itself.</typeparam>
public interface IPrimeField<TSelf> : IField<TSelf>
    where TSelf : struct, IPrimeField<TSelf>
{
    /// <summary>The number of 64-bit limbs of an element.</summary>
    static abstract int LimbCount { get; }

    /// <summary>The bit length of the modulus.</summary>
    static abstract int Bits { get; }

    /// <summary>The modulus, least significant limb first.</summary>
    static abstract ReadOnlySpan<ulong> Modulus { get; }

    /// <summary>A generator of the multiplicative group, hence no square.</summary>
    static abstract TSelf Generator { get; }

    /// <summary>The element of a small number.</summary>
    static abstract TSelf From(ulong value);

    /// <summary>The element of an integer below the modulus, least significant limb first.</summary>
    /// <returns>False when the limbs are not <see cref="LimbCount"/> or the integer is not below the modulus.</returns>
    static abstract bool TryFromLimbs(ReadOnlySpan<ulong> limbs, out TSelf value);

    /// <summary>The integer this element stands for, least significant limb first, into the first <see cref="LimbCount"/> limbs.</summary>
    void CopyTo(Span<ulong> limbs);

    /// <summary>Reduces a big-endian integer of at most twice the size of an element: 48 or 64 uniform bytes give a nearly uniform element.</summary>
    /// <exception cref="ArgumentException">The integer is longer than two elements.</exception>
    static abstract TSelf Reduce(ReadOnlySpan<byte> bigEndian);

    /// <summary>Reads the canonical little-endian encoding.</summary>
    /// <returns>False when the length is not the encoded size or the integer is not below the modulus.</returns>
    static abstract bool TryDecodeLittleEndian(ReadOnlySpan<byte> littleEndian, out TSelf value);

    /// <summary>Writes the canonical little-endian encoding.</summary>
    void EncodeLittleEndian(Span<byte> littleEndian);
}
