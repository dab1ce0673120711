using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Bls12381;

/// <summary>The number z = −0xd201000000010000 that BLS12-381 is made from, and what follows from it.</summary>
internal static class CurveParameter
{
    /// <summary>|z| = 2^63 + 2^62 + 2^60 + 2^57 + 2^48 + 2^16.</summary>
    public const ulong Magnitude = 0xd201000000010000;

    /// <summary>z·point, for any point of the curve.</summary>
    public static JacobianPoint<TField, TCurve> Multiply<TField, TCurve>(in JacobianPoint<TField, TCurve> point)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
    {
        JacobianPoint<TField, TCurve> sum = point;
        for (int bit = 62; bit >= 0; bit--)
        {
            sum = sum.Double();
            if ((Magnitude >> bit & 1) != 0)
                sum += point;
        }
        return -sum;
    }

    /// <summary>Writes the four digits of a scalar in base |z|, least significant first; r is below |z|⁴.</summary>
    public static void Digits(in Fr scalar, Span<ulong> digits)
    {
        Span<ulong> rest = stackalloc ulong[4];
        scalar.CopyTo(rest);
        for (int i = 0; i < 4; i++)
        {
            ulong remainder = 0;
            for (int j = 3; j >= 0; j--)
            {
                UInt128 part = new(remainder, rest[j]);
                rest[j] = (ulong)(part / Magnitude);
                remainder = (ulong)(part % Magnitude);
            }
            digits[i] = remainder;
        }
    }
}
