using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>The simplified map of Shallue, van de Woestijne and Ulas onto y² = x³ + A·x + B with A·B ≠ 0. spec: RFC 9380 §6.6.2.</summary>
/// <remarks>Field elements here come from public messages: the map takes longer for some than for others.</remarks>
/// <param name="a">A.</param>
/// <param name="b">B.</param>
/// <param name="z">The standard's constant Z, no square.</param>
internal sealed class SimplifiedSwu<TField>(TField a, TField b, TField z)
    where TField : struct, IField<TField>
{
    private readonly TField _minusBOverA = -(b * a.Inverse());
    private readonly TField _exceptional = b * (z * a).Inverse();

    /// <summary>A point of the curve for any field element.</summary>
    public (TField X, TField Y) Map(in TField u)
    {
        TField zu2 = z * u.Square();
        TField denominator = zu2.Square() + zu2;
        TField x = denominator.IsZero ? _exceptional : _minusBOverA * (TField.One + denominator.Inverse());
        if (!RightHandSide(x).TrySquareRoot(out TField y))
        {
            x *= zu2;
            RightHandSide(x).TrySquareRoot(out y); // one of the two is a square: their quotient is Z³u⁶, which is none
        }
        return (x, u.Sign == y.Sign ? y : -y);
    }

    private TField RightHandSide(in TField x) => (x.Square() + a) * x + b;
}
