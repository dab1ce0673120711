using Flashback.Cryptography.Fields;
using Field = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>;

namespace Flashback.Cryptography.Curves;

/// <summary>The curve of the second group of BN254: y² = x³ + 3/(9 + u) over the quadratic extension. spec: EIP-197.</summary>
public readonly struct Bn254G2Curve : ITwistedCurve<Field>
{
    private static readonly Fp2<Field> Constant = Bn254Tower.NonResidue.Inverse() * Field.From(3);
    private static readonly Fp2<Field> TripleConstant = Constant.Double() + Constant;
    private static readonly Fp2<Field> BaseX = Literal.Of<Field>(
        "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed",
        "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2");
    private static readonly Fp2<Field> BaseY = Literal.Of<Field>(
        "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa",
        "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b");

    /// <inheritdoc/>
    public static bool AIsZero => true;

    /// <inheritdoc/>
    public static Fp2<Field> A => default;

    /// <inheritdoc/>
    public static Fp2<Field> B => Constant;

    /// <inheritdoc/>
    public static Fp2<Field> GeneratorX => BaseX;

    /// <inheritdoc/>
    public static Fp2<Field> GeneratorY => BaseY;

    /// <inheritdoc/>
    public static Fp2<Field> MultiplyByTripleB(in Fp2<Field> x) => TripleConstant * x;
}
