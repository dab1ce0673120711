using System.Numerics;
using Flashback.Cryptography.Bls12381;

namespace Flashback.Cryptography.Pairings;

/// <summary>The loop of the optimal ate pairing on BLS12-381, f_{z,Q}(P), for many pairs with the squarings shared.</summary>
/// <remarks>paper: eprint 2008/096. z is negative: the result is conjugated, and vertical lines are left out as the final exponentiation removes them.</remarks>
internal static class MillerLoop
{
    /// <summary>The highest set bit of |z|.</summary>
    public const int TopBit = 63;

    /// <summary>How many lines a loop needs: one for each bit below the top and one more where it is set.</summary>
    public static int LineCount => TopBit + BitOperations.PopCount(CurveParameter.Magnitude) - 1;

    public static bool HasChord(int bit) => (CurveParameter.Magnitude >> bit & 1) != 0;

    /// <summary>The product over all pairs; no point may be at infinity.</summary>
    public static Fp12 Run<TLines>(ReadOnlySpan<G1Affine> points, Span<TLines> lines)
        where TLines : struct, ILineSource<Fp>
    {
        Fp12 f = Fp12.One;
        for (int bit = TopBit - 1; bit >= 0; bit--)
        {
            if (bit != TopBit - 1)
                f = f.Square();
            bool chord = HasChord(bit);
            for (int i = 0; i < points.Length; i++)
            {
                f = lines[i].Tangent().MultiplyInto(f, points[i].X, points[i].Y);
                if (chord)
                    f = lines[i].Chord().MultiplyInto(f, points[i].X, points[i].Y);
            }
        }
        return f.Conjugate();
    }
}
