using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;
using Flashback.Primitives;

namespace Flashback.Cryptography;

/// <summary>What verification needs on every curve of 256 bits with a prime order below its prime. spec: SEC 1 version 2.0 §4.1.4.</summary>
internal static class EcdsaVerification<TField, TCurve, TScalar>
    where TField : struct, IPrimeField<TField>
    where TCurve : struct, IShortWeierstrass<TField>
    where TScalar : struct, IPrimeField<TScalar>
{
    /// <summary>The scalar of a number from 1 up to the order.</summary>
    public static bool TryScalar(in UInt256 value, out TScalar scalar) => TryElement(value, out scalar) && !scalar.IsZero;

    /// <summary>The integer of a digest, modulo the order.</summary>
    public static TScalar DigestScalar(in Hash32 digest) => TScalar.Reduce(digest.AsSpan());

    /// <summary>Whether the point's x coordinate is r modulo the order. No inversion: r·Z² is compared with X.</summary>
    public static bool HasX(in JacobianPoint<TField, TCurve> point, in UInt256 r)
    {
        if (point.IsInfinity)
            return false;
        TField z2 = point.Z.Square();
        if (TryElement(r, out TField x) && (x * z2).Equals(point.X))
            return true;
        UInt256 wrapped = r + Order;
        return wrapped > r && TryElement(wrapped, out x) && (x * z2).Equals(point.X);
    }

    private static UInt256 Order => new(TScalar.Modulus[0], TScalar.Modulus[1], TScalar.Modulus[2], TScalar.Modulus[3]);

    private static bool TryElement<TElement>(in UInt256 value, out TElement element)
        where TElement : struct, IPrimeField<TElement>
    {
        Span<byte> bytes = stackalloc byte[32];
        value.WriteBigEndian(bytes);
        return TElement.TryDecode(bytes, out element);
    }
}
