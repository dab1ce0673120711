using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Rules.Tests.Execution;

public class StateTests
{
    private static readonly byte[] TwoBytes = Code.With(Opcode.Push0, Opcode.Stop);

    [Theory]
    [InlineData(Opcode.SStore)]
    [InlineData(Opcode.TStore)]
    [InlineData(Opcode.Log1)]
    [InlineData(Opcode.Create)]
    [InlineData(Opcode.Create2)]
    [InlineData(Opcode.SelfDestruct)]
    [InlineData(Opcode.Call)]
    public void A_static_call_can_change_nothing(Opcode op)
    {
        World world = new World()
            .With(World.Other, Code.Nothing.Times(7, code => code.Push(1)).Do(op, Opcode.Stop), balance: 100)
            .With(World.Contract, Code.Nothing.Call(Opcode.StaticCall, World.Other).ReturnTop());
        Assert.True(world.Call().IsSuccess);
        Assert.True(world.Word.IsZero);
    }

    [Fact]
    public void Storing_with_no_more_gas_than_the_stipend_fails()
    {
        World world = new World().With(World.Contract, Code.Nothing.Store(0, 0)); // 4 gas for the zeros
        Assert.Equal(Halt.OutOfGas, world.Call(gas: 2304).Halt);
        Assert.Equal(new CallResult(Halt.Stop, 2305 - 4 - 2200), world.Call(gas: 2305));
    }

    [Fact]
    public void The_first_look_at_a_slot_is_dear_and_the_next_cheap()
    {
        World world = new World().With(World.Contract, Code.Pushing(5).Do(Opcode.SLoad).Push(5).Do(Opcode.SLoad));
        Assert.Equal(1_000_000 - 3 - 2100 - 3 - 100, world.Call().GasLeft);
    }

    [Fact]
    public void A_reverted_call_leaves_nothing_behind_but_its_output()
    {
        byte[] changing = Code.Nothing.Store(1, 1).Push(1).Push(1).Do(Opcode.TStore).Push(0).Push(0).Do(Opcode.Log0).Push(7).Push(0).Do(Opcode.MStore).Push(32).Push(0).Do(Opcode.Revert);
        World world = new World()
            .With(World.Other, changing, balance: 1)
            .With(World.Contract, Code.Nothing.Call(Opcode.Call, World.Other, value: 5).Push(32).Push(0).Push(0).Do(Opcode.ReturnDataCopy).Push(32).Push(0).Do(Opcode.Return), balance: 5);
        Assert.True(world.Call().IsSuccess);
        Assert.Equal<UInt256>(7, world.Word);
        Assert.True(world.SlotNow(World.Other, 1).IsZero);
        Assert.Empty(world.State.Logs);
        Assert.Equal<UInt256>(1, world.State[World.Other].Balance);
        Assert.Empty(world.State.ToDiff().Accounts);
    }

    [Fact]
    public void What_a_reverted_call_warmed_is_cold_again()
    {
        World world = new World()
            .With(World.Other, Code.Pushing(0x1234).Do(Opcode.Balance, Opcode.Pop).Push(0).Push(0).Do(Opcode.Revert))
            .With(World.Contract, Code.Nothing.Call(Opcode.Call, World.Other).Do(Opcode.Gas).Push(0x1234).Do(Opcode.Balance, Opcode.Pop, Opcode.Gas, Opcode.Swap1, Opcode.Sub).ReturnTop());
        Assert.True(world.Call().IsSuccess);
        Assert.Equal<UInt256>(2600 + 3 + 2 + 2, world.Word);
    }

    [Fact]
    public void Transient_storage_ends_with_the_transaction()
    {
        World world = new World().With(World.Contract, Code.Pushing(1).Do(Opcode.TLoad).Push(9).Push(1).Do(Opcode.TStore).ReturnTop());
        Assert.True(world.Call().IsSuccess);
        Assert.True(world.Call().IsSuccess);
        Assert.True(world.Word.IsZero);
    }

    [Fact]
    public void Storage_outlives_the_transaction_but_its_warmth_does_not()
    {
        World world = new World().With(World.Contract, Code.Pushing(1).Do(Opcode.SLoad).Push(9).Push(1).Do(Opcode.SStore).ReturnTop());
        Assert.True(world.Call().IsSuccess);
        Assert.Equal(1_000_000 - 3 - 2100 - 6 - 100 - 2 - 3 - 3 - 3 - 2, world.Call().GasLeft);
        Assert.Equal<UInt256>(9, world.Word);
    }

    [Theory]
    [InlineData(24_576, true)]
    [InlineData(24_577, false)]
    public void New_code_has_at_most_24576_bytes(int length, bool isAllowed)
    {
        byte[] initcode = Code.Pushing((ulong)length).Push(0).Do(Opcode.Return);
        Assert.Equal(!isAllowed, CreatesNothing(initcode));
    }

    [Theory]
    [InlineData(49_152, Halt.Return)]
    [InlineData(49_153, Halt.InitcodeTooLong)]
    public void Initcode_has_at_most_49152_bytes(int length, Halt halt)
    {
        World world = new World().With(World.Contract, Code.Pushing((ulong)length).Push(0).Push(0).Do(Opcode.Create).ReturnTop());
        Assert.Equal(halt, world.Call(gas: 10_000_000).Halt);
    }

    [Fact]
    public void New_code_does_not_begin_with_ef() => Assert.True(CreatesNothing(Code.Deploying([0xef, 0x00])));

    [Fact]
    public void New_code_that_cannot_be_paid_for_is_not_kept() =>
        Assert.True(CreatesNothing(Code.Pushing(20_000).Push(0).Do(Opcode.Return), gas: 1_000_000));

    [Fact]
    public void A_contract_is_not_made_where_there_is_storage()
    {
        Address place = ContractAddress.Of(World.Contract, 0);
        World world = new World().WithSlot(place, 1, 1).With(World.Contract, Code.Nothing.Create(Code.Deploying(TwoBytes)).ReturnTop());
        Assert.True(world.Call().IsSuccess);
        Assert.True(world.Word.IsZero);
        Assert.Equal(1UL, world.State[World.Contract].Nonce); // the attempt counts
    }

    [Fact]
    public void A_new_contract_has_its_code_and_nonce_1()
    {
        World world = new World().With(World.Contract, Code.Nothing.Create(Code.Deploying(TwoBytes), value: 3).ReturnTop(), balance: 3);
        Assert.True(world.Call().IsSuccess);
        AccountState made = world.State[world.Word.ToAddress()];
        Assert.Equal(ContractAddress.Of(World.Contract, 0), made.Address);
        Assert.Equal((1UL, (UInt256)3UL, Keccak.Hash256(TwoBytes)), (made.Nonce, made.Balance, made.CodeHash));
    }

    [Fact]
    public void Two_delegations_to_each_other_do_not_run_in_circles()
    {
        World world = new World()
            .With(World.Other, Delegation.To(World.Named(2000)), nonce: 1)
            .With(World.Named(2000), Delegation.To(World.Other), nonce: 1)
            .With(World.Contract, Code.Nothing.Call(Opcode.Call, World.Other).ReturnTop());
        Assert.True(world.Call().IsSuccess);
        Assert.True(world.Word.IsZero); // the second delegation is run as code, and 0xef is no instruction
    }

    [Fact]
    public void A_delegated_account_runs_the_code_on_its_own_storage()
    {
        World world = new World()
            .With(World.Named(2000), Code.Nothing.Store(6, 1))
            .With(World.Other, Delegation.To(World.Named(2000)), nonce: 1)
            .With(World.Contract, Code.Nothing.Call(Opcode.Call, World.Other).ReturnTop());
        Assert.True(world.Call().IsSuccess);
        Assert.Equal<UInt256>(6, world.SlotNow(World.Other, 1));
    }

    [Fact]
    public void Before_Prague_a_delegation_is_code_that_fails()
    {
        World world = new World(ForkRules.Cancun)
            .With(World.Other, Delegation.To(World.Contract), nonce: 1)
            .With(World.Contract, Code.Nothing.Call(Opcode.Call, World.Other).ReturnTop());
        Assert.True(world.Call().IsSuccess);
        Assert.True(world.Word.IsZero);
    }

    private static bool CreatesNothing(byte[] initcode, long gas = 10_000_000)
    {
        World world = new World().With(World.Contract, Code.Nothing.Create(initcode).ReturnTop());
        Assert.True(world.Call(gas).IsSuccess);
        return world.Word.IsZero;
    }
}
