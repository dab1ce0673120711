using Flashback.Client;
using Flashback.Consensus;
using Flashback.Primitives;
using Microsoft.Extensions.Logging;

namespace Flashback.Validator;

/// <summary>Does the duties of validators with the node it is given: the front door of validating. spec: cs/phase0/validator, cs/altair/validator, cs/electra/validator</summary>
/// <remarks>
/// In each slot:
/// 1. At its start a block is proposed where it is our turn; duties are brought up to date, selections signed, committees subscribed to.
/// 2. At a third, or as soon as the slot's block is the head: votes, and the sync committee's votes.
/// 3. At two thirds: aggregates and contributions; at the end of an epoch, fee recipients for the next.
/// Each is done once a slot. What fails is logged and counted, and stops nothing else. Nothing is signed before genesis, for another slot than the clock's
/// (votes: or the one before), or while the node is behind. Safe to share between threads.
/// </remarks>
public sealed partial class ValidatorService
{
    private readonly INodeClient _node;
    private readonly ConsensusConfig _config;
    private readonly Hash32 _chain;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Roster _roster = new();
    private readonly DoppelgangerWatch _watch;
    private readonly Jobs _jobs;

    /// <summary>A service without keys that does nothing yet.</summary>
    /// <param name="node">The node.</param>
    /// <param name="config">The network.</param>
    /// <param name="genesisValidatorsRoot">The chain that the keys' protection database is for.</param>
    /// <param name="options">What holds for all keys.</param>
    /// <param name="time">The time; whose timers all work begins in.</param>
    /// <param name="log">The log.</param>
    public ValidatorService(INodeClient node, ConsensusConfig config, Hash32 genesisValidatorsRoot, ValidatorOptions options, TimeProvider time, ILogger<ValidatorService> log)
    {
        (_node, _config, _chain, _time, _log) = (node, config, genesisValidatorsRoot, time, log);
        _watch = new DoppelgangerWatch(_roster, node, options.ChecksForDoppelgangers, log);
        _jobs = new Jobs(time, log);
    }

    /// <summary>Called once for each key with which somebody else was seen to sign, and which is not used any more: a reason to stop the program.</summary>
    public event Action<Doppelganger>? DoppelgangerFound
    {
        add => _watch.Found += value;
        remove => _watch.Found -= value;
    }

    /// <summary>Serves a key from the next slot on, or changes its settings. The signer remains the caller's to dispose.</summary>
    public void Add(ProtectedSigner signer, DutySettings settings) => _roster.Add(signer, settings);

    /// <summary>Serves these keys from the next slot on and no others: for whoever looks now and then at a folder whose keys come and go.</summary>
    public void Replace(IReadOnlyCollection<(ProtectedSigner Signer, DutySettings Settings)> keys) => _roster.Replace(keys);

    /// <summary>Serves a key no longer: nothing more is signed with it. False where it was not served.</summary>
    public bool Remove(Bytes48 key) => _roster.Remove(key);

    /// <summary>Does duties until it is told to stop, and ends when what was under way has ended.</summary>
    /// <exception cref="NodeException">The node is of another network.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        if (await GetGenesisAsync(stop) is not { } genesis)
            return;
        if (genesis.GenesisForkVersion != _config.GenesisForkVersion || genesis.GenesisValidatorsRoot != _chain)
            throw new NodeException(NodeFault.Refused, $"the node's chain is {genesis.GenesisValidatorsRoot} of version {genesis.GenesisForkVersion}, the keys' is {_chain} of {_config.GenesisForkVersion}");
        Turns? turns = null;
        using SlotClock clock = new(_config, genesis.GenesisTime, _time, (slot, moment) => turns!.Take(slot, moment));
        using DutyMetrics metrics = new();
        DutySigner signer = new(_roster, _config, clock, _log);
        DutyContext context = new(_node, _config, clock, _roster, new DutyBook(_node, _config.Preset), signer, metrics, _log, stop);
        turns = new Turns(context, new Upkeep(context, _watch), _jobs);
        TaskCompletionSource stopped = new();
        using CancellationTokenRegistration registration = stop.Register(stopped.SetResult);
        _node.HeadArrived += clock.BringVoteForward;
        clock.Start();
        LogStarted(_config.Name, _roster.Current.Keys.Count);
        await stopped.Task;
        _node.HeadArrived -= clock.BringVoteForward;
        clock.Dispose();
        await _jobs.WhenAllAsync();
        LogStopped();
    }

    /// <summary>Asks, once a slot, until the node answers; null where it is told to stop before.</summary>
    private async Task<NodeGenesis?> GetGenesisAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                try
                {
                    return await _node.GetGenesisAsync(stop);
                }
                catch (NodeException fault)
                {
                    LogNoGenesis(fault.Message);
                }
                await Task.Delay(TimeSpan.FromSeconds(_config.SecondsPerSlot), _time, stop);
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Validating on {Network} with {Keys} keys")]
    private partial void LogStarted(string network, int keys);

    [LoggerMessage(Level = LogLevel.Information, Message = "Validating has ended")]
    private partial void LogStopped();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The node does not say when the chain began, so there is nothing to do: {Reason}")]
    private partial void LogNoGenesis(string reason);
}
