using Flashback.Cryptography.Curves;
using G1 = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>, Flashback.Cryptography.Curves.Bn254G1Curve>;
using G2 = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Fields.Fp2<Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>>,
    Flashback.Cryptography.Curves.Bn254G2Curve>;
using Target = Flashback.Cryptography.Fields.Fp12<
    Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>, Flashback.Cryptography.Curves.Bn254Tower>;
using Walk = Flashback.Cryptography.Pairings.LineWalk<
    Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>, Flashback.Cryptography.Curves.Bn254G2Curve>;

namespace Flashback.Cryptography.Pairings;

/// <summary>The optimal ate pairing on BN254. Points are public, and must be in their groups: the decoder sees to that.</summary>
/// <remarks>
/// paper: eprint 2010/354: f_{6x+2,Q}(P) times the lines through (6x+2)·Q, ψ(Q) and −ψ²(Q). The loop runs over the signed digits of
/// 6x + 2, and all pairs share its squarings and one final exponentiation.
/// </remarks>
public static class Bn254Pairing
{
    private static readonly short[] LoopDigits = Digits();

    /// <summary>The product of e(p[i], q[i]); a pair with a point at infinity counts as one.</summary>
    /// <exception cref="ArgumentException">The numbers of points differ.</exception>
    public static Target Product(ReadOnlySpan<G1> p, ReadOnlySpan<G2> q) => FinalExponentiation(Miller(p, q));

    /// <summary>Whether the product of e(p[i], q[i]) is one. spec: EIP-197.</summary>
    /// <exception cref="ArgumentException">The numbers of points differ.</exception>
    public static bool IsProductOne(ReadOnlySpan<G1> p, ReadOnlySpan<G2> q) => Product(p, q).IsOne;

    private static short[] Digits()
    {
        UInt128 count = 6 * (UInt128)Bn254Groups.Parameter + 2;
        short[] digits = new short[SignedDigits.Count(2)];
        int used = SignedDigits.Recode([(ulong)count, (ulong)(count >> 64)], 2, digits);
        return digits[..used];
    }

    internal static Target Miller(ReadOnlySpan<G1> p, ReadOnlySpan<G2> q)
    {
        if (p.Length != q.Length)
            throw new ArgumentException($"{p.Length} points of the first group cannot be paired with {q.Length} of the second");
        G1[] points = new G1[p.Length];
        G2[] others = new G2[p.Length];
        Walk[] lines = new Walk[p.Length];
        int count = 0;
        for (int i = 0; i < p.Length; i++)
        {
            if (p[i].IsInfinity || q[i].IsInfinity)
                continue;
            (points[count], others[count]) = (p[i], q[i]);
            lines[count++] = new Walk(q[i]);
        }
        Target f = Target.One;
        for (int position = LoopDigits.Length - 2; position >= 0; position--)
        {
            f = f.Square();
            int digit = LoopDigits[position];
            for (int i = 0; i < count; i++)
            {
                f = lines[i].Tangent().MultiplyIntoOfDTwist(f, points[i].X, points[i].Y);
                if (digit != 0)
                    f = lines[i].Chord(digit > 0 ? others[i] : -others[i]).MultiplyIntoOfDTwist(f, points[i].X, points[i].Y);
            }
        }
        for (int i = 0; i < count; i++)
        {
            G2 image = Bn254Groups.Psi(others[i]);
            f = lines[i].Chord(image).MultiplyIntoOfDTwist(f, points[i].X, points[i].Y);
            f = lines[i].Chord(-Bn254Groups.Psi(image)).MultiplyIntoOfDTwist(f, points[i].X, points[i].Y);
        }
        return f;
    }

    /// <summary>The power 2x·(6x² + 3x + 1)·(p¹² − 1)/r, the factor being prime to r.</summary>
    /// <remarks>
    /// paper: Fuentes-Castañeda, Knapp, Rodríguez-Henríquez 2011, "Faster hashing to G2" §4.1: that multiple of (p⁴ − p² + 1)/r in base p has the digits
    /// 12x³ + 12x² + 6x + 1, 12x³ + 6x² + 4x, 12x³ + 6x² + 6x and 12x³ + 6x² + 4x − 1.
    /// </remarks>
    internal static Target FinalExponentiation(in Target f)
    {
        Target power = f.Conjugate() * f.Inverse(); // p⁶ − 1
        Target easy = power.Frobenius().Frobenius() * power; // p² + 1
        Target x2 = PowerOfX(easy).CyclotomicSquare();
        Target x6 = x2.CyclotomicSquare() * x2;
        Target sixSquares = PowerOfX(x6);
        Target third = PowerOfX(sixSquares.CyclotomicSquare()) * sixSquares * x6;
        Target second = third * x2.Conjugate();
        Target first = third * sixSquares * easy;
        Target fourth = second * easy.Conjugate();
        return first * second.Frobenius() * third.Frobenius().Frobenius() * fourth.Frobenius().Frobenius().Frobenius();
    }

    private static Target PowerOfX(in Target f)
    {
        Target power = f;
        for (int bit = 61; bit >= 0; bit--)
        {
            power = power.CyclotomicSquare();
            if ((Bn254Groups.Parameter >> bit & 1) != 0)
                power *= f;
        }
        return power;
    }
}
