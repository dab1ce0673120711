using System.Runtime.CompilerServices;

namespace Flashback.Cryptography.Pairings;

/// <summary>The lines of one point of G2 in the order in which the Miller loop asks for them.</summary>
internal interface ILineSource
{
    /// <summary>The tangent at the current multiple, which then doubles.</summary>
    Line Tangent();

    /// <summary>The line through the current multiple and the point itself, which is then added.</summary>
    Line Chord();
}

/// <summary>Works the lines out: T = (X/Z, Y/Z) walks through the multiples of Q. paper: eprint 2010/354 §4; eprint 2012/408 §4.</summary>
[SkipLocalsInit] // temporaries only, assigned before they are read; clearing them costs a tenth
internal struct LineWalk(in G2Affine q) : ILineSource
{
    private readonly G2Affine _q = q;
    private Fp2 _x = q.X, _y = q.Y, _z = Fp2.One;

    public Line Tangent()
    {
        Fp2 b = _y.Square(), c = _z.Square();
        Fp2 c3 = c.Double() + c;
        Fp2 e = Bls12381.Tower.MultiplyByNonResidue(c3.Double().Double()); // 3·B·Z², B = 4ξ
        Fp2 f = e.Double() + e;
        Fp2 h = (_y + _z).Square() - b - c; // 2·Y·Z
        Fp2 j = _x.Square();
        Fp2 ee = e.Square();
        _x = (_x * _y).Double() * (b - f);
        _y = (b + f).Square() - (ee.Double() + ee).Double().Double();
        _z = (b * h).Double().Double();
        return new(e - b, j.Double() + j, -h);
    }

    public Line Chord()
    {
        Fp2 theta = _y - _q.Y * _z, lambda = _x - _q.X * _z;
        Fp2 d = lambda.Square();
        Fp2 e = lambda * d, g = _x * d;
        Fp2 h = e + _z * theta.Square() - g.Double();
        _x = lambda * h;
        _y = theta * (g - h) - e * _y;
        _z *= e;
        return new(theta * _q.X - lambda * _q.Y, -theta, lambda);
    }
}

/// <summary>Reads the lines from a prepared point.</summary>
internal struct LineTape(PreparedG2 point) : ILineSource
{
    private int _next;

    public Line Tangent() => point.Lines[_next++];

    public Line Chord() => point.Lines[_next++];
}
