namespace Flashback.Cryptography.Fields;

/// <summary>A finite field: the operations that curves, towers and polynomials are written over.</summary>
/// <remarks>
/// Every operation takes the same time and touches the same memory whatever the values are, except those that say otherwise.
/// The default value of a field type is zero.
/// </remarks>
/// <typeparam name="TSelf">The element type itself.</typeparam>
public interface IField<TSelf> : IEquatable<TSelf>
    where TSelf : struct, IField<TSelf>
{
    /// <summary>The neutral element of addition.</summary>
    static abstract TSelf Zero { get; }

    /// <summary>The neutral element of multiplication.</summary>
    static abstract TSelf One { get; }

    /// <summary>The length of the canonical encoding, in bytes.</summary>
    static abstract int EncodedSize { get; }

    /// <summary>The sum.</summary>
    static abstract TSelf operator +(in TSelf a, in TSelf b);

    /// <summary>The difference.</summary>
    static abstract TSelf operator -(in TSelf a, in TSelf b);

    /// <summary>The product.</summary>
    static abstract TSelf operator *(in TSelf a, in TSelf b);

    /// <summary>a·b + c·d, where the field can do better than two products and a sum.</summary>
    static abstract TSelf SumOfProducts(in TSelf a, in TSelf b, in TSelf c, in TSelf d);

    /// <summary>The additive inverse.</summary>
    static abstract TSelf operator -(in TSelf a);

    /// <summary>Whether this is the neutral element of addition.</summary>
    bool IsZero { get; }

    /// <summary>This element added to itself.</summary>
    TSelf Double();

    /// <summary>This element multiplied by itself.</summary>
    TSelf Square();

    /// <summary>As <see cref="Square()"/>. In generic code the compiler copies a read-only element before it calls a method on it, but not here.</summary>
    static abstract TSelf Square(in TSelf a);

    /// <summary>The multiplicative inverse; zero for zero.</summary>
    TSelf Inverse();

    /// <summary>A square root, if there is one. Which of the two comes out is not specified. Takes longer for some values than for others.</summary>
    /// <returns>False when this element is no square; <paramref name="root"/> is then zero.</returns>
    bool TrySquareRoot(out TSelf root);

    /// <summary>Whether this element comes after its negative in lexicographic order (the sign bit of compressed points).</summary>
    bool IsLexicographicallyLargest { get; }

    /// <summary>The parity the hash-to-curve standard calls <c>sgn0</c>: 0 or 1. spec: RFC 9380 §4.1.</summary>
    int Sign { get; }

    /// <summary><paramref name="whenSet"/> if <paramref name="mask"/> is all ones, <paramref name="whenClear"/> if it is zero; no branch.</summary>
    static abstract TSelf Select(in TSelf whenClear, in TSelf whenSet, ulong mask);

    /// <summary>Reads the canonical big-endian encoding.</summary>
    /// <returns>False when the length is not <see cref="EncodedSize"/> or a coordinate is not below the modulus.</returns>
    static abstract bool TryDecode(ReadOnlySpan<byte> bigEndian, out TSelf value);

    /// <summary>Writes the canonical big-endian encoding into the first <see cref="EncodedSize"/> bytes.</summary>
    void Encode(Span<byte> bigEndian);
}
