using Flashback.Api.Calls;
using Flashback.Api.JsonRpc;
using Flashback.Api.Wire;
using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State;

namespace Flashback.Api.Simulation;

/// <summary>Executes blocks that are only a question, one after the other, on a state of the chain. spec: execution-apis, eth_simulateV1</summary>
/// <remarks>They are executed as blocks of the chain are, with their calls of the protocol's contracts and their roots; what nobody signed has a signature of zeros.</remarks>
internal sealed class Simulator(ChainReader reader, RpcLimits limits)
{
    /// <summary>Simulates blocks.</summary>
    /// <param name="wanted">The blocks.</param>
    /// <param name="at">The block that they follow.</param>
    /// <param name="cancellation">The caller has gone, or its time is up.</param>
    /// <exception cref="RpcException">A message cannot begin, or the blocks contradict each other.</exception>
    public List<WireSimulatedBlock> Run(WireSimulation wanted, BlockSelector at, CancellationToken cancellation)
    {
        if (wanted.BlockStateCalls.Count == 0)
            throw RpcException.InvalidParams("empty input");
        StateView state = reader.State(at, out BlockHeader parent);
        SimulatedHashes hashes = new(new Ancestors(reader.Chain.Blocks, parent), parent);
        List<WireSimulatedBlock> blocks = [];
        ulong gasLeft = limits.MaxCallGas;
        foreach (SimulatedPlan plan in SimulatedPlan.Of(wanted.BlockStateCalls, parent))
        {
            cancellation.ThrowIfCancellationRequested();
            (ExecutedBlock block, List<TransactionOutcome> outcomes, state) = Execute(plan, wanted, parent, state, hashes, ref gasLeft, cancellation);
            blocks.Add(new WireSimulatedBlock(block, outcomes, wanted.ReturnFullTransactions));
            parent = block.Header;
            hashes.Add(block.Hash);
        }
        return blocks;
    }

    private (ExecutedBlock Block, List<TransactionOutcome> Outcomes, StateView After) Execute(
        SimulatedPlan plan, WireSimulation wanted, BlockHeader parent, StateView before, SimulatedHashes hashes, ref ulong gasLeft, CancellationToken cancellation)
    {
        WireBlockOverride? change = plan.Content.BlockOverrides;
        ForkRules rules = PrecompileMoves.Apply(plan.Content.StateOverrides, reader.Chain.Config.RulesAt(plan.Time));
        BlockHeader draft = Draft(plan, parent, rules, wanted.Validation);
        StateView state = before.Apply(SimulatedOverrides.ToDiff(plan.Content.StateOverrides, before));
        if (reader.Chain.Executor.Begin(draft, new Execution.Simulation(rules, change?.BlobBaseFee, wanted.TraceTransfers), state, hashes, out BlockExecution<NoHooks> execution) is { } atOnce)
            throw RpcException.Refused(atOnce.ToString());

        List<Transaction> messages = [];
        List<Address> senders = [];
        List<TransactionOutcome> outcomes = [];
        foreach (WireCall call in WireList.Whole(plan.Content.Calls))
        {
            Address sender = call.From ?? default;
            Transaction message = Message(call, execution.NonceOf(sender), draft, execution.Used, Math.Min(gasLeft, wanted.Validation ? rules.MaxTransactionGas : ulong.MaxValue));
            TransactionOutcome outcome = Simulate(execution, message, sender, wanted.Validation, cancellation);
            gasLeft -= Math.Min(gasLeft, outcome.GasUsed);
            messages.Add(message);
            senders.Add(sender);
            outcomes.Add(outcome);
        }
        Withdrawal[] withdrawals = [.. WireList.Whole(change?.Withdrawals).Select(withdrawal => withdrawal.ToWithdrawal())];
        if (execution.Finish(withdrawals, out BlockResult? result) is { } broken)
            throw RpcException.Refused(broken.ToString());
        StateView after = state.Apply(result!.Diff);
        Block block = result.Seal(draft, messages, withdrawals, after.Root);
        return (new ExecutedBlock(block, block.Header.Hash(), senders, result.Receipts), outcomes, after);
    }

    private static TransactionOutcome Simulate(BlockExecution<NoHooks> execution, Transaction message, in Address sender, bool validates, CancellationToken cancellation)
    {
        Cancellable tracer = new(cancellation);
        SimulatedValidity validity = validates ? SimulatedValidity.OfTransactions : SimulatedValidity.OfQuestions;
        Invalid<TransactionRule>? invalid = execution.Simulate(message, sender, validity, ref tracer, out TransactionOutcome? outcome);
        cancellation.ThrowIfCancellationRequested();
        return invalid is null ? outcome! : throw SimulationCode.Of(invalid);
    }

    /// <summary>A message with all its gaps filled: it gets what gas the block has left.</summary>
    private Transaction Message(WireCall call, ulong nonce, BlockHeader draft, in BlockUsage used, ulong mostGas)
    {
        ulong room = draft.GasLimit - Math.Min(used.Gas, draft.GasLimit);
        if (call.Gas > room)
            throw new RpcException(SimulationCode.BlockGasLimit, $"block gas limit reached: {used.Gas} + {call.Gas} > {draft.GasLimit}");
        if (mostGas == 0)
            throw new RpcException(SimulationCode.LimitExceeded, $"the messages use more than {limits.MaxCallGas} gas");
        ulong gas = Math.Min(call.Gas ?? Math.Min(room, mostGas), Math.Max(limits.MaxCallGas, 1));
        return (call with { Gas = gas }).ToTransaction(gas, draft.BaseFeePerGas, nonce, reader.Chain.Config.ChainId);
    }

    private static BlockHeader Draft(SimulatedPlan plan, BlockHeader parent, ForkRules rules, bool validates)
    {
        WireBlockOverride change = plan.Content.BlockOverrides ?? new WireBlockOverride();
        return new BlockHeader
        {
            ParentHash = parent.Hash(),
            Coinbase = change.FeeRecipient ?? change.Coinbase ?? parent.Coinbase,
            StateRoot = default,
            TransactionsRoot = default,
            ReceiptsRoot = default,
            Number = plan.Number,
            GasLimit = change.GasLimit ?? parent.GasLimit,
            GasUsed = 0,
            Timestamp = plan.Time,
            PrevRandao = change.PrevRandao ?? change.Random ?? default,
            BaseFeePerGas = change.BaseFeePerGas ?? change.BaseFee ?? (validates ? FeeMarket.BaseFeeAfter(parent) : UInt256.Zero),
            WithdrawalsRoot = default,
            BlobGasUsed = 0,
            ExcessBlobGas = FeeMarket.ExcessBlobGasAfter(parent, rules),
            ParentBeaconBlockRoot = default,
        };
    }
}
