using System.Numerics;
using Flashback.Cryptography.Fields;

namespace Flashback.Foundation.Tests.Cryptography;

/// <summary>Seeded test values; the seed is in the message of whatever fails.</summary>
internal sealed class Randomness(int seed)
{
    private readonly Random _random = new(seed);

    public static Randomness Fresh()
    {
        int seed = Environment.GetEnvironmentVariable("FLASHBACK_SEED") is { Length: > 0 } text ? int.Parse(text) : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"FLASHBACK_SEED={seed}");
        return new Randomness(seed);
    }

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
