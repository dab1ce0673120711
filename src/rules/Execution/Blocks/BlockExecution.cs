using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>A block while it is executed, transaction by transaction: the one way there is, for blocks that come and for those that are put together.</summary>
/// <remarks>
/// 1. <see cref="BlockExecutor.Begin"/> calls the fork's contracts and the hooks'.
/// 2. <see cref="Execute"/> takes the transactions in order; an invalid one leaves no trace.
/// 3. <see cref="Finish"/> pays withdrawals, gathers requests, and says what came of it all.
/// One thread at a time; of no more use after a call that returned a broken rule of blocks, or after <see cref="Finish"/>.
/// spec: Ethereum Yellow Paper, section 12; EIP-4895, EIP-7685
/// </remarks>
public sealed class BlockExecution<THooks>
    where THooks : struct, IBlockHooks
{
    private readonly ChainConfig _chain;
    private readonly ForkRules _rules;
    private readonly JournaledState _state;
    private readonly TransactionExecutor _executor;
    private readonly THooks _hooks;
    private readonly List<Receipt> _receipts = [];

    internal BlockExecution(ChainConfig chain, BlockHeader header, ForkRules rules, UInt256 blobBaseFee, JournaledState state, IBlockHashes hashes, in THooks hooks)
    {
        _chain = chain;
        _rules = rules;
        _state = state;
        _hooks = hooks;
        Environment = new(
            chain.ChainId, header.Coinbase, header.Number, header.Timestamp, header.GasLimit, header.PrevRandao, header.BaseFeePerGas, blobBaseFee, hashes.HashOf);
        _executor = new TransactionExecutor(_rules, Environment, state);
    }

    /// <summary>What the transactions so far used.</summary>
    public BlockUsage Used { get; private set; }

    /// <summary>What the block's transactions see of it.</summary>
    public BlockEnvironment Environment { get; }

    /// <summary>What changed so far.</summary>
    public StateDiff DiffSoFar => _state.ToDiff();

    /// <summary>The receipts of the transactions so far.</summary>
    public IReadOnlyList<Receipt> Receipts => _receipts;

    /// <summary>The nonce of an account after the transactions so far.</summary>
    public ulong NonceOf(in Address address) => _state[address].Nonce;

    private SystemCalls Calls => new(_executor, _state);

    /// <summary>Executes the next transaction; null when it is valid. An invalid one changes nothing, and another may be tried.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="sender">Who signed it.</param>
    /// <exception cref="OverflowException">A number leaves the range that the rules give it: the block is invalid with this transaction. It changed nothing, and another may be tried.</exception>
    public Invalid<TransactionRule>? Execute(Transaction transaction, in Address sender)
    {
        NoTracer tracer = default;
        return Execute(transaction, sender, ref tracer);
    }

    /// <summary>As <see cref="Execute(Transaction, in Address)"/>, watched.</summary>
    public Invalid<TransactionRule>? Execute<TTracer>(Transaction transaction, in Address sender, ref TTracer tracer)
        where TTracer : struct, ITracer
    {
        if (Run(transaction, sender, ref tracer, out TransactionOutcome? outcome) is { } invalid)
            return invalid;
        Receipt receipt = Enter(transaction, outcome!, outcome!.Logs);
        _hooks.AfterTransaction(_receipts.Count - 1, transaction, receipt, new BlockState(_executor, _state));
        return null;
    }

    /// <summary>Executes what would be the next transaction had somebody signed it; null when it could begin, and then there is an outcome.</summary>
    /// <param name="message">The message; its signature means nothing.</param>
    /// <param name="sender">In whose name.</param>
    /// <param name="validity">Which rules it must keep.</param>
    /// <param name="tracer">Watches, or stops it.</param>
    /// <param name="outcome">What it did, its transfers among the logs where they are wanted.</param>
    public Invalid<TransactionRule>? Simulate<TTracer>(Transaction message, in Address sender, SimulatedValidity validity, ref TTracer tracer, out TransactionOutcome? outcome)
        where TTracer : struct, ITracer
    {
        Invalid<TransactionRule>? invalid = validity == SimulatedValidity.OfTransactions
            ? _executor.Simulate(message, sender, Used, ref tracer, out outcome)
            : _executor.Call(message, sender, ref tracer, out outcome);
        if (invalid is null)
            _ = Enter(message, outcome!, [.. outcome!.Logs.Where(log => !TransferLog.Is(log))]);
        return invalid;
    }

    private Receipt Enter(Transaction transaction, TransactionOutcome outcome, IReadOnlyList<Log> logs)
    {
        Used = new BlockUsage(Used.Gas + outcome.GasUsed, Used.BlobGas + transaction.BlobGas);
        Receipt receipt = new(transaction.Type, outcome.IsSuccess, Used.Gas, logs);
        _receipts.Add(receipt);
        return receipt;
    }

    /// <summary>Executes a transaction. Also one with which a number leaves its range leaves no trace.</summary>
    private Invalid<TransactionRule>? Run<TTracer>(Transaction transaction, in Address sender, ref TTracer tracer, out TransactionOutcome? outcome)
        where TTracer : struct, ITracer
    {
        try
        {
            return _executor.Execute(transaction, sender, Used, ref tracer, out outcome);
        }
        catch (OverflowException)
        {
            _state.RevertTo(default);
            throw;
        }
    }

    /// <summary>Ends the block; null when no rule is broken, and then there is a result.</summary>
    public Invalid<BlockRule>? Finish(IReadOnlyList<Withdrawal> withdrawals, out BlockResult? result)
    {
        result = null;
        Pay(withdrawals);
        RequestList requests = new();
        if ((GatherDeposits(requests) ?? Close(requests) ?? _hooks.AfterTransactions(Calls, requests)) is { } broken)
            return broken;
        result = new BlockResult(_state.ToDiff(), _receipts, _rules.HasRequests ? requests.Requests : null, Used);
        return null;
    }

    /// <summary>Calls what the fork, then what the hooks call before the first transaction. Null when no rule is broken.</summary>
    internal Invalid<BlockRule>? Open(BlockHeader header)
    {
        for (int i = 0; i < _rules.OpeningCalls.Count; i++)
        {
            OpeningCall call = _rules.OpeningCalls[i];
            Hash32 input = call.Input == OpeningInput.ParentHash ? header.ParentHash : header.ParentBeaconBlockRoot;
            _ = _executor.CallAsSystem(call.Contract, input.AsSpan());
        }
        return _hooks.BeforeTransactions(Calls);
    }

    /// <summary>Credits the withdrawals. An account that stays empty, having got nothing, is not made. spec: EIP-4895</summary>
    private void Pay(IReadOnlyList<Withdrawal> withdrawals)
    {
        _state.BeginTransaction();
        for (int i = 0; i < withdrawals.Count; i++)
        {
            AccountState account = _state[withdrawals[i].Address];
            _state.SetBalance(account, account.Balance + withdrawals[i].Wei);
        }
        _state.EndTransaction();
    }

    private Invalid<BlockRule>? GatherDeposits(RequestList requests)
    {
        if (!_rules.HasRequests)
            return null;
        byte[] deposit = new byte[DepositLog.RequestLength];
        List<byte> deposits = [];
        foreach (Receipt receipt in _receipts)
        {
            foreach (Log log in receipt.Logs)
            {
                if (log.Address != _chain.DepositContract || !DepositLog.IsDeposit(log))
                    continue;
                if (!DepositLog.TryRead(log.Payload.Span, deposit))
                    return new(BlockRule.InvalidDepositEventLayout, $"a deposit's log of {log.Payload.Length} bytes, after {deposits.Count / deposit.Length} good ones");
                deposits.AddRange(deposit);
            }
        }
        requests.Add(ExecutionRequest.Deposit, deposits.ToArray());
        return null;
    }

    /// <summary>Calls what the fork calls after the last transaction: what each returns is a request. spec: EIP-7002, EIP-7251</summary>
    private Invalid<BlockRule>? Close(RequestList requests)
    {
        for (int i = 0; i < _rules.ClosingCalls.Count; i++)
        {
            ClosingCall call = _rules.ClosingCalls[i];
            if (_executor.CallAsSystem(call.Contract, []) is not { } outcome)
                return new(BlockRule.SystemContractEmpty, $"no code at {call.Contract}");
            if (!outcome.IsSuccess)
                return new(BlockRule.SystemContractCallFailed, $"{call.Contract} ended with {outcome.Halt}");
            requests.Add(call.RequestType, outcome.Output);
        }
        return null;
    }
}
