using Flashback.Cryptography.Fields;
using Fp = Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>;
using Fp2 = Flashback.Cryptography.Fields.Fp2<Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>>;

namespace Flashback.Execution;

/// <summary>How the BLS12-381 precompiles write fields and points. spec: EIP-2537</summary>
/// <remarks>
/// <code>
/// Fp    [ 16 zeros | 48 bytes, big-endian, below p ]
/// Fp2   [ c0 ][ c1 ]
/// point [ x ][ y ], all zeros at infinity
/// </code>
/// </remarks>
internal interface IBls12381Encoding<TField>
    where TField : struct, IField<TField>
{
    /// <summary>The length of an encoded field element in bytes.</summary>
    static abstract int Size { get; }

    /// <summary>Reads a field element of <see cref="Size"/> bytes.</summary>
    static abstract bool TryDecode(ReadOnlySpan<byte> bytes, out TField element);

    /// <summary>Writes the <see cref="Size"/> bytes of a field element.</summary>
    static abstract void Encode(in TField element, Span<byte> bytes);
}

/// <summary>Elements of the prime field.</summary>
internal readonly struct FpEncoding : IBls12381Encoding<Fp>
{
    private const int Padding = 16;

    public static int Size => 64;

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Fp element)
    {
        element = default;
        return !bytes[..Padding].ContainsAnyExcept((byte)0) && Fp.TryDecode(bytes[Padding..], out element);
    }

    public static void Encode(in Fp element, Span<byte> bytes)
    {
        bytes[..Padding].Clear();
        element.Encode(bytes[Padding..]);
    }
}

/// <summary>Elements of the quadratic extension.</summary>
internal readonly struct Fp2Encoding : IBls12381Encoding<Fp2>
{
    public static int Size => 2 * FpEncoding.Size;

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Fp2 element)
    {
        bool valid = FpEncoding.TryDecode(bytes[..FpEncoding.Size], out Fp c0) & FpEncoding.TryDecode(bytes[FpEncoding.Size..], out Fp c1);
        element = new(c0, c1);
        return valid;
    }

    public static void Encode(in Fp2 element, Span<byte> bytes)
    {
        FpEncoding.Encode(element.C0, bytes);
        FpEncoding.Encode(element.C1, bytes[FpEncoding.Size..]);
    }
}
