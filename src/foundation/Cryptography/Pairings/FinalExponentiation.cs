using Flashback.Cryptography.Bls12381;

namespace Flashback.Cryptography.Pairings;

/// <summary>The power 3·(p¹² − 1)/r, which takes a Miller loop's result to the group of r-th roots of one.</summary>
/// <remarks>
/// The factor three, prime to r, makes the hard part a product of small ones and keeps every property a pairing must have.
/// paper: eprint 2020/875: 3·(p⁴ − p² + 1)/r = (z − 1)²·(z + p)·(z² + p² − 1) + 3.
/// </remarks>
internal static class FinalExponentiation
{
    public static Fp12 Apply(in Fp12 f)
    {
        Fp12 power = f.Conjugate() * f.Inverse(); // p⁶ − 1
        Fp12 easy = power.Frobenius().Frobenius() * power; // p² + 1
        Fp12 a = PowerOfZ(easy) * easy.Conjugate();
        a = PowerOfZ(a) * a.Conjugate();
        a = PowerOfZ(a) * a.Frobenius();
        Fp12 b = PowerOfZ(PowerOfZ(a)) * a.Frobenius().Frobenius() * a.Conjugate();
        return b * easy.CyclotomicSquare() * easy;
    }

    /// <summary>f to the power z, for an f whose inverse is its conjugate.</summary>
    private static Fp12 PowerOfZ(in Fp12 f)
    {
        Fp12 power = f;
        for (int bit = MillerLoop.TopBit - 1; bit >= 0; bit--)
        {
            power = power.CyclotomicSquare();
            if ((CurveParameter.Magnitude >> bit & 1) != 0)
                power *= f;
        }
        return power.Conjugate();
    }
}
