using Flashback.Cryptography.Fields;
using Flashback.Primitives;
using Affine = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Curves.Secp256k1Field, Flashback.Cryptography.Curves.Secp256k1Curve>;
using Field = Flashback.Cryptography.Curves.Secp256k1Field;
using Point = Flashback.Cryptography.Curves.JacobianPoint<
    Flashback.Cryptography.Curves.Secp256k1Field, Flashback.Cryptography.Curves.Secp256k1Curve>;
using Scalar = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Secp256k1OrderModulus>;

namespace Flashback.Cryptography.Curves;

/// <summary>Multiples on secp256k1 with halved scalars: φ(x, y) = (β·x, y) multiplies by λ, a cube root of one. paper: Gallant, Lambert, Vanstone 2001.</summary>
/// <remarks>
/// The pairs (a1, b1) and (a2, b2) with a + b·λ ≡ 0 are a short basis. A scalar k minus its nearest combination c1·(a1, b1) + c2·(a2, b2)
/// is (k1, k2), both of at most 128 bits. The quotients b2/n and −b1/n are kept times 2^384 so that c1 and c2 come by multiplication.
/// For public scalars only.
/// </remarks>
internal static class Secp256k1Endomorphism
{
    private static readonly Field Beta = Literal.Of<Field>("7ae96a2b657c07106e64479eac3434e99cf0497512f58995c1396c28719501ee");
    private static readonly Scalar Lambda = Literal.Of<Scalar>("5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72");
    private static readonly Scalar MinusB1 = Literal.Of<Scalar>("e4437ed6010e88286f547fa90abfe4c3");
    private static readonly Scalar MinusB2 = -Literal.Of<Scalar>("3086d221a7d46bcde86c90e49284eb15");

    private const int WidthOfGenerator = 11; // two tables of 40 KiB: they fit a core's cache beside all else
    private const int WidthOfOthers = 5;

    private static readonly LinearCombination.Tables<Field, Secp256k1Curve> Generators = Prepare(Point.Generator, WidthOfGenerator);

    private static ReadOnlySpan<ulong> Quotient1 => [0xe893209a45dbb031, 0x3daa8a1471e8ca7f, 0xe86c90e49284eb15, 0x3086d221a7d46bcd];

    private static ReadOnlySpan<ulong> Quotient2 => [0x1571b4ae8ac47f71, 0x221208ac9df506c6, 0x6f547fa90abfe4c4, 0xe4437ed6010e8828];

    /// <summary>a·G + b·P.</summary>
    public static Point MultiplyGeneratorAndAdd(in Scalar a, in Point p, in Scalar b)
    {
        Span<ulong> halves = stackalloc ulong[8];
        Span<bool> negative = stackalloc bool[4];
        Split(a, halves[..4], out negative[0], out negative[1]);
        Split(b, halves[4..], out negative[2], out negative[3]);
        return LinearCombination.Sum([Generators, Prepare(p, WidthOfOthers)], halves, negative);
    }

    /// <summary>k = ±k1 ± k2·λ, the magnitudes in two limbs each.</summary>
    internal static void Split(in Scalar k, Span<ulong> magnitudes, out bool negateFirst, out bool negateSecond)
    {
        Span<ulong> limbs = stackalloc ulong[4];
        k.CopyTo(limbs);
        Scalar second = MultiplyHigh(limbs, Quotient1) * MinusB1 + MultiplyHigh(limbs, Quotient2) * MinusB2;
        Scalar first = k - second * Lambda;
        negateFirst = Magnitude(first, magnitudes[..2]);
        negateSecond = Magnitude(second, magnitudes[2..]);
    }

    /// <summary>a·b/2^384, rounded to the nearest.</summary>
    private static Scalar MultiplyHigh(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b)
    {
        Span<ulong> product = stackalloc ulong[8];
        product.Clear();
        for (int i = 0; i < 4; i++)
        {
            ulong carry = 0;
            for (int j = 0; j < 4; j++)
                product[i + j] = WideMath.MultiplyAdd(a[i], b[j], product[i + j], carry, out carry);
            product[i + 4] = carry;
        }
        ulong round = product[5] >> 63;
        Scalar.TryFromLimbs([product[6], product[7], 0, 0], out Scalar quotient); // 128 bits are below the order
        return quotient + Scalar.From(round);
    }

    private static bool Magnitude(in Scalar value, Span<ulong> magnitude)
    {
        bool negative = value.IsLexicographicallyLargest;
        Span<ulong> limbs = stackalloc ulong[4];
        (negative ? -value : value).CopyTo(limbs);
        limbs[..2].CopyTo(magnitude);
        return negative;
    }

    /// <summary>The odd multiples of P and, by a product each, those of λ·P.</summary>
    private static LinearCombination.Tables<Field, Secp256k1Curve> Prepare(in Point p, int width)
    {
        ReadOnlySpan<Affine> multiples = LinearCombination.Prepare<Field, Secp256k1Curve>([p], width).Multiples;
        Affine[] both = new Affine[2 * multiples.Length];
        multiples.CopyTo(both);
        for (int i = 0; i < multiples.Length; i++)
            both[multiples.Length + i] = new(multiples[i].X * Beta, multiples[i].Y);
        return new(both, 2, width);
    }
}
