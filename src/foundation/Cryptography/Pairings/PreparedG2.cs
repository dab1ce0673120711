using Flashback.Cryptography.Bls12381;

namespace Flashback.Cryptography.Pairings;

/// <summary>A point of G2 with the lines of its Miller loop, 20 KB: worth keeping for a point that is paired again and again.</summary>
public sealed class PreparedG2
{
    /// <summary>Works out the lines of a point of the group.</summary>
    public PreparedG2(in G2Affine point)
    {
        Point = point;
        Lines = new Line<Fp>[MillerLoop.LineCount];
        LineWalk<Fp, G2Curve> walk = new(point);
        int next = 0;
        for (int bit = MillerLoop.TopBit - 1; bit >= 0; bit--)
        {
            Lines[next++] = walk.Tangent();
            if (MillerLoop.HasChord(bit))
                Lines[next++] = walk.Chord();
        }
    }

    /// <summary>The point.</summary>
    public G2Affine Point { get; }

    internal Line<Fp>[] Lines { get; }
}
