using System.Numerics;
using Flashback.Cryptography.Fields;

namespace Flashback.Foundation.Tests.Cryptography;

/// <summary>The slow twin of a prime field: the framework's big integers.</summary>
internal static class Integers
{
    public static BigInteger Modulus<TField>()
        where TField : struct, IPrimeField<TField> => FromLimbs(TField.Modulus);

    public static BigInteger FromLimbs(ReadOnlySpan<ulong> limbs)
    {
        BigInteger value = 0;
        for (int i = limbs.Length - 1; i >= 0; i--)
            value = (value << 64) | limbs[i];
        return value;
    }

    public static ulong[] ToLimbs(BigInteger value, int count)
    {
        ulong[] limbs = new ulong[count];
        for (int i = 0; i < count; i++)
            limbs[i] = (ulong)((value >> (64 * i)) & ulong.MaxValue);
        return limbs;
    }

    public static TField ToField<TField>(BigInteger value)
        where TField : struct, IPrimeField<TField>
    {
        Assert.True(TField.TryFromLimbs(ToLimbs(value, TField.LimbCount), out TField element));
        return element;
    }

    public static BigInteger Of<TField>(TField element)
        where TField : struct, IPrimeField<TField>
    {
        ulong[] limbs = new ulong[TField.LimbCount];
        element.CopyTo(limbs);
        return FromLimbs(limbs);
    }
}
