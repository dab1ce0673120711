using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Rules.Tests.Execution;

namespace Flashback.Rules.Tests.Blocks;

/// <summary>What the protocol calls around the transactions, and the requests that come of it.</summary>
public class SystemContractTests
{
    /// <summary>Stores who calls and what it is told.</summary>
    private static readonly byte[] Remembering = Code.With(Opcode.Caller).Push(0).Do(Opcode.SStore).Push(0).Do(Opcode.CallDataLoad).Push(1).Do(Opcode.SStore);

    private static readonly byte[] Failing = Code.With(Opcode.Invalid);

    [Fact]
    public void The_beacon_root_and_the_parents_hash_are_told_before_the_first_transaction()
    {
        BlockWorld world = new();
        world.State.With(OpeningCall.BeaconRoots.Contract, Remembering).With(OpeningCall.HistoryStorage.Contract, Remembering);
        BlockOutcome.Accepted accepted = world.Accept(world.Build());
        AssertTold(accepted, OpeningCall.BeaconRoots.Contract, world.Attributes.ParentBeaconBlockRoot);
        AssertTold(accepted, OpeningCall.HistoryStorage.Contract, world.Parent.Hash());
    }

    [Fact]
    public void Cancun_tells_the_beacon_root_only()
    {
        BlockWorld world = new(ForkRules.Cancun);
        world.State.With(OpeningCall.BeaconRoots.Contract, Remembering).With(OpeningCall.HistoryStorage.Contract, Remembering);
        BlockOutcome.Accepted accepted = world.Accept(world.Build());
        AssertTold(accepted, OpeningCall.BeaconRoots.Contract, world.Attributes.ParentBeaconBlockRoot);
        Assert.DoesNotContain(accepted.Diff.Accounts, diff => diff.Address == OpeningCall.HistoryStorage.Contract);
    }

    [Fact]
    public void Whether_the_first_calls_fail_changes_nothing()
    {
        BlockWorld world = new();
        world.State.With(OpeningCall.BeaconRoots.Contract, Failing);
        Assert.Empty(world.Accept(world.Build()).Diff.Accounts);
    }

    [Fact]
    public void What_the_last_calls_return_are_requests_and_nothing_is_none()
    {
        BlockWorld world = new();
        world.State.With(ClosingCall.ConsolidationRequests.Contract, Code.Pushing(5).ReturnTop());
        BlockOutcome.Accepted accepted = world.Accept(world.Build());
        ExecutionRequest request = Assert.Single(accepted.Requests);
        Assert.Equal(ExecutionRequest.Consolidation, request.Type);
        Assert.Equal(((UInt256)5UL).ToHash32().AsSpan(), request.Payload.Span);
        Assert.Equal(Sha256.Hash(Sha256.Hash([2, .. ((UInt256)5UL).ToHash32().AsSpan()]).AsSpan()), accepted.Header.RequestsHash);
    }

    [Fact]
    public void The_hash_of_no_requests_is_that_of_no_bytes() => Assert.Equal(Sha256.Hash([]), ExecutionRequest.HashOf([]));

    [Fact]
    public void A_block_whose_last_calls_fail_is_rejected()
    {
        BlockWorld good = new();
        Block block = good.Build();
        BlockWorld world = new();
        world.State.With(ClosingCall.WithdrawalRequests.Contract, Failing);
        Assert.Equal(BlockRule.SystemContractCallFailed, world.Reject(block).Rule);
    }

    [Fact]
    public void A_block_whose_last_calls_reach_nobody_is_rejected()
    {
        BlockWorld good = new();
        Block block = good.Build();
        BlockWorld world = new();
        world.State.With(ClosingCall.WithdrawalRequests.Contract);
        Assert.Equal(BlockRule.SystemContractEmpty, world.Reject(block).Rule);
    }

    [Fact]
    public void Deposits_are_gathered_from_the_deposit_contracts_logs_in_order()
    {
        BlockWorld world = DepositWorld();
        BlockOutcome.Accepted accepted = world.Accept(world.Build(Deposit(world, 0, Layout(1)), Deposit(world, 1, Layout(2))));
        ExecutionRequest request = Assert.Single(accepted.Requests);
        Assert.Equal(ExecutionRequest.Deposit, request.Type);
        Assert.Equal([.. Packed(1), .. Packed(2)], request.Payload.ToArray());
    }

    [Fact]
    public void Other_logs_of_the_deposit_contract_and_deposits_of_others_are_none()
    {
        BlockWorld world = DepositWorld();
        world.State.With(World.Other, Emitting(DepositTopic));
        world.State.With(world.Chain.DepositContract, Emitting(DepositTopic + 1UL));
        BlockOutcome.Accepted accepted = world.Accept(world.Build(Deposit(world, 0, [1]), world.Call(1, Layout(1), change: t => t with { To = World.Other })));
        Assert.All(accepted.Receipts, receipt => Assert.Single(receipt.Logs));
        Assert.Empty(accepted.Requests);
    }

    /// <summary>Each byte that says where a field is, or how long, and each other length of the whole.</summary>
    [Fact]
    public void A_deposit_in_another_layout_is_refused()
    {
        byte[] good = Layout(3), request = new byte[DepositLog.RequestLength];
        Assert.True(DepositLog.TryRead(good, request));
        Assert.Equal(Packed(3), request);
        int[] numbers = [0, 32, 64, 96, 128, 160, 256, 320, 384, 512];
        foreach (int word in numbers)
        {
            for (int i = 0; i < 32; i++)
            {
                byte[] wrong = [.. good];
                wrong[word + i] ^= 1;
                Assert.False(DepositLog.TryRead(wrong, request), $"byte {word + i} is ignored");
            }
        }
        Assert.False(DepositLog.TryRead([], request));
        Assert.False(DepositLog.TryRead(good.AsSpan(1), request));
        Assert.False(DepositLog.TryRead([.. good, 0], request));
    }

    [Fact]
    public void A_block_with_a_deposit_in_another_layout_is_rejected()
    {
        BlockWorld world = DepositWorld();
        Block block = world.Build(Deposit(world, 0, Layout(1)));
        BlockWorld other = DepositWorld();
        Transaction wrong = Deposit(other, 0, Layout(1)[..^1]);
        Hash32 root = MerkleTrie.RootOfList([TransactionCodec.Encode(wrong)]);
        Assert.Equal(BlockRule.InvalidDepositEventLayout, other.Reject(block with { Header = block.Header with { TransactionsRoot = root }, Transactions = [wrong] }).Rule);
    }

    private static readonly UInt256 DepositTopic = UInt256.ReadBigEndian(Hex.Decode("649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5")); // EIP-6110

    private static BlockWorld DepositWorld()
    {
        BlockWorld world = new();
        world.State.With(world.Chain.DepositContract, Emitting(DepositTopic));
        return world;
    }

    private static Transaction Deposit(BlockWorld world, ulong nonce, byte[] payload) => world.Call(nonce, payload, change: t => t with { To = world.Chain.DepositContract });

    /// <summary>Logs its input under a topic.</summary>
    private static byte[] Emitting(UInt256 topic) =>
        Code.With(Opcode.CallDataSize).Push(0).Push(0).Do(Opcode.CallDataCopy).Push(topic).Do(Opcode.CallDataSize).Push(0).Do(Opcode.Log1);

    private static byte[] Field(int seed, int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(seed * 31 + length + i))];

    private static byte[] Packed(int seed) => [.. Field(seed, 48), .. Field(seed, 32), .. Field(seed, 8), .. Field(seed, 96), .. Field(seed + 1, 8)];

    private static byte[] Layout(int seed)
    {
        static byte[] Number(ulong n) => ((UInt256)n).ToHash32().AsSpan().ToArray();
        return
        [
            .. Number(160), .. Number(256), .. Number(320), .. Number(384), .. Number(512),
            .. Number(48), .. Field(seed, 48), .. new byte[16],
            .. Number(32), .. Field(seed, 32),
            .. Number(8), .. Field(seed, 8), .. new byte[24],
            .. Number(96), .. Field(seed, 96),
            .. Number(8), .. Field(seed + 1, 8), .. new byte[24],
        ];
    }

    private static void AssertTold(BlockOutcome.Accepted accepted, Address contract, Hash32 input)
    {
        Dictionary<UInt256, UInt256> slots = new(BlockWorld.DiffOf(accepted, contract).Slots);
        Assert.Equal(SystemCallOutcome.Caller, slots[0].ToAddress());
        Assert.Equal(input, slots[1].ToHash32());
    }
}
