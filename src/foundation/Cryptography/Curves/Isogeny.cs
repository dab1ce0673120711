using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>A rational map between curves: (x, y) to (XNumerator/XDenominator, y·YNumerator/YDenominator), polynomials in x. spec: RFC 9380 §6.6.3.</summary>
/// <param name="XNumerator">Coefficients, lowest first.</param>
/// <param name="XDenominator">Coefficients, lowest first.</param>
/// <param name="YNumerator">Coefficients, lowest first.</param>
/// <param name="YDenominator">Coefficients, lowest first.</param>
internal sealed record Isogeny<TField>(TField[] XNumerator, TField[] XDenominator, TField[] YNumerator, TField[] YDenominator)
    where TField : struct, IField<TField>
{
    /// <summary>The image of a point; the poles of the map go to infinity.</summary>
    public JacobianPoint<TField, TCurve> Map<TCurve>(in TField x, in TField y)
        where TCurve : struct, IShortWeierstrass<TField>
    {
        TField xd = Evaluate(XDenominator, x), yd = Evaluate(YDenominator, x);
        TField z = xd * yd;
        return new(Evaluate(XNumerator, x) * yd * z, Evaluate(YNumerator, x) * y * z.Square() * xd, z);
    }

    private static TField Evaluate(TField[] polynomial, in TField x)
    {
        TField value = polynomial[^1];
        for (int i = polynomial.Length - 2; i >= 0; i--)
            value = value * x + polynomial[i];
        return value;
    }
}
