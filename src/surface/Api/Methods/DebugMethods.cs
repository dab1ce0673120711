using Flashback.Api.Calls;
using Flashback.Api.JsonRpc;
using Flashback.Api.Tracing;
using Flashback.Api.Wire;
using Flashback.Chain;
using Flashback.Chain.Spacetime;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State;

namespace Flashback.Api.Methods;

/// <summary><c>debug_*</c>: what a transaction did, step by step, and blocks as bytes. spec: go-ethereum's debug namespace, execution-apis debug</summary>
internal sealed class DebugMethods(ChainReader reader, CallRunner runner, Tracers tracers)
{
    private static readonly TraceRequest Default = new();

    public void AddTo(RpcTable table)
    {
        table.Add("debug_traceTransaction", call => TraceAsync(call));
        table.Add("debug_traceCall", call => TraceCallAsync(call));
        table.Add("debug_traceBlockByNumber", call => TraceBlockAsync(call, call.Parameters.Required<BlockSelector>(0)));
        table.Add("debug_traceBlockByHash", call => TraceBlockAsync(call, new BlockSelector(BlockTag.None, Hash: call.Parameters.Required<Hash32>(0))));
        table.Add("debug_getRawHeader", call => Rlp.Encode(reader.Header(call.Parameters.Required<BlockSelector>(0))));
        table.Add("debug_getRawBlock", call => BlockCodec.Encode(Block(call).Block));
        table.Add("debug_getRawReceipts", call => Block(call).Receipts.Select(ReceiptCodec.Encode).ToArray());
    }

    private ExecutedBlock Block(in RpcCall call) => reader.FindBlock(call.Parameters.Required<BlockSelector>(0)) ?? throw RpcException.Refused("block not found");

    private async ValueTask<WireRaw> TraceAsync(RpcCall call)
    {
        TraceRequest request = call.Parameters.Optional(1, Default);
        ExecutedBlock block = reader.FindTransaction(call.Parameters.Required<Hash32>(0), out int index) ?? throw RpcException.Refused("transaction not found");
        using CallRunner.Turn turn = await runner.WaitAsync(call.Cancellation).ConfigureAwait(false);
        BlockExecution<SpacetimeHooks> execution = Replay(block, out StateView before);
        for (int i = 0; i < index; i++)
            Execute(execution, block, i);
        return Trace(request, block, index, execution, before, call.Cancellation);
    }

    private async ValueTask<IReadOnlyList<WireTracedTransaction>> TraceBlockAsync(RpcCall call, BlockSelector selector)
    {
        TraceRequest request = call.Parameters.Optional(1, Default);
        ExecutedBlock block = reader.FindBlock(selector) ?? throw RpcException.Refused("block not found");
        using CallRunner.Turn turn = await runner.WaitAsync(call.Cancellation).ConfigureAwait(false);
        BlockExecution<SpacetimeHooks> execution = Replay(block, out StateView before);
        List<WireTracedTransaction> traces = [];
        for (int i = 0; i < block.Receipts.Count; i++)
        {
            traces.Add(new WireTracedTransaction(block.Block.Transactions[i].Hash(), Trace(request, block, i, execution, before, call.Cancellation)));
            Execute(execution, block, i);
        }
        return traces;
    }

    private async ValueTask<WireRaw> TraceCallAsync(RpcCall call)
    {
        TraceRequest request = call.Parameters.Optional(2, Default);
        Question question = new(
            call.Parameters.Required<WireCall>(0), call.Parameters.Optional(1, BlockSelector.Latest), request.StateOverrides, request.BlockOverrides);
        using CallRunner.Turn turn = await runner.WaitAsync(call.Cancellation).ConfigureAwait(false);
        CallRunner.Stage stage = runner.Prepare(question);
        return tracers.Trace(request, stage.Message, stage.Sender, stage.State, stage.Rules, new AskedRun(runner, stage), call.Cancellation);
    }

    /// <summary>Begins a block anew, on its parent's state.</summary>
    private BlockExecution<SpacetimeHooks> Replay(ExecutedBlock block, out StateView before)
    {
        BlockHeader parent = reader.Header(new BlockSelector(BlockTag.None, Hash: block.Header.ParentHash));
        before = reader.State(parent);
        return reader.Chain.Executor.Begin(block.Header, before, new Ancestors(reader.Chain.Blocks, parent), reader.Chain.HooksOf(block.Header), out BlockExecution<SpacetimeHooks> execution) is { } broken
            ? throw RpcException.Refused(broken.ToString()) : execution;
    }

    private static void Execute(BlockExecution<SpacetimeHooks> execution, ExecutedBlock block, int index)
    {
        if (execution.Execute(block.Block.Transactions[index], block.Senders[index]) is { } invalid)
            throw RpcException.Refused(invalid.ToString());
    }

    private WireRaw Trace(TraceRequest request, ExecutedBlock block, int index, BlockExecution<SpacetimeHooks> execution, StateView before, CancellationToken cancellation)
    {
        ForkRules rules = reader.Chain.Config.RulesAt(block.Header.Timestamp);
        Transaction transaction = block.Block.Transactions[index];
        IStateView state = new ChangedView(before, execution.DiffSoFar);
        MinedRun run = new(rules, execution.Environment, execution.Used, transaction, block.Senders[index], reader.Chain.Codes);
        return tracers.Trace(request, transaction, block.Senders[index], state, rules, run, cancellation);
    }

    /// <summary>A transaction of a block, executed as it was there.</summary>
    private readonly record struct MinedRun(
        ForkRules Rules, BlockEnvironment Environment, BlockUsage Used, Transaction Transaction, Address Sender, BytecodeCache Codes) : Tracers.IRun
    {
        public TransactionOutcome Run<TTracer>(IStateView state, ref TTracer tracer, out StateDiff diff)
            where TTracer : struct, ITracer
        {
            JournaledState journal = new(state, Codes);
            Invalid<TransactionRule>? invalid = new TransactionExecutor(Rules, Environment, journal).Execute(Transaction, Sender, Used, ref tracer, out TransactionOutcome? outcome);
            diff = journal.ToDiff();
            return invalid is null ? outcome! : throw CallFailure.Of(invalid);
        }
    }

    /// <summary>A message that is only a question.</summary>
    private readonly record struct AskedRun(CallRunner Runner, CallRunner.Stage Stage) : Tracers.IRun
    {
        public TransactionOutcome Run<TTracer>(IStateView state, ref TTracer tracer, out StateDiff diff)
            where TTracer : struct, ITracer => Runner.Run(Stage with { State = state }, Stage.Message, ref tracer, out diff);
    }
}

/// <summary>One transaction of a traced block.</summary>
public sealed record WireTracedTransaction(Hash32 TxHash, WireRaw Result);
