using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>From when on rules hold.</summary>
/// <param name="Timestamp">Of the first block under them, in seconds since 1970; 0 for the genesis block.</param>
/// <param name="Rules">The rules: a fork's, perhaps with other blobs. spec: EIP-7892</param>
public readonly record struct RulesActivation(ulong Timestamp, ForkRules Rules);

/// <summary>What distinguishes one chain from another: its number, its deposit contract, and which rules hold when.</summary>
public sealed class ChainConfig
{
    private readonly RulesActivation[] _schedule;

    /// <summary>A chain with this schedule.</summary>
    /// <param name="chainId">The chain's number. spec: EIP-155</param>
    /// <param name="depositContract">Whose logs are deposits. spec: EIP-6110</param>
    /// <param name="schedule">Rules in order of their time, the first from 0 on.</param>
    /// <exception cref="ArgumentException">The schedule is empty, does not begin at 0, or is not in order.</exception>
    public ChainConfig(ulong chainId, Address depositContract, params IReadOnlyList<RulesActivation> schedule)
    {
        ChainId = chainId;
        DepositContract = depositContract;
        _schedule = [.. schedule];
        if (_schedule.Length == 0 || _schedule[0].Timestamp != 0)
            throw new ArgumentException("a schedule begins with the rules that hold from 0 on", nameof(schedule));
        for (int i = 1; i < _schedule.Length; i++)
        {
            if (_schedule[i - 1].Timestamp >= _schedule[i].Timestamp)
                throw new ArgumentException($"the rules from {_schedule[i].Timestamp} on do not come after those from {_schedule[i - 1].Timestamp} on", nameof(schedule));
        }
    }

    /// <summary>The chain's number. spec: EIP-155</summary>
    public ulong ChainId { get; }

    /// <summary>Whose logs are deposits. spec: EIP-6110</summary>
    public Address DepositContract { get; }

    /// <summary>Which rules hold from when on, oldest first.</summary>
    public IReadOnlyList<RulesActivation> Schedule => _schedule;

    /// <summary>Ethereum's own deposit contract, on its main network and in the official tests.</summary>
    public static Address MainnetDepositContract { get; } = FixedBytes.Parse<Address>("0x00000000219ab540356cbb839cbe05303d7705fa");

    /// <summary>The rules of a block with this timestamp.</summary>
    public ForkRules RulesAt(ulong timestamp)
    {
        int at = _schedule.Length - 1;
        while (_schedule[at].Timestamp > timestamp)
            at--;
        return _schedule[at].Rules;
    }
}
