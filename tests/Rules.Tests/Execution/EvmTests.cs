using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Rules.Tests.Execution;

public class EvmTests
{
    [Fact]
    public void Adds_two_words_and_returns_the_sum()
    {
        World world = new World().With(World.Contract, Code.Pushing(2).Push(3).Do(Opcode.Add).ReturnTop());
        Assert.Equal(new CallResult(Halt.Return, 1_000_000 - 22), world.Call());
        Assert.Equal<UInt256>(5, world.Word);
    }

    [Theory]
    [InlineData(1024, Halt.Stop)]
    [InlineData(1025, Halt.StackOverflow)]
    public void Holds_1024_words_and_no_more(int words, Halt halt)
    {
        World world = new World().With(World.Contract, Code.Nothing.Times(words, code => code.Push(1)));
        Assert.Equal(halt, world.Call().Halt);
    }

    [Fact]
    public void Halts_when_a_word_is_missing() =>
        Assert.Equal(new CallResult(Halt.StackUnderflow, 0), new World().With(World.Contract, Code.Pushing(1).Do(Opcode.Add)).Call());

    [Theory]
    [InlineData(new byte[] { 0x60, 4, 0x56, 0x60, 0x5b })] // a JUMPDEST's byte within a PUSH
    [InlineData(new byte[] { 0x60, 3, 0x56, 0x00 })] // something else
    [InlineData(new byte[] { 0x60, 200, 0x56 })] // beyond the end
    [InlineData(new byte[] { 0x68, 1, 0, 0, 0, 0, 0, 0, 0, 11, 0x56, 0x5b })] // a JUMPDEST modulo 2^64
    public void Jumps_only_to_a_jumpdest(byte[] code) =>
        Assert.Equal(new CallResult(Halt.InvalidJump, 0), new World().With(World.Contract, code).Call());

    [Fact]
    public void Code_that_does_not_end_is_stopped_by_its_gas()
    {
        World world = new World().With(World.Contract, Code.With(Opcode.JumpDest).Push(0).Do(Opcode.Jump));
        Assert.Equal(new CallResult(Halt.OutOfGas, 0), world.Call(gas: 50_000_000));
    }

    [Fact]
    public void A_push_at_the_end_reads_zeros()
    {
        World world = new World().With(World.Contract, Code.With(Opcode.Push32));
        Assert.Equal(new CallResult(Halt.Stop, 1_000_000 - 3), world.Call());
    }

    [Theory]
    [InlineData(Opcode.Clz, true)]
    [InlineData((Opcode)0x0c, false)]
    [InlineData(Opcode.Invalid, false)]
    public void An_instruction_that_the_fork_does_not_know_fails(Opcode op, bool isKnownToOsaka)
    {
        byte[] code = Code.Pushing(1).Do(op);
        Assert.Equal(Halt.UndefinedOpcode, new World(ForkRules.Prague).With(World.Contract, code).Call().Halt);
        Assert.Equal(isKnownToOsaka ? Halt.Stop : Halt.UndefinedOpcode, new World(ForkRules.Osaka).With(World.Contract, code).Call().Halt);
    }

    [Theory]
    [InlineData(Opcode.MLoad)]
    [InlineData(Opcode.MStore)]
    [InlineData(Opcode.MStore8)]
    [InlineData(Opcode.Keccak256)]
    [InlineData(Opcode.Return)]
    [InlineData(Opcode.Revert)]
    [InlineData(Opcode.Log0)]
    [InlineData(Opcode.CallDataCopy)]
    [InlineData(Opcode.CodeCopy)]
    [InlineData(Opcode.MCopy)]
    [InlineData(Opcode.Create)]
    [InlineData(Opcode.Call)]
    public void A_giant_memory_request_runs_out_of_gas_and_takes_no_memory(Opcode op)
    {
        foreach (UInt256 size in (UInt256[])[UInt256.One << 29, uint.MaxValue, UInt256.One << 31, UInt256.One << 63, UInt256.One << 64, UInt256.MaxValue - 31UL, UInt256.MaxValue])
        {
            World world = new World().With(World.Contract, Code.Nothing.Times(7, code => code.Push(size)).Do(op));
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(new CallResult(Halt.OutOfGas, 0), world.Call(gas: 30_000_000));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000_000);
        }
    }

    [Fact]
    public void Memory_costs_more_the_more_there_is()
    {
        World world = new World().With(World.Contract, Code.Pushing(1024 * 32).Do(Opcode.MLoad));
        Assert.Equal(1_000_000 - 3 - 3 - (3 * 1025 + 1025 * 1025 / 512), world.Call().GasLeft);
    }

    [Fact]
    public void Calls_nest_1024_deep_without_touching_the_process_stack()
    {
        // Each call counts itself in slot 0 and calls itself with all gas.
        Code code = Code.Pushing(0).Do(Opcode.SLoad).Push(1).Do(Opcode.Add).Push(0).Do(Opcode.SStore).Call(Opcode.Call, World.Contract);
        World world = new World().With(World.Contract, code);
        CallResult result = default;
        Thread thread = new(() => result = world.Call(gas: 1L << 55), maxStackSize: 128 * 1024);
        thread.Start();
        thread.Join();
        Assert.Equal(Halt.Stop, result.Halt);
        Assert.Equal<UInt256>(1025, world.SlotNow(World.Contract, 0));
    }

    [Fact]
    public void Return_data_cannot_be_read_beyond_its_end()
    {
        World world = new World().With(World.Contract, Code.Pushing(1).Push(0).Push(0).Do(Opcode.ReturnDataCopy));
        Assert.Equal(Halt.ReturnDataOutOfBounds, world.Call().Halt);
    }

    [Fact]
    public void A_called_contract_sees_its_input_and_its_output_is_copied()
    {
        World world = new World()
            .With(World.Other, Code.Pushing(0).Do(Opcode.CallDataLoad).Push(1).Do(Opcode.Add).ReturnTop())
            .With(World.Contract, Code.Pushing(41).Push(64).Do(Opcode.MStore)
                .Push(32).Push(96).Push(32).Push(64).Push(0).Push(World.Other).Do(Opcode.Gas, Opcode.Call, Opcode.Pop).Push(96).Do(Opcode.MLoad).ReturnTop());
        Assert.True(world.Call().IsSuccess);
        Assert.Equal<UInt256>(42, world.Word);
    }

    [Fact]
    public void A_call_gives_away_all_but_a_64th()
    {
        World world = new World()
            .With(World.Other, Code.With(Opcode.Invalid))
            .With(World.Contract, Code.Nothing.Call(Opcode.Call, World.Other));
        long before = 1_000_000 - (6 * 2 + 3 + 2 - 2) - 2600; // four zeros, value, target, GAS, then the cold account
        Assert.Equal(before / 64, world.Call().GasLeft, tolerance: 2);
    }
}
