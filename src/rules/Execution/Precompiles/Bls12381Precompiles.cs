using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;
using Flashback.Cryptography.Pairings;
using Fp = Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>;
using Fp2 = Flashback.Cryptography.Fields.Fp2<Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>>;
using Fr = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Bls12381.FrModulus>;

namespace Flashback.Execution;

/// <summary>The points of a group of BLS12-381 in the precompiles' bytes. spec: EIP-2537</summary>
internal static class Bls12381Point<TField, TCurve, TGroup>
    where TField : struct, IField<TField>
    where TCurve : struct, IShortWeierstrass<TField>
    where TGroup : struct, IBls12381Group<TField, TCurve>
{
    public static int Size => 2 * TGroup.Size;

    /// <summary>Reads a point of the curve, perhaps outside the group.</summary>
    public static bool TryDecodeOnCurve(ReadOnlySpan<byte> bytes, out AffinePoint<TField, TCurve> point)
    {
        bool valid = TGroup.TryDecode(bytes[..TGroup.Size], out TField x) & TGroup.TryDecode(bytes[TGroup.Size..], out TField y);
        point = new(x, y);
        return valid && point.IsOnCurve;
    }

    /// <summary>Reads a point of the group.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out AffinePoint<TField, TCurve> point) =>
        TryDecodeOnCurve(bytes, out point) && TGroup.IsInSubgroup(point);

    /// <summary>Writes the <see cref="Size"/> bytes of a point.</summary>
    public static void Encode(in JacobianPoint<TField, TCurve> point, ReturnBuffer output)
    {
        AffinePoint<TField, TCurve> affine = point.ToAffine();
        Span<byte> bytes = output.Take(Size);
        TGroup.Encode(affine.X, bytes[..TGroup.Size]);
        TGroup.Encode(affine.Y, bytes[TGroup.Size..]);
    }
}

/// <summary>BLS12_G1ADD and BLS12_G2ADD: [ p | q ] to p + q, on the whole curve. spec: EIP-2537</summary>
internal sealed class Bls12381AddPrecompile<TField, TCurve, TGroup> : IPrecompile
    where TField : struct, IField<TField>
    where TCurve : struct, IShortWeierstrass<TField>
    where TGroup : struct, IBls12381Group<TField, TCurve>
{
    public long GasFor(ReadOnlySpan<byte> input) => TGroup.AdditionGas;

    public bool TryRun(ReadOnlySpan<byte> input, ReturnBuffer output)
    {
        int size = Bls12381Point<TField, TCurve, TGroup>.Size;
        if (input.Length != 2 * size
            || !Bls12381Point<TField, TCurve, TGroup>.TryDecodeOnCurve(input[..size], out AffinePoint<TField, TCurve> p)
            || !Bls12381Point<TField, TCurve, TGroup>.TryDecodeOnCurve(input[size..], out AffinePoint<TField, TCurve> q))
            return false;
        Bls12381Point<TField, TCurve, TGroup>.Encode(p.ToJacobian() + q, output);
        return true;
    }
}

/// <summary>BLS12_G1MSM and BLS12_G2MSM: pairs [ p | scalar ] to the sum of scalar·p, for any scalars of 256 bits. spec: EIP-2537</summary>
internal sealed class Bls12381MsmPrecompile<TField, TCurve, TGroup> : IPrecompile
    where TField : struct, IField<TField>
    where TCurve : struct, IShortWeierstrass<TField>
    where TGroup : struct, IBls12381Group<TField, TCurve>
{
    private const int ScalarSize = 32;
    private const int DiscountDivisor = 1000;

    private static int PairSize => Bls12381Point<TField, TCurve, TGroup>.Size + ScalarSize;

    public long GasFor(ReadOnlySpan<byte> input)
    {
        int count = input.Length / PairSize;
        ReadOnlySpan<ushort> discounts = TGroup.Discounts;
        return count == 0 ? 0 : count * TGroup.MultiplicationGas * discounts[Math.Min(count, discounts.Length) - 1] / DiscountDivisor;
    }

    public bool TryRun(ReadOnlySpan<byte> input, ReturnBuffer output)
    {
        if (input.IsEmpty || input.Length % PairSize != 0)
            return false;
        AffinePoint<TField, TCurve>[] points = new AffinePoint<TField, TCurve>[input.Length / PairSize];
        Fr[] scalars = new Fr[points.Length];
        for (int i = 0; i < points.Length; i++)
        {
            ReadOnlySpan<byte> pair = input.Slice(i * PairSize, PairSize);
            if (!Bls12381Point<TField, TCurve, TGroup>.TryDecode(pair[..^ScalarSize], out points[i]))
                return false;
            scalars[i] = Fr.Reduce(pair[^ScalarSize..]); // the points have the order that this reduces by
        }
        Bls12381Point<TField, TCurve, TGroup>.Encode(MultiScalarMultiplication.Sum<TField, TCurve, Fr>(points, scalars), output);
        return true;
    }
}

/// <summary>BLS12_MAP_FP_TO_G1 and BLS12_MAP_FP2_TO_G2: a field element to a point of the group. spec: EIP-2537</summary>
internal sealed class Bls12381MapPrecompile<TField, TCurve, TGroup> : IPrecompile
    where TField : struct, IField<TField>
    where TCurve : struct, IShortWeierstrass<TField>
    where TGroup : struct, IBls12381Group<TField, TCurve>
{
    public long GasFor(ReadOnlySpan<byte> input) => TGroup.MapGas;

    public bool TryRun(ReadOnlySpan<byte> input, ReturnBuffer output)
    {
        if (input.Length != TGroup.Size || !TGroup.TryDecode(input, out TField element))
            return false;
        Bls12381Point<TField, TCurve, TGroup>.Encode(TGroup.Map(element), output);
        return true;
    }
}

/// <summary>BLS12_PAIRING_CHECK: pairs [ p | q ] to a word of 1 when the product of their pairings is one, else of 0. spec: EIP-2537</summary>
internal sealed class Bls12381PairingPrecompile : IPrecompile
{
    private static int FirstSize => Bls12381Point<Fp, G1Curve, Bls12381G1>.Size;

    private static int PairSize => FirstSize + Bls12381Point<Fp2, G2Curve, Bls12381G2>.Size;

    public long GasFor(ReadOnlySpan<byte> input) => 37_700 + 32_600L * (input.Length / PairSize);

    public bool TryRun(ReadOnlySpan<byte> input, ReturnBuffer output)
    {
        if (input.IsEmpty || input.Length % PairSize != 0)
            return false;
        AffinePoint<Fp, G1Curve>[] p = new AffinePoint<Fp, G1Curve>[input.Length / PairSize];
        AffinePoint<Fp2, G2Curve>[] q = new AffinePoint<Fp2, G2Curve>[p.Length];
        for (int i = 0; i < p.Length; i++)
        {
            ReadOnlySpan<byte> pair = input.Slice(i * PairSize, PairSize);
            if (!Bls12381Point<Fp, G1Curve, Bls12381G1>.TryDecode(pair[..FirstSize], out p[i])
                || !Bls12381Point<Fp2, G2Curve, Bls12381G2>.TryDecode(pair[FirstSize..], out q[i]))
                return false;
        }
        Span<byte> word = output.Take(32);
        word.Clear();
        word[31] = (byte)(Pairing.IsProductOne(p, q) ? 1 : 0);
        return true;
    }
}
