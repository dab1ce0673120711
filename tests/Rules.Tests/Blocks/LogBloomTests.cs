using System.Numerics;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Rules.Tests.Blocks;

public class LogBloomTests
{
    [Fact]
    public void It_is_the_number_with_three_bits_for_each_address_and_topic() => Seeds.Check(random =>
    {
        Log[] logs = [.. Enumerable.Range(0, random.Next(0, 20)).Select(_ => new Log(Random<Address>(random), [.. Enumerable.Range(0, random.Next(0, 5)).Select(_ => Random<Hash32>(random))], default))];
        BigInteger naive = 0;
        foreach (Log log in logs)
        {
            foreach (byte[] item in (byte[][])[log.Address.AsSpan().ToArray(), .. log.Topics.Select(topic => topic.AsSpan().ToArray())])
            {
                byte[] hash = Keccak.Hash256(item).AsSpan().ToArray();
                for (int i = 0; i < 3; i++)
                    naive |= BigInteger.One << (256 * hash[2 * i] + hash[2 * i + 1]) % 2048;
            }
        }
        LogBloom bloom = LogBloom.Of(logs);
        Assert.Equal(naive, new BigInteger(bloom.AsSpan(), isUnsigned: true, isBigEndian: true));
        Assert.All(logs, log => Assert.True(bloom.MayContain(log.Address.AsSpan()) && log.Topics.All(topic => bloom.MayContain(topic.AsSpan()))));
    });

    [Fact]
    public void The_filter_of_all_logs_is_that_of_its_parts_together()
    {
        Log one = new(FixedBytes.Parse<Address>("0x0000000000000000000000000000000000000001"), [], default), two = new(default, [Keccak.OfNothing], default);
        Assert.Equal(LogBloom.Of([one, two]), LogBloom.Of([one]) | LogBloom.Of([two]));
        Assert.False(LogBloom.Of([one]).MayContain(Keccak.OfNothing.AsSpan()));
        Assert.Equal(default, LogBloom.Of([]));
    }

    private static T Random<T>(Random random)
        where T : unmanaged, IFixedBytes<T>
    {
        byte[] bytes = new byte[T.Size];
        random.NextBytes(bytes);
        return FixedBytes.Read<T>(bytes);
    }
}
