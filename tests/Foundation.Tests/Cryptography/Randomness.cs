using System.Numerics;
using Flashback.Cryptography.Fields;
using Flashback.Testing;

namespace Flashback.Foundation.Tests.Cryptography;

/// <summary>Values for tests of algebra, from a seeded generator.</summary>
internal sealed class Randomness
{
    private readonly Random _random = Seeds.Fresh();

    public static Randomness Fresh() => new();

    public byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    public ulong Limb() => (ulong)_random.NextInt64(long.MinValue, long.MaxValue);

    public int Below(int end) => _random.Next(end);

    /// <summary>Mostly uniform; every fourth is near zero, near the modulus or has long runs of equal bits.</summary>
    public BigInteger Integer(BigInteger modulus)
    {
        int size = modulus.GetByteCount(isUnsigned: true);
        switch (_random.Next(12))
        {
            case 0:
                return _random.Next(3);
            case 1:
                return modulus - 1 - _random.Next(3);
            case 2:
                return ((BigInteger.One << _random.Next(8 * size)) - 1 + (BigInteger.One << _random.Next(8 * size))) % modulus;
            default:
                return new BigInteger(Bytes(size + 16), isUnsigned: true) % modulus;
        }
    }

    public TField Element<TField>()
        where TField : struct, IPrimeField<TField> => Integers.ToField<TField>(Integer(Integers.Modulus<TField>()));
}
