using System.Numerics;

namespace Flashback.Cryptography.Fields;

/// <summary>Constants of the map x → x^p, worked out from the modulus.</summary>
public static class FrobeniusConstants
{
    /// <summary>ξ^(i·(p − 1)/6) for i from 0 to 5; p ≡ 1 modulo 6.</summary>
    public static Fp2<TPrime>[] Powers<TPrime>(in Fp2<TPrime> nonResidue)
        where TPrime : struct, IPrimeField<TPrime>
    {
        BigInteger p = 0;
        for (int i = TPrime.LimbCount - 1; i >= 0; i--)
            p = (p << 64) | TPrime.Modulus[i];
        BigInteger exponent = (p - 1) / 6;
        ulong[] limbs = new ulong[TPrime.LimbCount];
        for (int i = 0; i < limbs.Length; i++)
            limbs[i] = (ulong)((exponent >> (64 * i)) & ulong.MaxValue);

        Fp2<TPrime>[] powers = new Fp2<TPrime>[6];
        powers[0] = Fp2<TPrime>.One;
        powers[1] = FieldPowers.Power(nonResidue, limbs);
        for (int i = 2; i < powers.Length; i++)
            powers[i] = powers[i - 1] * powers[1];
        return powers;
    }
}
