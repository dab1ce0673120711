using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Rules.Tests.Execution;

namespace Flashback.Rules.Tests.Blocks;

/// <summary>Blocks made to hurt who executes them: they cost their sender the gas, and us little.</summary>
public class HostileBlockTests
{
    private const ulong MostGas = 16_777_216; // EIP-7825

    private static readonly byte[] Looping = Code.With(Opcode.JumpDest).Push(0).Do(Opcode.Jump);
    private static readonly byte[] Recursing = Code.Nothing.Call(Opcode.Call, World.Contract).Do(Opcode.Pop);
    private static readonly byte[] GiantMemory = Code.Pushing(1).Push(1UL << 40).Do(Opcode.MStore);
    private static readonly byte[] MemoryBeyondNumbers = Code.Pushing(ulong.MaxValue).Push(ulong.MaxValue).Push(0).Do(Opcode.CallDataCopy);
    private static readonly byte[] GiantReturn = Code.Pushing(1UL << 33).Push(0).Do(Opcode.Return);

    public static TheoryData<string, byte[]> Bombs => new()
    {
        { "an endless loop", Looping },
        { "memory of a terabyte", GiantMemory },
        { "memory beyond all numbers", MemoryBeyondNumbers },
        { "an output of 8 GiB", GiantReturn },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void A_bomb_fails_takes_its_gas_and_no_more_memory_than_that_pays_for(string name, byte[] code)
    {
        BlockWorld world = new();
        world.State.With(World.Contract, code);
        Block block = world.Build(world.Call(0, gas: MostGas), world.Call(1, gas: MostGas));
        long before = GC.GetTotalAllocatedBytes(precise: true);
        BlockOutcome.Accepted accepted = world.Accept(block);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(allocated < 64 << 20, $"{name} takes {allocated} bytes");
        Assert.All(accepted.Receipts, receipt => Assert.False(receipt.IsSuccess));
        Assert.Equal(2 * MostGas, block.Header.GasUsed);
    }

    /// <summary>The fourth transaction is rejected for want of gas; that nobody signed the fifth is never looked at.</summary>
    [Fact]
    public void A_block_does_not_buy_more_signatures_than_its_gas_pays_for()
    {
        BlockWorld world = new();
        world.Parent = world.Parent with { GasLimit = 63_000, GasUsed = 31_500 };
        Transaction[] transactions = [.. Enumerable.Range(0, 5).Select(i => world.Call((ulong)i, gas: 21_000))];
        transactions[4] = transactions[4] with { Signature = default };
        Block block = world.Build(transactions[..3]);
        Assert.IsType<BlockOutcome.Accepted>(world.Execute(block));
        Hash32 root = MerkleTrie.RootOfList([.. transactions.Select(t => (ReadOnlyMemory<byte>)TransactionCodec.Encode(t))]);
        BlockOutcome outcome = world.Execute(block with { Header = block.Header with { TransactionsRoot = root }, Transactions = transactions });
        BlockOutcome.Rejected rejected = Assert.IsType<BlockOutcome.Rejected>(outcome);
        Assert.Equal(TransactionRule.GasAllowanceExceeded, rejected.Transaction!.Rule);
        Assert.StartsWith("transaction 3: ", rejected.Reason.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Recursion_to_the_last_depth_ends_well_on_a_small_process_stack()
    {
        BlockWorld world = new();
        world.State.With(World.Contract, Recursing);
        Block block = world.Build(world.Call(0, gas: MostGas));
        BlockOutcome? outcome = null;
        Thread small = new(() => outcome = world.Execute(block), 256 * 1024);
        small.Start();
        small.Join();
        Assert.True(Assert.Single(Assert.IsType<BlockOutcome.Accepted>(outcome).Receipts).IsSuccess);
    }

    [Fact]
    public void The_largest_memory_that_gas_can_buy_is_bought_and_given_back()
    {
        BlockWorld world = new(ForkRules.Prague); // 30 million gas pay for about 3.9 MB
        world.State.With(World.Contract, Code.Pushing(1).Push(3_800_000).Do(Opcode.MStore));
        Block block = world.Build(world.Call(0, gas: 30_000_000));
        Assert.True(Assert.Single(world.Accept(block).Receipts).IsSuccess);
    }
}
