using Flashback.Cryptography.Fields;
using Field = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>;

namespace Flashback.Cryptography.Curves;

/// <summary>The tower of BN254: ξ = 9 + u. spec: EIP-197.</summary>
public readonly struct Bn254Tower : ITower<Field>
{
    private static readonly Fp2<Field> Xi = new(Field.From(9), Field.One);

    /// <inheritdoc/>
    public static Fp2<Field> NonResidue => Xi;

    /// <inheritdoc/>
    public static Fp2<Field> MultiplyByNonResidue(in Fp2<Field> x)
    {
        Fp2<Field> nine = x.Double().Double().Double() + x;
        return new(nine.C0 - x.C1, nine.C1 + x.C0);
    }
}
