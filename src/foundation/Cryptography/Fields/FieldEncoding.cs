using Flashback.Primitives;

namespace Flashback.Cryptography.Fields;

/// <summary>Encodings of prime fields, whatever their elements are inside: what <see cref="IPrimeField{TSelf}"/> asks for, over the limbs of the canonical integer.</summary>
internal static class FieldEncoding
{
    /// <summary>Reads a canonical big-endian encoding.</summary>
    public static bool TryDecode<TField>(ReadOnlySpan<byte> bigEndian, out TField value)
        where TField : struct, IPrimeField<TField>
    {
        value = default;
        if (bigEndian.Length != TField.EncodedSize)
            return false;
        Span<ulong> limbs = stackalloc ulong[TField.LimbCount];
        LimbCodec.ReadBigEndian(bigEndian, limbs);
        return TField.TryFromLimbs(limbs, out value);
    }

    /// <summary>Reads a canonical little-endian encoding.</summary>
    public static bool TryDecodeLittleEndian<TField>(ReadOnlySpan<byte> littleEndian, out TField value)
        where TField : struct, IPrimeField<TField>
    {
        value = default;
        if (littleEndian.Length != TField.EncodedSize)
            return false;
        Span<ulong> limbs = stackalloc ulong[TField.LimbCount];
        LimbCodec.ReadLittleEndian(littleEndian, limbs);
        return TField.TryFromLimbs(limbs, out value);
    }

    /// <summary>Writes the canonical big-endian encoding.</summary>
    public static void Encode<TField>(in TField value, Span<byte> bigEndian)
        where TField : struct, IPrimeField<TField>
    {
        Span<ulong> limbs = stackalloc ulong[TField.LimbCount];
        value.CopyTo(limbs);
        LimbCodec.WriteBigEndian(limbs, bigEndian);
    }

    /// <summary>Writes the canonical little-endian encoding.</summary>
    public static void EncodeLittleEndian<TField>(in TField value, Span<byte> littleEndian)
        where TField : struct, IPrimeField<TField>
    {
        Span<ulong> limbs = stackalloc ulong[TField.LimbCount];
        value.CopyTo(limbs);
        LimbCodec.WriteLittleEndian(limbs, littleEndian);
    }

    /// <summary>Whether the value is larger than its negative.</summary>
    public static bool IsLexicographicallyLargest<TField>(in TField value)
        where TField : struct, IPrimeField<TField>
    {
        Span<ulong> limbs = stackalloc ulong[TField.LimbCount];
        value.CopyTo(limbs);
        return LimbCodec.ExceedsHalf(limbs, TField.Modulus);
    }

    /// <summary>The canonical big-endian encoding in hexadecimal.</summary>
    public static string ToText<TField>(in TField value)
        where TField : struct, IPrimeField<TField>
    {
        Span<byte> bytes = stackalloc byte[TField.EncodedSize];
        Encode(value, bytes);
        return Hex.Encode(bytes);
    }
}
