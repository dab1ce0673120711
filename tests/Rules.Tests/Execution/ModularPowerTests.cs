using System.Numerics;
using Flashback.Execution;
using Flashback.Testing;

namespace Flashback.Rules.Tests.Execution;

public class ModularPowerTests
{
    [Fact]
    public void Powers_are_those_of_the_framework() => Seeds.Check(random =>
    {
        for (int i = 0; i < 2000; i++)
        {
            BigInteger @base = Number(random, 80), exponent = Number(random, 80), modulus = (Number(random, 80) << random.Next(3) * random.Next(100)) + 2;
            Assert.Equal(BigInteger.ModPow(@base, exponent, modulus), ModularPower.Of(@base, exponent, modulus));
        }
    });

    [Theory]
    [InlineData(1, 0)] // a power of two
    [InlineData(1, 63)]
    [InlineData(1, 64)]
    [InlineData(1, 65)]
    [InlineData(64, 0)] // all bits set
    [InlineData(256, 0)]
    [InlineData(256, 1)]
    [InlineData(256, 300)]
    public void Moduli_at_the_edges_of_limbs_come_out_right(int ones, int twos)
    {
        BigInteger modulus = ((BigInteger.One << ones) - 1) << twos;
        if (modulus.IsOne)
            modulus = 2;
        foreach (BigInteger @base in (BigInteger[])[0, 1, 2, 3, modulus - 1, modulus, modulus + 1, modulus * modulus - 1])
        {
            foreach (BigInteger exponent in (BigInteger[])[0, 1, 15, 16, 17, 65537, BigInteger.One << 200, (BigInteger.One << 600) - 1])
                Assert.Equal(BigInteger.ModPow(@base, exponent, modulus), ModularPower.Of(@base, exponent, modulus));
        }
    }

    private static BigInteger Number(Random random, int most)
    {
        byte[] bytes = new byte[random.Next(most)];
        random.NextBytes(bytes);
        return new BigInteger(bytes, isUnsigned: true);
    }
}
