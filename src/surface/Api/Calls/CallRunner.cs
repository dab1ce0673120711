using Flashback.Api.JsonRpc;
using Flashback.Api.Wire;
using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Calls;

/// <summary>A question to the code on a state, and all that may be otherwise in it.</summary>
/// <param name="Message">The message.</param>
/// <param name="At">The block on whose state it is asked.</param>
/// <param name="Accounts">What accounts shall be instead.</param>
/// <param name="Block">What the block shall be instead.</param>
internal sealed record Question(
    WireCall Message, BlockSelector At, IReadOnlyDictionary<Address, WireAccountOverride>? Accounts = null, WireBlockOverride? Block = null);

/// <summary>Executes messages that change nothing: so many at once, for so long, with so much gas.</summary>
internal sealed class CallRunner(ChainReader reader, RpcLimits limits) : IDisposable
{
    private const double GoodEnough = 0.015; // an estimate may be so much above the least, as in go-ethereum
    private const ulong Transfer = 21_000;

    private readonly SemaphoreSlim _turns = new(limits.MaxConcurrentCalls);

    public void Dispose() => _turns.Dispose();

    /// <summary>Waits for a turn. Dispose what comes to let the next in.</summary>
    public async ValueTask<Turn> WaitAsync(CancellationToken cancellation)
    {
        await _turns.WaitAsync(cancellation).ConfigureAwait(false);
        return new Turn(_turns);
    }

    /// <summary>What the message does.</summary>
    /// <exception cref="RpcException">It cannot begin.</exception>
    public async ValueTask<TransactionOutcome> CallAsync(Question question, CancellationToken cancellation)
    {
        using Turn turn = await WaitAsync(cancellation).ConfigureAwait(false);
        Stage stage = Prepare(question);
        return Run(stage, stage.Message, cancellation);
    }

    /// <summary>The least gas limit, or nearly, with which the message succeeds.</summary>
    /// <exception cref="RpcException">It succeeds with none that is allowed.</exception>
    public async ValueTask<ulong> EstimateAsync(Question question, CancellationToken cancellation)
    {
        using Turn turn = await WaitAsync(cancellation).ConfigureAwait(false);
        Stage stage = Prepare(question);
        ulong high = Math.Min(question.Message.Gas is >= Transfer ? question.Message.Gas.Value : stage.Environment.GasLimit, Math.Min(limits.MaxCallGas, stage.Rules.MaxTransactionGas));
        high = Math.Min(high, Affordable(stage));
        bool isTransfer = stage.Message is { To: { } to, Input.Length: 0, AccessList.Count: 0, Authorizations.Count: 0 }
            && !(stage.State.TryGetAccount(to, out Account target) && target.CodeHash != Keccak.OfNothing);
        if (isTransfer && high >= Transfer && TryWith(stage, Transfer, cancellation, out _))
            return Transfer;
        if (!TryWith(stage, high, cancellation, out TransactionOutcome? most))
            throw most is null ? RpcException.Refused($"gas required exceeds allowance ({high})")
                : most.Halt == Halt.OutOfGas ? RpcException.Refused($"gas required exceeds allowance ({high})") : CallFailure.Of(most);

        ulong low = most!.GasUsed - 1;
        // What is given to inner calls is all but a 64th, and some of it may come back: what it used is a first guess.
        ulong guess = (most.GasUsed + 2300) * 64 / 63;
        if (guess < high)
        {
            if (TryWith(stage, guess, cancellation, out _))
                high = guess;
            else
                low = guess;
        }
        while (low + 1 < high && (double)(high - low) / high > GoodEnough)
        {
            ulong middle = Math.Min(low + (high - low) / 2, 2 * low); // most need little
            if (TryWith(stage, middle, cancellation, out _))
                high = middle;
            else
                low = middle;
        }
        return high;
    }

    /// <summary>The message, its block and its state, ready to be executed as often as wanted.</summary>
    public Stage Prepare(Question question)
    {
        IStateView state = StateOverlay.Over(reader.State(question.At, out BlockHeader header), question.Accounts);
        ForkRules rules = PrecompileMoves.Apply(question.Accounts, reader.Chain.Config.RulesAt(question.Block?.Time ?? header.Timestamp));
        BlockEnvironment environment = EnvironmentOf(header, question.Block, question.Message.HasPrice);
        Address sender = question.Message.From ?? default;
        ulong gas = Math.Min(question.Message.Gas ?? limits.MaxCallGas, limits.MaxCallGas);
        Transaction message = (question.Message with { Gas = gas }).ToTransaction(gas, environment.BaseFee, nonce: 0, reader.Chain.Config.ChainId);
        return new Stage(state, rules, environment, sender, message);
    }

    /// <summary>Executes a message on its stage, unwatched.</summary>
    public TransactionOutcome Run(Stage stage, Transaction message, CancellationToken cancellation)
    {
        Cancellable tracer = new(cancellation);
        TransactionOutcome outcome = Run(stage, message, ref tracer, out _);
        cancellation.ThrowIfCancellationRequested();
        return outcome;
    }

    /// <summary>Executes a message on its stage, watched.</summary>
    public TransactionOutcome Run<TTracer>(Stage stage, Transaction message, ref TTracer tracer, out StateDiff diff)
        where TTracer : struct, ITracer
    {
        JournaledState journal = new(stage.State, reader.Chain.Codes);
        Invalid<TransactionRule>? invalid = new TransactionExecutor(stage.Rules, stage.Environment, journal).Call(message, stage.Sender, ref tracer, out TransactionOutcome? outcome);
        diff = journal.ToDiff();
        return invalid is null ? outcome! : throw CallFailure.Of(invalid);
    }

    private bool TryWith(Stage stage, ulong gas, CancellationToken cancellation, out TransactionOutcome? outcome)
    {
        outcome = null;
        TransactionExecutor executor = new(stage.Rules, stage.Environment, new JournaledState(stage.State, reader.Chain.Codes));
        Cancellable tracer = new(cancellation);
        Invalid<TransactionRule>? invalid = executor.Call(stage.Message with { GasLimit = gas }, stage.Sender, ref tracer, out outcome);
        cancellation.ThrowIfCancellationRequested();
        if (invalid is not null && invalid.Rule is not (TransactionRule.IntrinsicGasTooLow or TransactionRule.IntrinsicGasBelowFloorGasCost))
            throw CallFailure.Of(invalid);
        return outcome is { IsSuccess: true };
    }

    /// <summary>How much gas the sender can pay for at the price it offers.</summary>
    private static ulong Affordable(Stage stage)
    {
        if (stage.Message.MaxFeePerGas.IsZero)
            return ulong.MaxValue;
        UInt256 balance = stage.State.TryGetAccount(stage.Sender, out Account account) ? account.Balance : UInt256.Zero;
        if (balance < stage.Message.Value)
            throw RpcException.Refused("insufficient funds for transfer");
        UInt256 gas = UInt256.Divide(balance - stage.Message.Value, stage.Message.MaxFeePerGas);
        return gas.FitsUInt64 ? gas.Low : ulong.MaxValue;
    }

    /// <summary>The block that a message is executed in; without a price, gas is free there.</summary>
    public BlockEnvironment EnvironmentOf(BlockHeader header, WireBlockOverride? change, bool hasPrice)
    {
        ulong number = change?.Number ?? header.Number;
        ulong time = change?.Time ?? header.Timestamp;
        UInt256 baseFee = change?.BaseFeePerGas ?? change?.BaseFee ?? header.BaseFeePerGas;
        Ancestors hashes = new(reader.Chain.Blocks, header);
        return new BlockEnvironment(
            reader.Chain.Config.ChainId, change?.FeeRecipient ?? change?.Coinbase ?? header.Coinbase, number, time, change?.GasLimit ?? header.GasLimit,
            change?.PrevRandao ?? change?.Random ?? header.PrevRandao, hasPrice ? baseFee : UInt256.Zero,
            change?.BlobBaseFee ?? reader.Chain.Config.RulesAt(time).Blobs.BaseFee(header.ExcessBlobGas), hashes.HashOf);
    }

    /// <summary>A message where it is executed.</summary>
    internal sealed record Stage(IStateView State, ForkRules Rules, BlockEnvironment Environment, Address Sender, Transaction Message);

    /// <summary>One of the places for calls.</summary>
    internal readonly struct Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
