using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Rules.Tests.Execution;

namespace Flashback.Rules.Tests.Blocks;

/// <summary>Hooks are called where they are promised, and see the state as it is there.</summary>
public class BlockHookTests
{
    private static readonly Address Ledger = World.Named(0x1ed6e4);

    /// <summary>Adds one to slot 0x0, logs nothing, and returns slot 0x0.</summary>
    private static readonly byte[] Counting = Code.Pushing(1).Push(0).Do(Opcode.SLoad, Opcode.Add).Push(0).Do(Opcode.SStore).Push(0).Do(Opcode.SLoad).ReturnTop();

    private const byte StoragePenalty = 0x50; // docs/PROTOCOL.md, section 5

    private readonly struct Recording(List<string> events, bool refusesBefore = false, bool refusesAfter = false) : IBlockHooks
    {
        public Invalid<BlockRule>? BeforeTransactions(in SystemCalls system)
        {
            events.Add($"before: {Word(system.Call(Ledger, []))}");
            return refusesBefore ? new(BlockRule.SystemContractCallFailed, "before") : null;
        }

        public void AfterTransaction(int index, Transaction transaction, Receipt receipt, in BlockState state) =>
            events.Add($"{index}: nonce {transaction.Nonce}, gas {receipt.CumulativeGasUsed > 0}, slot {state.SlotOf(World.Contract, 0)}, view {Word(state.View(Ledger, []))}, balance {state.BalanceOf(World.Contract)}");

        public Invalid<BlockRule>? AfterTransactions(in SystemCalls system, RequestList requests)
        {
            events.Add($"after: {Word(system.Call(Ledger, []))}");
            requests.Add(StoragePenalty, new byte[] { 1, 2 });
            return refusesAfter ? new(BlockRule.SystemContractCallFailed, "after") : null;
        }

        private static UInt256 Word(SystemCallOutcome? outcome) => UInt256.ReadBigEndian(outcome!.Output.Span);
    }

    private static BlockWorld NewWorld()
    {
        BlockWorld world = new();
        world.State.With(Ledger, Counting).With(World.Contract, Counting);
        return world;
    }

    [Fact]
    public void Before_after_each_and_at_the_end_with_the_state_of_that_point()
    {
        BlockWorld world = NewWorld();
        List<string> building = [], executing = [];
        Transaction[] transactions = [world.Call(0, change: t => t with { Value = 5 }), world.Call(1)];
        Block block = world.Build(new Recording(building), [], transactions);
        BlockOutcome.Accepted accepted = Assert.IsType<BlockOutcome.Accepted>(world.Executor.Execute(block, world.Parent, world.State, world, new Recording(executing)));
        Assert.Equal(
            [
                "before: 0x1",
                "0: nonce 0, gas True, slot 0x1, view 0x2, balance 0x5", // a view sees what the call before did, and leaves nothing behind
                "1: nonce 1, gas True, slot 0x2, view 0x2, balance 0x5",
                "after: 0x2",
            ],
            executing);
        Assert.Equal(executing, building);
        Assert.Equal(KeyValuePair.Create<UInt256, UInt256>(0, 2), Assert.Single(BlockWorld.DiffOf(accepted, Ledger).Slots));
    }

    [Fact]
    public void A_request_of_a_hook_is_the_last_and_part_of_the_hash()
    {
        BlockWorld world = NewWorld();
        world.State.With(ClosingCall.WithdrawalRequests.Contract, Code.Pushing(9).ReturnTop());
        Block block = world.Build(new Recording([]), []);
        BlockOutcome.Accepted accepted = Assert.IsType<BlockOutcome.Accepted>(world.Executor.Execute(block, world.Parent, world.State, world, new Recording([])));
        Assert.Equal([ExecutionRequest.Withdrawal, StoragePenalty], accepted.Requests.Select(request => request.Type));
        Assert.Equal(BlockRule.InvalidRequests, world.Reject(block).Rule); // without the hooks the block is another
    }

    [Fact]
    public void A_view_does_not_change_what_transactions_pay()
    {
        BlockWorld world = NewWorld();
        Transaction[] transactions = [world.Call(0), world.Call(1)];
        Assert.Equal(world.Build(transactions).Header.ReceiptsRoot, world.Build(new Recording([]), [], transactions).Header.ReceiptsRoot);
    }

    [Fact]
    public void An_invalid_transaction_is_not_told_of()
    {
        BlockWorld world = NewWorld();
        List<string> events = [];
        BlockHeader draft = world.Attributes.Draft(world.Parent, world.Chain);
        Assert.Null(world.Executor.Begin(draft, world.State, world, new Recording(events), out BlockExecution<Recording> execution));
        Assert.NotNull(execution.Execute(world.Call(7), world.Sender));
        Assert.Equal(["before: 0x1"], events);
    }

    [Theory]
    [InlineData(true, false, "before")]
    [InlineData(false, true, "after")]
    public void A_rule_that_a_hook_finds_broken_rejects_the_block(bool before, bool after, string detail)
    {
        BlockWorld world = NewWorld();
        Block block = world.Build(new Recording([]), []);
        BlockOutcome outcome = world.Executor.Execute(block, world.Parent, world.State, world, new Recording([], before, after));
        Assert.Equal(detail, Assert.IsType<BlockOutcome.Rejected>(outcome).Reason.Detail);
    }

    [Fact]
    public void Requests_come_in_the_order_of_their_types()
    {
        RequestList requests = new();
        requests.Add(2, new byte[1]);
        requests.Add(1, default); // nothing is no request
        Assert.Throws<ArgumentException>(() => requests.Add(2, new byte[1]));
        requests.Add(3, new byte[1]);
        Assert.Equal([2, 3], requests.Requests.Select(request => (int)request.Type));
    }
}
