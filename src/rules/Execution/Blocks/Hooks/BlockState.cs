using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>The state between two transactions of a block, to look at. Of use only until the hook that got it returns.</summary>
public readonly struct BlockState
{
    private readonly TransactionExecutor _executor;
    private readonly JournaledState _state;

    internal BlockState(TransactionExecutor executor, JournaledState state) => (_executor, _state) = (executor, state);

    /// <summary>Asks a contract, in the protocol's name; what it does to the state is undone. Null when there is no code.</summary>
    public SystemCallOutcome? View(in Address target, ReadOnlySpan<byte> input) => _executor.ViewAsSystem(target, input);

    /// <summary>What an account owns, in wei.</summary>
    public UInt256 BalanceOf(in Address address) => _state[address].Balance;

    /// <summary>A word of an account's storage.</summary>
    public UInt256 SlotOf(in Address address, in UInt256 slot)
    {
        AccountState account = _state[address];
        return account.Slots[_state.SlotOf(account, slot)].Value;
    }
}

/// <summary>The way for the protocol to call contracts before the first transaction and after the last.</summary>
public readonly struct SystemCalls
{
    private readonly TransactionExecutor _executor;

    internal SystemCalls(TransactionExecutor executor, JournaledState state)
    {
        _executor = executor;
        State = new BlockState(executor, state);
    }

    /// <summary>The state as it is now.</summary>
    public BlockState State { get; }

    /// <summary>Calls a contract with 30 million gas that nobody pays; its changes hold unless it fails. Null when there is no code.</summary>
    public SystemCallOutcome? Call(in Address target, ReadOnlySpan<byte> input) => _executor.CallAsSystem(target, input);
}
