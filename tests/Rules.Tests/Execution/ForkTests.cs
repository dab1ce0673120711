using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Rules.Tests.Execution;

public class ForkTests
{
    /// <summary>Points of EIP-4844's fake exponential: the price stays at 1 for long, then rises by e for each fraction of excess.</summary>
    [Theory]
    [InlineData(0UL, "0x1")]
    [InlineData(2_314_057UL, "0x1")]
    [InlineData(2_314_058UL, "0x2")]
    [InlineData(10UL * 1024 * 1024, "0x17")]
    [InlineData(ulong.MaxValue, "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void The_blob_fee_follows_the_excess(ulong excess, string fee) => Assert.Equal(fee, ForkRules.Cancun.Blobs.BaseFee(excess).ToString());

    [Fact]
    public void Each_fork_has_the_precompiled_contracts_of_the_one_before_and_its_own()
    {
        Assert.Equal(10, ForkRules.Cancun.Precompiles.Addresses.Count);
        Assert.Equal(17, ForkRules.Prague.Precompiles.Addresses.Count);
        Assert.Equal(18, ForkRules.Osaka.Precompiles.Addresses.Count);
        Assert.Empty(ForkRules.Cancun.Precompiles.Addresses.Except(ForkRules.Prague.Precompiles.Addresses));
        Assert.Empty(ForkRules.Prague.Precompiles.Addresses.Except(ForkRules.Osaka.Precompiles.Addresses));
        Assert.NotNull(ForkRules.Osaka.Precompiles.At(World.Named(0x100)));
        Assert.Null(ForkRules.Osaka.Precompiles.At(World.Named(0x101)));
        Assert.Null(ForkRules.Osaka.Precompiles.At(FixedBytes.Parse<Address>("0x0100000000000000000000000000000000000001")));
    }

    [Fact]
    public void Every_instruction_has_its_traits_and_no_other_byte_does()
    {
        foreach (Opcode op in Enum.GetValues<Opcode>())
            Assert.True(OpcodeTraits.All[(byte)op] != new OpcodeTraits(0, 0, 0, EndsBlock: true) || op is Opcode.Stop or Opcode.Invalid, op.ToString());
        for (int op = 0; op < 256; op++)
            Assert.True(Enum.IsDefined((Opcode)op) || OpcodeTraits.All[op] == new OpcodeTraits(0, 0, 0, EndsBlock: true), $"0x{op:x2}");
    }

    [Theory]
    [InlineData(Fork.Cancun)]
    [InlineData(Fork.Prague)]
    [InlineData(Fork.Osaka)]
    public void Rules_know_their_fork(Fork fork) => Assert.Equal(fork, ForkRules.Of(fork).Fork);
}
