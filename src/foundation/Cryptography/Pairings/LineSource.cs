using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Pairings;

/// <summary>The lines of one point of G2 in the order in which the Miller loop asks for them.</summary>
internal interface ILineSource<TPrime>
    where TPrime : struct, IPrimeField<TPrime>
{
    /// <summary>The tangent at the current multiple, which then doubles.</summary>
    Line<TPrime> Tangent();

    /// <summary>The line through the current multiple and the point itself, which is then added.</summary>
    Line<TPrime> Chord();
}

/// <summary>Works the lines out: T = (X/Z, Y/Z) walks through the multiples of Q. paper: eprint 2010/354 §4; eprint 2012/408 §4.</summary>
internal struct LineWalk<TPrime, TCurve>(in AffinePoint<Fp2<TPrime>, TCurve> q) : ILineSource<TPrime>
    where TPrime : struct, IPrimeField<TPrime>
    where TCurve : struct, ITwistedCurve<TPrime>
{
    private readonly AffinePoint<Fp2<TPrime>, TCurve> _q = q;
    private Fp2<TPrime> _x = q.X, _y = q.Y, _z = Fp2<TPrime>.One;

    public Line<TPrime> Tangent()
    {
        Fp2<TPrime> b = _y.Square(), c = _z.Square();
        Fp2<TPrime> e = TCurve.MultiplyByTripleB(c);
        Fp2<TPrime> f = e.Double() + e;
        Fp2<TPrime> h = (_y + _z).Square() - b - c; // 2·Y·Z
        Fp2<TPrime> j = _x.Square();
        Fp2<TPrime> ee = e.Square();
        _x = (_x * _y).Double() * (b - f);
        _y = (b + f).Square() - (ee.Double() + ee).Double().Double();
        _z = (b * h).Double().Double();
        return new(e - b, j.Double() + j, -h);
    }

    public Line<TPrime> Chord() => Chord(_q);

    /// <summary>The line through the current multiple and any other point, which is then added.</summary>
    public Line<TPrime> Chord(in AffinePoint<Fp2<TPrime>, TCurve> point)
    {
        Fp2<TPrime> theta = _y - point.Y * _z, lambda = _x - point.X * _z;
        Fp2<TPrime> d = lambda.Square();
        Fp2<TPrime> e = lambda * d, g = _x * d;
        Fp2<TPrime> h = e + _z * theta.Square() - g.Double();
        _x = lambda * h;
        _y = theta * (g - h) - e * _y;
        _z *= e;
        return new(theta * point.X - lambda * point.Y, -theta, lambda);
    }
}

/// <summary>Reads the lines from a prepared point.</summary>
internal struct LineTape(PreparedG2 point) : ILineSource<Fp>
{
    private int _next;

    public Line<Fp> Tangent() => point.Lines[_next++];

    public Line<Fp> Chord() => point.Lines[_next++];
}
