using Flashback.Cryptography.Curves;
using Field = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>;
using Field2 = Flashback.Cryptography.Fields.Fp2<Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>>;
using G1 = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>, Flashback.Cryptography.Curves.Bn254G1Curve>;
using G2 = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Fields.Fp2<Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>>,
    Flashback.Cryptography.Curves.Bn254G2Curve>;
using Target = Flashback.Cryptography.Fields.Fp12<
    Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>, Flashback.Cryptography.Curves.Bn254Tower>;

namespace Flashback.Cryptography.Pairings;

/// <summary>A pair in the Miller loop: T = (X/Z, Y/Z) walks through the multiples of Q, and each step multiplies the line at P in.</summary>
/// <remarks>paper: eprint 2010/354 §4; eprint 2012/408 §4. The twist is of D type: a line is l0·yP + l1·xP·w + l2·v·w.</remarks>
internal sealed class Bn254Walk(in G1 p, in G2 q)
{
    private static readonly Field2 TripleB = Bn254G2Curve.B.Double() + Bn254G2Curve.B;

    private readonly Field _xp = p.X, _yp = p.Y;
    private readonly G2 _q = q;
    private Field2 _x = q.X, _y = q.Y, _z = Field2.One;

    public G2 Q => _q;

    /// <summary>f times the tangent at T, and T doubled.</summary>
    public Target Tangent(in Target f)
    {
        Field2 b = _y.Square(), c = _z.Square(), e = TripleB * c;
        Field2 triple = e.Double() + e;
        Field2 h = (_y + _z).Square() - b - c; // 2·Y·Z
        Field2 j = _x.Square(), square = e.Square();
        _x = (_x * _y).Double() * (b - triple);
        _y = (b + triple).Square() - (square.Double() + square).Double().Double();
        _z = (b * h).Double().Double();
        return f.MultiplyByLineOfDTwist(-h * _yp, (j.Double() + j) * _xp, e - b);
    }

    /// <summary>f times the line through T and a point, and the point added to T.</summary>
    public Target Chord(in Target f, in G2 point)
    {
        Field2 theta = _y - point.Y * _z, lambda = _x - point.X * _z;
        Field2 d = lambda.Square();
        Field2 e = lambda * d, g = _x * d;
        Field2 h = e + _z * theta.Square() - g.Double();
        _x = lambda * h;
        _y = theta * (g - h) - e * _y;
        _z *= e;
        return f.MultiplyByLineOfDTwist(lambda * _yp, -theta * _xp, theta * point.X - lambda * point.Y);
    }
}
