using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Rules.Tests.Execution;

namespace Flashback.Rules.Tests.Blocks;

/// <summary>Whole blocks: what a producer puts together is accepted, and each rule that can be broken is found by name.</summary>
public class BlockExecutorTests
{
    public static TheoryData<Fork> Forks => [.. Enum.GetValues<Fork>()];

    /// <summary>One change of a good header for each rule of headers.</summary>
    public static TheoryData<BlockRule, Func<BlockHeader, BlockHeader>> BrokenHeaders => new()
    {
        { BlockRule.InvalidParentHash, header => header with { ParentHash = default } },
        { BlockRule.InvalidBlockNumber, header => header with { Number = header.Number + 1 } },
        { BlockRule.InvalidBlockNumber, header => header with { Number = header.Number - 1 } },
        { BlockRule.InvalidBlockTimestampOlderThanParent, header => header with { Timestamp = 1000 } },
        { BlockRule.InvalidBlockTimestampOlderThanParent, header => header with { Timestamp = 0 } },
        { BlockRule.InvalidGasLimit, header => header with { GasLimit = 40_000_000 + 40_000_000 / 1024 } },
        { BlockRule.InvalidGasLimit, header => header with { GasLimit = 40_000_000 - 40_000_000 / 1024 } },
        { BlockRule.InvalidGasLimit, header => header with { GasLimit = ulong.MaxValue } },
        { BlockRule.InvalidGasUsedAboveLimit, header => header with { GasUsed = header.GasLimit + 1 } },
        { BlockRule.InvalidBaseFeePerGas, header => header with { BaseFeePerGas = header.BaseFeePerGas + 1 } },
        { BlockRule.ExtraDataTooBig, header => header with { ExtraData = new byte[33] } },
        { BlockRule.ImportImpossibleDifficultyOverParis, header => header with { Difficulty = 1 } },
        { BlockRule.InvalidNonceOverParis, header => header with { Nonce = 1 } },
        { BlockRule.ImportImpossibleUnclesOverParis, header => header with { OmmersHash = default } },
        { BlockRule.IncorrectBlockFormat, header => header with { RequestsHash = null } },
        { BlockRule.IncorrectExcessBlobGas, header => header with { ExcessBlobGas = header.ExcessBlobGas + 1 } },
        { BlockRule.IncorrectBlobGasUsed, header => header with { BlobGasUsed = 1 } },
        { BlockRule.IncorrectBlobGasUsed, header => header with { BlobGasUsed = header.BlobGasUsed + BlobSchedule.GasPerBlob } },
        { BlockRule.BlobGasUsedAboveLimit, header => header with { BlobGasUsed = 10 * BlobSchedule.GasPerBlob } },
        { BlockRule.InvalidTransactionsRoot, header => header with { TransactionsRoot = default } },
        { BlockRule.InvalidWithdrawalsRoot, header => header with { WithdrawalsRoot = default } },
        { BlockRule.InvalidGasUsed, header => header with { GasUsed = header.GasUsed + 1 } },
        { BlockRule.InvalidReceiptsRoot, header => header with { ReceiptsRoot = default } },
        { BlockRule.InvalidLogBloom, header => header with { LogsBloom = LogBloom.Of([new Log(default, [], default)]) } },
        { BlockRule.InvalidRequests, header => header with { RequestsHash = default(Hash32) } },
    };

    [Theory]
    [MemberData(nameof(Forks))]
    public void What_was_put_together_is_accepted(Fork fork)
    {
        BlockWorld world = new(ForkRules.Of(fork));
        Block block = world.Build(default(NoHooks), [new Withdrawal(1, 2, World.Other, 3)], world.OneOfEachType());
        BlockOutcome.Accepted accepted = world.Accept(block);
        Assert.Equal(block.Transactions.Count, accepted.Receipts.Count);
        Assert.All(accepted.Receipts, receipt => Assert.True(receipt.IsSuccess));
        Assert.Equal(block.Transactions.Select(t => t.Type), accepted.Receipts.Select(r => r.Type));
        Assert.Equal(block.Header.GasUsed, accepted.Receipts[^1].CumulativeGasUsed);
        Assert.Equal<UInt256>(3_000_000_000, BlockWorld.DiffOf(accepted, World.Other).Account!.Value.Balance);
    }

    [Theory]
    [MemberData(nameof(BrokenHeaders))]
    public void A_header_that_breaks_a_rule_is_rejected_by_its_name(BlockRule rule, Func<BlockHeader, BlockHeader> change)
    {
        BlockWorld world = new();
        Block block = world.Build(world.OneOfEachType());
        Assert.IsType<BlockOutcome.Accepted>(world.Execute(block));
        Assert.Equal(rule, world.Reject(block with { Header = change(block.Header) }).Rule);
    }

    [Theory]
    [InlineData(40_000_000 / 1024 - 1)]
    [InlineData(-(40_000_000 / 1024 - 1))]
    public void The_gas_limit_may_move_a_little(int change)
    {
        BlockWorld world = new();
        Block block = world.Build();
        Assert.IsType<BlockOutcome.Accepted>(world.Execute(block with { Header = block.Header with { GasLimit = (ulong)((long)block.Header.GasLimit + change) } }));
    }

    [Fact]
    public void The_gas_limit_does_not_fall_below_the_least_there_is()
    {
        BlockWorld world = new();
        world.Parent = world.Parent with { GasLimit = 5000, GasUsed = 2500 };
        Block block = world.Build();
        Assert.IsType<BlockOutcome.Accepted>(world.Execute(block));
        Assert.Equal(BlockRule.InvalidGasLimit, world.Reject(block with { Header = block.Header with { GasLimit = 4999 } }).Rule);
    }

    [Fact]
    public void A_requests_hash_before_Prague_is_rejected()
    {
        BlockWorld world = new(ForkRules.Cancun);
        Block block = world.Build();
        Assert.Equal(BlockRule.IncorrectBlockFormat, world.Reject(block with { Header = block.Header with { RequestsHash = ExecutionRequest.HashOf([]) } }).Rule);
    }

    [Fact]
    public void A_body_that_is_not_the_headers_is_rejected()
    {
        BlockWorld world = new();
        Transaction[] transactions = world.OneOfEachType();
        Block block = world.Build(transactions);
        Assert.Equal(BlockRule.InvalidTransactionsRoot, world.Reject(block with { Transactions = transactions[..^1] }).Rule);
        Assert.Equal(BlockRule.InvalidWithdrawalsRoot, world.Reject(block with { Withdrawals = [new Withdrawal(0, 0, default, 1)] }).Rule);
    }

    [Fact]
    public void A_block_longer_than_8_MiB_is_rejected_from_Osaka_on()
    {
        BlockWorld osaka = new(), prague = new(ForkRules.Prague);
        Transaction large = osaka.Call(0, new byte[8_388_608]);
        Block block = osaka.Build() with { Transactions = [large] };
        Assert.Equal(BlockRule.RlpBlockLimitExceeded, osaka.Reject(block).Rule);
        Assert.Equal(BlockRule.InvalidTransactionsRoot, prague.Reject(prague.Build() with { Transactions = [large] }).Rule);
    }

    [Fact]
    public void The_length_limit_counts_every_byte_of_the_block()
    {
        BlockWorld world = new();
        Block empty = world.Build();
        Transaction large = world.Call(0, new byte[8_388_000]);
        int over = 8_388_608 - BlockCodec.Encode(empty with { Transactions = [large] }).Length;
        Block fits = empty with { Transactions = [world.Call(0, new byte[8_388_000 + over])] };
        Assert.Equal(8_388_608, BlockCodec.Encode(fits).Length);
        Assert.Equal(BlockRule.InvalidTransactionsRoot, world.Reject(fits).Rule);
        Assert.Equal(BlockRule.RlpBlockLimitExceeded, world.Reject(empty with { Transactions = [world.Call(0, new byte[8_388_001 + over])] }).Rule);
    }

    [Fact]
    public void An_invalid_transaction_is_named_with_its_place_and_its_rule()
    {
        BlockWorld world = new();
        Block block = Sealed(world.Build(world.Call(0)), world.Call(0), world.Call(2));
        BlockOutcome.Rejected rejected = Assert.IsType<BlockOutcome.Rejected>(world.Execute(block));
        Assert.Equal(BlockRule.InvalidTransaction, rejected.Reason.Rule);
        Assert.Equal(TransactionRule.NonceMismatchTooHigh, rejected.Transaction!.Rule);
        Assert.StartsWith("transaction 1: ", rejected.Reason.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_transaction_that_nobody_signed_is_rejected_however_many_there_are()
    {
        BlockWorld world = new();
        Transaction[] transactions = [.. Enumerable.Range(0, 9).Select(i => world.Call((ulong)i))];
        transactions[6] = transactions[6] with { Signature = default };
        BlockOutcome.Rejected rejected = Assert.IsType<BlockOutcome.Rejected>(world.Execute(Sealed(world.Build(), transactions)));
        Assert.Equal(TransactionRule.InvalidSignatureVrs, rejected.Transaction!.Rule);
        Assert.StartsWith("transaction 6: ", rejected.Reason.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Transactions_together_may_not_ask_for_more_gas_than_the_block_has()
    {
        BlockWorld world = new(ForkRules.Prague);
        world.State.With(World.Contract, Code.With(Opcode.Invalid)); // takes all its gas
        Block block = Sealed(world.Build(), world.Call(0, gas: 30_000_000), world.Call(1, gas: 10_000_001));
        BlockOutcome.Rejected rejected = Assert.IsType<BlockOutcome.Rejected>(world.Execute(block));
        Assert.Equal(TransactionRule.GasAllowanceExceeded, rejected.Transaction!.Rule);
    }

    [Fact]
    public void The_state_root_is_for_who_has_a_trie()
    {
        BlockWorld world = new();
        BlockOutcome.Accepted accepted = world.Accept(world.Build());
        Assert.Null(accepted.CheckStateRoot(accepted.Header.StateRoot));
        Assert.Equal(BlockRule.InvalidStateRoot, accepted.CheckStateRoot(Keccak.OfNothing)!.Rule);
    }

    [Fact]
    public void A_base_fee_that_leaves_its_range_is_an_overflow_and_no_crash()
    {
        BlockWorld world = new();
        Block block = world.Build();
        world.Parent = world.Parent with { BaseFeePerGas = UInt256.MaxValue };
        Block following = block with { Header = block.Header with { ParentHash = world.Parent.Hash() } };
        Assert.Equal(BlockRule.ArithmeticOverflow, world.Reject(following).Rule);
    }

    [Fact]
    public void Code_sees_the_headers_of_its_block_and_its_ancestors()
    {
        BlockWorld world = new();
        Code code = Code.With(Opcode.Number).Push(0).Do(Opcode.SStore, Opcode.Timestamp).Push(1).Do(Opcode.SStore, Opcode.PrevRandao).Push(2).Do(Opcode.SStore)
            .Push(6).Do(Opcode.BlockHash).Push(3).Do(Opcode.SStore);
        world.State.With(World.Contract, code);
        AccountDiff diff = BlockWorld.DiffOf(world.Accept(world.Build(world.Call(0))), World.Contract);
        Dictionary<UInt256, UInt256> slots = new(diff.Slots);
        Assert.Equal<UInt256>(7, slots[0]);
        Assert.Equal<UInt256>(1012, slots[1]);
        Assert.Equal(world.Attributes.PrevRandao, slots[2].ToHash32());
        Assert.Equal(world.HashOf(6), slots[3].ToHash32());
    }

    [Fact]
    public void Withdrawals_are_paid_after_the_transactions_and_nothing_makes_no_account()
    {
        BlockWorld world = new();
        world.State.With(World.Contract, Code.Nothing.Push(World.Other).Do(Opcode.Balance).Push(0).Do(Opcode.SStore));
        Withdrawal[] withdrawals = [new(0, 0, World.Other, 5), new(1, 0, World.Other, ulong.MaxValue), new(2, 0, World.Named(99), 0)];
        BlockOutcome.Accepted accepted = world.Accept(world.Build(default(NoHooks), withdrawals, world.Call(0)));
        Assert.Equal(((UInt256)ulong.MaxValue + 5) * 1_000_000_000, BlockWorld.DiffOf(accepted, World.Other).Account!.Value.Balance);
        Assert.DoesNotContain(accepted.Diff.Accounts, diff => diff.Address == World.Named(99) || diff.Address == World.Contract);
    }

    [Fact]
    public void An_invalid_transaction_leaves_no_trace_while_a_block_is_put_together()
    {
        BlockWorld world = new();
        BlockHeader draft = world.Attributes.Draft(world.Parent, world.Chain);
        Assert.Null(world.Executor.Begin(draft, world.State, world, default(NoHooks), out BlockExecution<NoHooks> execution));
        Assert.Null(execution.Execute(world.Call(0), world.Sender));
        Assert.Equal(TransactionRule.NonceMismatchTooLow, execution.Execute(world.Call(0), world.Sender)!.Rule);
        Assert.Equal(TransactionRule.NonceMismatchTooHigh, execution.Execute(world.Call(9), world.Sender)!.Rule);
        Assert.Null(execution.Execute(world.Call(1), world.Sender));
        Assert.Null(execution.Finish([], out BlockResult? result));
        Block block = result!.Seal(draft, [world.Call(0), world.Call(1)], [], default);
        Assert.Equal(2, world.Accept(block).Receipts.Count);
        Assert.Equal(BlockCodec.Encode(world.Build(world.Call(0), world.Call(1))), BlockCodec.Encode(block));
    }

    [Fact]
    public void A_transaction_with_which_a_number_leaves_its_range_leaves_no_trace_and_another_may_be_tried()
    {
        BlockWorld world = new();
        world.State.With(World.Contract, Code.With(Opcode.Stop));
        BlockHeader draft = world.Attributes.Draft(world.Parent, world.Chain);
        Assert.Null(world.Executor.Begin(draft, world.State, world, default(NoHooks), out BlockExecution<NoHooks> execution));
        Overflowing tracer = default;
        Assert.Throws<OverflowException>(() => execution.Execute(world.Call(0), world.Sender, ref tracer));
        Assert.Equal((0UL, 0UL), (execution.Used.Gas, execution.NonceOf(world.Sender)));
        Assert.Null(execution.Execute(world.Call(0), world.Sender));
        Assert.Null(execution.Finish([], out BlockResult? result));
        Block block = result!.Seal(draft, [world.Call(0)], [], default);
        Assert.Equal(BlockCodec.Encode(world.Build(world.Call(0))), BlockCodec.Encode(block));
    }

    [Theory]
    [InlineData(40_000_000, 40_000_000)]
    [InlineData(41_000_000, 40_039_061)]
    [InlineData(1, 39_960_939)]
    [InlineData(40_000_001, 40_000_001)]
    public void The_gas_limit_moves_toward_the_one_wanted_as_far_as_the_rules_allow(ulong wanted, ulong limit)
    {
        BlockWorld world = new();
        Assert.Equal(limit, FeeMarket.GasLimitToward(wanted, world.Parent));
        _ = world.Accept(world.Build() is var block ? Sealed(block with { Header = block.Header with { GasLimit = limit } }) : null!);
    }

    /// <summary>A machine in which a number leaves its range.</summary>
    private readonly struct Overflowing : ITracer
    {
        public static bool IsActive => true;

        public bool MustStop() => false;

        public void Step(in TraceStep step) => throw new OverflowException();

        public void Descend(long gasLeft, long given)
        {
        }

        public void EndAtOnce(long given, long left, Halt halt, ReadOnlySpan<byte> output)
        {
        }

        public void End(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output)
        {
        }
    }

    /// <summary>The block with other transactions, to which its header commits.</summary>
    private static Block Sealed(Block block, params Transaction[] transactions)
    {
        Hash32 root = MerkleTrie.RootOfList([.. transactions.Select(t => (ReadOnlyMemory<byte>)TransactionCodec.Encode(t))]);
        return block with { Header = block.Header with { TransactionsRoot = root }, Transactions = transactions };
    }
}
