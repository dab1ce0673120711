using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Executes transactions one after the other in one block.</summary>
/// <remarks>
/// 1. Check the transaction against the block and its sender.
/// 2. Buy the gas and the blobs: the sender's nonce rises, its balance falls.
/// 3. Warm what is known beforehand, let authorities delegate.
/// 4. Run the call or creation.
/// 5. Give back unused gas and refunds, pay the block's producer, delete what is gone.
/// spec: Ethereum Yellow Paper, section 6
/// </remarks>
public sealed class TransactionExecutor(ForkRules rules, BlockEnvironment block, JournaledState state)
{
    private const long RefundQuotient = 5; // MAX_REFUND_QUOTIENT, EIP-3529

    private static readonly EvmPool Machines = new();

    /// <summary>The first rule that a transaction breaks whatever the state and the block it comes into; null when there is none.</summary>
    public static Invalid<TransactionRule>? CheckAlone(Transaction transaction, ulong chainId, ForkRules rules) =>
        TransactionValidity.CheckAlone(transaction, IntrinsicGas.Of(transaction, rules), chainId, rules);

    /// <summary>Executes a transaction; null when it is valid, and then there is an outcome. An invalid one changes nothing.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="sender">Who signed it.</param>
    /// <param name="used">What the block has used up already.</param>
    /// <param name="outcome">What it did, if it is valid.</param>
    public Invalid<TransactionRule>? Execute(Transaction transaction, in Address sender, in BlockUsage used, out TransactionOutcome? outcome)
    {
        NoTracer tracer = default;
        return Execute(transaction, sender, used, ref tracer, out outcome);
    }

    /// <summary>As <see cref="Execute(Transaction, in Address, in BlockUsage, out TransactionOutcome?)"/>, watched.</summary>
    public Invalid<TransactionRule>? Execute<TTracer>(Transaction transaction, in Address sender, in BlockUsage used, ref TTracer tracer, out TransactionOutcome? outcome)
        where TTracer : struct, ITracer
    {
        outcome = null;
        state.BeginTransaction();
        IntrinsicGas intrinsic = IntrinsicGas.Of(transaction, rules);
        AccountState account = state[sender];
        Invalid<TransactionRule>? invalid = TransactionValidity.CheckAlone(transaction, intrinsic, block.ChainId, rules)
            ?? TransactionValidity.CheckInBlock(transaction, block, rules, used)
            ?? TransactionValidity.CheckSender(transaction, account, state, rules);
        if (invalid is null)
            outcome = Apply(transaction, sender, account, intrinsic, ref tracer);
        return invalid;
    }

    /// <summary>Does what a message would do that nobody signed, as a question: its nonce is the sender's, it may come from a contract, and no block's room is asked for.</summary>
    /// <remarks>Where it offers nothing for gas, it pays nothing.</remarks>
    /// <param name="message">The message; its signature means nothing.</param>
    /// <param name="sender">In whose name.</param>
    /// <param name="tracer">Watches, or stops it.</param>
    /// <param name="outcome">What it did, if it could begin.</param>
    public Invalid<TransactionRule>? Call<TTracer>(Transaction message, in Address sender, ref TTracer tracer, out TransactionOutcome? outcome)
        where TTracer : struct, ITracer
    {
        outcome = null;
        state.BeginTransaction();
        IntrinsicGas intrinsic = IntrinsicGas.Of(message, rules);
        AccountState account = state[sender];
        message = message with { Nonce = account.Nonce };
        Invalid<TransactionRule>? invalid = TransactionValidity.CheckMessage(message, intrinsic, block, account);
        if (invalid is null)
            outcome = Apply(message, sender, account, intrinsic, ref tracer);
        return invalid;
    }

    /// <summary>As <see cref="Call"/>, but the message keeps the rules of a transaction in a block, all but that somebody signed it.</summary>
    internal Invalid<TransactionRule>? Simulate<TTracer>(Transaction message, in Address sender, in BlockUsage used, ref TTracer tracer, out TransactionOutcome? outcome)
        where TTracer : struct, ITracer
    {
        outcome = null;
        state.BeginTransaction();
        IntrinsicGas intrinsic = IntrinsicGas.Of(message, rules);
        AccountState account = state[sender];
        Invalid<TransactionRule>? invalid = TransactionValidity.CheckSimulated(message, intrinsic, block, rules, used, account);
        if (invalid is null)
            outcome = Apply(message, sender, account, intrinsic, ref tracer);
        return invalid;
    }

    private TransactionOutcome Apply<TTracer>(Transaction transaction, in Address sender, AccountState account, in IntrinsicGas intrinsic, ref TTracer tracer)
        where TTracer : struct, ITracer
    {
        UInt256 gasPrice = PriceOf(transaction);
        Buy(transaction, account, gasPrice);
        Warm(transaction, account);
        foreach (Authorization authorization in transaction.Authorizations)
            Delegate(authorization);

        using EvmPool.Lease lease = Machines.Rent();
        Evm evm = lease.Machine;
        evm.Enter(rules, block, new TransactionEnvironment(sender, gasPrice, transaction.BlobHashes), state);
        Address? created = transaction.To is null ? ContractAddress.Of(sender, transaction.Nonce) : null;
        Address target = transaction.To ?? created!.Value;
        _ = state.Warm(state[target]);
        CallResult result = evm.Run(
            new CallMessage
            {
                Caller = sender,
                Target = target,
                Value = transaction.Value,
                Input = transaction.Input.Span,
                Gas = (long)transaction.GasLimit - intrinsic.Execution,
                IsCreation = transaction.To is null,
            },
            ref tracer);
        ulong gasUsed = Settle(transaction, account, gasPrice, intrinsic, result);
        return new TransactionOutcome(result.Halt, gasUsed, gasPrice, evm.Output.ToArray(), [.. state.Logs], created);
    }

    /// <summary>Calls a contract as the protocol itself: it costs nobody anything and has no place among the transactions. spec: EIP-4788, EIP-2935, EIP-7002, EIP-7251</summary>
    /// <returns>Null when there is no code at the target: then nothing has happened.</returns>
    public SystemCallOutcome? CallAsSystem(in Address target, ReadOnlySpan<byte> input)
    {
        SystemCallOutcome? outcome = RunAsSystem(target, input);
        if (outcome is not null)
            state.EndTransaction();
        return outcome;
    }

    /// <summary>As <see cref="CallAsSystem"/>, but what it changes is undone: a question to a contract.</summary>
    public SystemCallOutcome? ViewAsSystem(in Address target, ReadOnlySpan<byte> input)
    {
        SystemCallOutcome? outcome = RunAsSystem(target, input);
        state.RevertTo(default);
        return outcome;
    }

    private SystemCallOutcome? RunAsSystem(in Address target, ReadOnlySpan<byte> input)
    {
        state.BeginTransaction();
        AccountState account = state[target];
        if (state.CodeOf(account).Length == 0)
            return null;
        _ = state.Warm(account);
        using EvmPool.Lease lease = Machines.Rent();
        Evm evm = lease.Machine;
        evm.Enter(rules, block, new TransactionEnvironment(SystemCallOutcome.Caller, UInt256.Zero, []), state);
        NoTracer tracer = default;
        CallResult result = evm.Run(
            new CallMessage { Caller = SystemCallOutcome.Caller, Target = target, Input = input, Gas = SystemCallOutcome.GasLimit }, ref tracer);
        return new SystemCallOutcome(result.Halt, evm.Output.ToArray());
    }

    /// <summary>Wei per gas: the base fee and as much of the priority fee as the whole fee has room for; nothing for a message that offers nothing. spec: EIP-1559</summary>
    private UInt256 PriceOf(Transaction t)
    {
        if (t.MaxFeePerGas.IsZero)
            return UInt256.Zero;
        UInt256 room = t.MaxFeePerGas - block.BaseFee;
        return block.BaseFee + (t.MaxPriorityFeePerGas < room ? t.MaxPriorityFeePerGas : room);
    }

    private void Buy(Transaction t, AccountState sender, in UInt256 gasPrice)
    {
        state.SetNonce(sender, sender.Nonce + 1);
        state.SetBalance(sender, sender.Balance - gasPrice * t.GasLimit - block.BlobBaseFee * t.BlobGas);
    }

    /// <summary>Makes warm what every transaction, and this one, is known to access. spec: EIP-2929, EIP-2930, EIP-3651</summary>
    private void Warm(Transaction t, AccountState sender)
    {
        _ = state.Warm(sender);
        _ = state.Warm(state[block.Coinbase]);
        foreach (Address precompile in rules.Precompiles.Addresses)
            _ = state.Warm(state[precompile]);
        foreach (AccessListEntry entry in t.AccessList)
        {
            AccountState account = state[entry.Address];
            _ = state.Warm(account);
            foreach (Hash32 slot in entry.Slots)
                _ = state.Warm(account, state.SlotOf(account, UInt256.ReadBigEndian(slot.AsSpan())));
        }
    }

    /// <summary>Lets an authority's account run another's code; one that is not valid is passed over. spec: EIP-7702</summary>
    private void Delegate(Authorization authorization)
    {
        bool isForChain = authorization.ChainId.IsZero || authorization.ChainId == block.ChainId;
        if (!isForChain || authorization.Nonce == ulong.MaxValue || !authorization.TryRecoverAuthority(out Address address))
            return;
        AccountState authority = state[address];
        _ = state.Warm(authority);
        Bytecode code = state.CodeOf(authority);
        if ((code.Length > 0 && !code.IsDelegation(out _)) || authority.Nonce != authorization.Nonce)
            return;
        if (authority.Exists)
            state.AddRefund(IntrinsicGas.PerAuthorization - IntrinsicGas.AuthorizationBase);
        state.SetCode(authority, authorization.Target.IsZero ? [] : Delegation.To(authorization.Target));
        state.SetNonce(authority, authority.Nonce + 1);
    }

    /// <summary>Gives back what was not used, pays the producer, and ends the transaction. Returns the gas used. spec: EIP-3529, EIP-7623</summary>
    private ulong Settle(Transaction t, AccountState sender, in UInt256 gasPrice, in IntrinsicGas intrinsic, in CallResult result)
    {
        long used = (long)t.GasLimit - result.GasLeft;
        used -= Math.Min(state.Refund, used / RefundQuotient);
        used = Math.Max(used, intrinsic.Floor);
        state.SetBalance(sender, sender.Balance + gasPrice * (t.GasLimit - (ulong)used));
        AccountState producer = state[block.Coinbase];
        UInt256 tip = gasPrice.IsZero ? UInt256.Zero : gasPrice - block.BaseFee;
        state.SetBalance(producer, producer.Balance + tip * (ulong)used);
        state.EndTransaction();
        return (ulong)used;
    }
}
