using Flashback.Primitives;

namespace Flashback.Cryptography.Fields;

/// <summary>Constants of standards, written in code as hexadecimal text of the whole integer.</summary>
internal static class Literal
{
    /// <summary>The element of a hexadecimal integer below the modulus; leading zeros may be left out.</summary>
    /// <exception cref="FormatException">The text is not such an integer: the code is wrong.</exception>
    public static TPrime Of<TPrime>(string hex)
        where TPrime : struct, IPrimeField<TPrime>
    {
        byte[] bytes = Hex.Decode(hex.PadLeft(2 * TPrime.EncodedSize, '0'));
        return TPrime.TryDecode(bytes, out TPrime element) ? element : throw new FormatException($"{hex} is not below the modulus");
    }

    /// <summary>The element c0 + c1·u.</summary>
    /// <exception cref="FormatException">A text is not an integer below the modulus: the code is wrong.</exception>
    public static Fp2<TPrime> Of<TPrime>(string c0, string c1)
        where TPrime : struct, IPrimeField<TPrime> => new(Of<TPrime>(c0), Of<TPrime>(c1));
}
