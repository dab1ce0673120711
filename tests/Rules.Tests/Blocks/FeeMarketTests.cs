using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Rules.Tests.Blocks;

public class FeeMarketTests
{
    private static readonly BlockHeader Parent = new BlockWorld().Parent;

    [Theory] // the cases of EIP-1559: at the target, above, below; and by one at least when it rises
    [InlineData(20_000_000, 1_000_000_000, 1_000_000_000)]
    [InlineData(40_000_000, 1_000_000_000, 1_125_000_000)]
    [InlineData(0, 1_000_000_000, 875_000_000)]
    [InlineData(30_000_000, 1_000_000_000, 1_062_500_000)]
    [InlineData(20_000_001, 7, 8)]
    [InlineData(0, 7, 7)]
    [InlineData(0, 0, 0)]
    [InlineData(40_000_000, 0, 1)]
    public void The_base_fee_follows_the_gas_that_was_used(ulong used, ulong fee, ulong expected) =>
        Assert.Equal<UInt256>(expected, FeeMarket.BaseFeeAfter(Parent with { GasLimit = 40_000_000, GasUsed = used, BaseFeePerGas = fee }));

    [Theory] // Prague: target 6; blobs cost nothing of execution gas
    [InlineData(0, 0, 0)]
    [InlineData(0, 5, 0)]
    [InlineData(0, 6, 0)]
    [InlineData(0, 9, 3)]
    [InlineData(10, 2, 6)]
    public void The_excess_is_what_is_over_the_target(ulong excess, ulong used, ulong expected) =>
        Assert.Equal(expected * BlobSchedule.GasPerBlob, FeeMarket.ExcessBlobGasAfter(With(excess, used), ForkRules.Prague));

    [Theory] // Osaka: below the reserve price the excess grows by a third of the blobs used, however few: (9 - 6) / 9
    [InlineData(10, 6, 12)]
    [InlineData(10, 9, 13)]
    [InlineData(10, 0, 10)]
    public void Below_the_reserve_price_the_excess_does_not_fall(ulong excess, ulong used, ulong expected) =>
        Assert.Equal(expected * BlobSchedule.GasPerBlob, FeeMarket.ExcessBlobGasAfter(With(excess, used), ForkRules.Osaka));

    [Theory] // 8192 of execution gas against 131072 of blob gas at 1 wei: the reserve is a sixteenth of the base fee
    [InlineData(15, 6 * BlobSchedule.GasPerBlob)]
    [InlineData(16, 6 * BlobSchedule.GasPerBlob)]
    [InlineData(17, 10 * BlobSchedule.GasPerBlob + 2 * BlobSchedule.GasPerBlob / 3)]
    public void The_reserve_price_is_a_sixteenth_of_the_base_fee(ulong baseFee, ulong expected) =>
        Assert.Equal(expected, FeeMarket.ExcessBlobGasAfter(With(10, 2) with { BaseFeePerGas = baseFee }, ForkRules.Osaka));

    [Fact]
    public void A_price_beyond_all_words_is_above_any_reserve() =>
        Assert.Equal(ulong.MaxValue / 2 - 6 * BlobSchedule.GasPerBlob, FeeMarket.ExcessBlobGasAfter(Parent with { ExcessBlobGas = ulong.MaxValue / 2, BlobGasUsed = 0 }, ForkRules.Osaka));

    private static BlockHeader With(ulong excess, ulong used) =>
        Parent with { ExcessBlobGas = excess * BlobSchedule.GasPerBlob, BlobGasUsed = used * BlobSchedule.GasPerBlob };
}
