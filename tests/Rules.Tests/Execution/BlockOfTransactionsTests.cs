using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Rules.Tests.Execution;

/// <summary>Several transactions over one journaled state: what one leaves to the next, and what it must not.</summary>
public class BlockOfTransactionsTests
{
    private static readonly Transaction Calling = new()
    {
        Type = TransactionType.DynamicFee,
        ChainId = 1,
        Nonce = 0,
        MaxPriorityFeePerGas = 2,
        MaxFeePerGas = 10,
        GasLimit = 500_000,
        To = World.Contract,
    };

    private static readonly byte[] Storing = Code.Pushing(0).Do(Opcode.CallDataLoad).Push(1).Do(Opcode.SStore);

    [Fact]
    public void Original_values_are_those_of_the_transaction_not_of_the_block()
    {
        World world = new World().With(World.Contract, Storing);
        ulong set = world.Execute(Calling with { Input = Word(5) }).GasUsed;
        ulong changed = world.Execute(Calling with { Nonce = 1, Input = Word(6) }).GasUsed;
        Assert.Equal(20_000UL - 2900, set - changed); // a new word at first, a change of what is there then
        Assert.Equal(KeyValuePair.Create<UInt256, UInt256>(1, 6), Assert.Single(DiffOf(world, World.Contract).Slots));
    }

    [Fact]
    public void A_slot_set_back_within_the_block_is_no_difference()
    {
        World world = new World().With(World.Contract, Storing);
        world.Execute(Calling with { Input = Word(5) });
        world.Execute(Calling with { Nonce = 1, Input = Word(0) });
        Assert.DoesNotContain(world.State.ToDiff().Accounts, diff => diff.Address == World.Contract);
    }

    [Fact]
    public void A_contract_destroyed_by_its_own_transaction_can_be_made_anew_by_the_next_with_fresh_storage()
    {
        // The initcode fails when its storage is not fresh; else it stores something and destroys itself.
        Code initcode = Code.Pushing(1).Do(Opcode.SLoad, Opcode.IsZero);
        initcode.Push((ulong)initcode.Length + 4).Do(Opcode.JumpI, Opcode.Invalid, Opcode.JumpDest).Store(9, 1).Do(Opcode.Caller, Opcode.SelfDestruct);
        Code maker = Code.Nothing.Mem(initcode).Push(77).Push((ulong)initcode.Length).Push(0).Push(0).Do(Opcode.Create2).Push(5).Do(Opcode.SStore);
        World world = new World().With(World.Contract, maker);
        Assert.True(world.Execute(Calling).IsSuccess);
        Address made = world.SlotNow(World.Contract, 5).ToAddress();
        Assert.Equal(ContractAddress.Of(World.Contract, ((UInt256)77UL).ToHash32(), initcode.Bytes), made);
        Assert.True(world.Execute(Calling with { Nonce = 1 }).IsSuccess);
        Assert.Equal(made, world.SlotNow(World.Contract, 5).ToAddress());
        Assert.DoesNotContain(world.State.ToDiff().Accounts, diff => diff.Address == made);
    }

    [Fact]
    public void A_contract_made_by_one_transaction_is_not_new_to_the_next()
    {
        byte[] destroying = Code.With(Opcode.Caller, Opcode.SelfDestruct);
        World world = new();
        Address made = world.Execute(Calling with { To = null, Input = Code.Deploying(destroying).Bytes }).Created!.Value;
        Assert.True(world.Execute(Calling with { Nonce = 1, To = made }).IsSuccess);
        Assert.NotNull(DiffOf(world, made).Account);
        Assert.Contains(Keccak.Hash256(destroying), world.State.ToDiff().Codes.Keys);
    }

    [Fact]
    public void What_delegates_in_one_transaction_does_so_in_the_next_until_it_ends()
    {
        World world = new World().With(World.Contract, Code.With(Opcode.Address).Push(3).Do(Opcode.SStore)).With(World.Other, Delegation.To(World.Contract), nonce: 1);
        Assert.True(world.Execute(Calling with { To = World.Other }).IsSuccess);
        Assert.Equal(World.Other, world.SlotNow(World.Other, 3).ToAddress());
        Assert.True(world.SlotNow(World.Contract, 3).IsZero);
    }

    [Fact]
    public void The_protocol_calls_without_paying_and_leaves_no_account_of_its_own()
    {
        World world = new World().With(World.Contract, Code.With(Opcode.Caller).Push(0).Do(Opcode.SStore).Push(8).ReturnTop());
        SystemCallOutcome? outcome = new TransactionExecutor(world.Rules, world.Block, world.State).CallAsSystem(World.Contract, []);
        Assert.True(outcome!.IsSuccess);
        Assert.Equal<UInt256>(8, UInt256.ReadBigEndian(outcome.Output.Span));
        Assert.Equal(SystemCallOutcome.Caller, world.SlotNow(World.Contract, 0).ToAddress());
        Assert.Equal(World.Contract, Assert.Single(world.State.ToDiff().Accounts).Address);
    }

    [Fact]
    public void The_protocol_calls_nobody_where_there_is_no_code()
    {
        World world = new();
        Assert.Null(new TransactionExecutor(world.Rules, world.Block, world.State).CallAsSystem(World.Contract, []));
        Assert.Empty(world.State.ToDiff().Accounts);
    }

    private static AccountDiff DiffOf(World world, Address address) => Assert.Single(world.State.ToDiff().Accounts, diff => diff.Address == address);

    private static byte[] Word(ulong value) => ((UInt256)value).ToHash32().AsSpan().ToArray();
}
