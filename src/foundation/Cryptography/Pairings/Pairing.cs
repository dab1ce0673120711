using Flashback.Cryptography.Bls12381;

namespace Flashback.Cryptography.Pairings;

/// <summary>The pairing e: G1 × G2 → roots of one in F_p¹² on BLS12-381, and checks of products of pairings.</summary>
/// <remarks>Points are public, and must be in their groups: the decoders see to that. The value is the cube of the textbook's optimal ate pairing.</remarks>
public static class Pairing
{
    /// <summary>e(p, q); one if either is at infinity.</summary>
    public static Fp12 Of(in G1Affine p, in G2Affine q) => Product([p], [q]);

    /// <summary>The product of e(p[i], q[i]).</summary>
    /// <exception cref="ArgumentException">The numbers of points differ.</exception>
    public static Fp12 Product(ReadOnlySpan<G1Affine> p, ReadOnlySpan<G2Affine> q) => FinalExponentiation.Apply(Miller(p, q));

    /// <summary>Whether the product of e(p[i], q[i]) is one.</summary>
    /// <exception cref="ArgumentException">The numbers of points differ.</exception>
    public static bool IsProductOne(ReadOnlySpan<G1Affine> p, ReadOnlySpan<G2Affine> q) => Product(p, q).IsOne;

    /// <summary>Whether the product of e(p[i], q[i]) is one, for points of G2 whose lines were prepared.</summary>
    /// <exception cref="ArgumentException">The numbers of points differ.</exception>
    public static bool IsProductOne(ReadOnlySpan<G1Affine> p, ReadOnlySpan<PreparedG2> q) => FinalExponentiation.Apply(Miller(p, q)).IsOne;

    /// <summary>The product of the pairs' Miller loops, to be multiplied with others' before one final exponentiation.</summary>
    internal static Fp12 Miller(ReadOnlySpan<G1Affine> p, ReadOnlySpan<G2Affine> q)
    {
        RequireSameCount(p.Length, q.Length);
        G1Affine[] points = new G1Affine[p.Length];
        LineWalk<Fp, G2Curve>[] lines = new LineWalk<Fp, G2Curve>[p.Length];
        int count = 0;
        for (int i = 0; i < p.Length; i++)
        {
            if (p[i].IsInfinity || q[i].IsInfinity)
                continue;
            points[count] = p[i];
            lines[count++] = new LineWalk<Fp, G2Curve>(q[i]);
        }
        return MillerLoop.Run(points.AsSpan(0, count), lines.AsSpan(0, count));
    }

    /// <summary>The same for points whose lines were prepared.</summary>
    internal static Fp12 Miller(ReadOnlySpan<G1Affine> p, ReadOnlySpan<PreparedG2> q)
    {
        RequireSameCount(p.Length, q.Length);
        G1Affine[] points = new G1Affine[p.Length];
        LineTape[] lines = new LineTape[p.Length];
        int count = 0;
        for (int i = 0; i < p.Length; i++)
        {
            if (p[i].IsInfinity || q[i].Point.IsInfinity)
                continue;
            points[count] = p[i];
            lines[count++] = new LineTape(q[i]);
        }
        return MillerLoop.Run(points.AsSpan(0, count), lines.AsSpan(0, count));
    }

    private static void RequireSameCount(int p, int q)
    {
        if (p != q)
            throw new ArgumentException($"{p} points of G1 cannot be paired with {q} of G2");
    }
}
