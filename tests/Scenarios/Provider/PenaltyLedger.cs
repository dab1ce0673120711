using Flashback.Client;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Scenarios.Provider;

/// <summary>A penalty, and what it took from its validator's balance: the difference to the balance after the same block without its penalties.</summary>
internal sealed record ChargedPenalty(StoragePenaltyRequest Request, ulong Charged);

/// <summary>The penalties of all blocks, read as the chain grows: a node keeps states only for a while.</summary>
internal sealed class PenaltyLedger : IAsyncDisposable
{
    private readonly HttpNodeClient _beacon;
    private readonly ConsensusConfig _config;
    private readonly List<ChargedPenalty> _penalties = [];
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _following;
    private ulong _read; // blocks up to this number

    public PenaltyLedger(HttpNodeClient beacon, ConsensusConfig config)
    {
        (_beacon, _config) = (beacon, config);
        _following = FollowAsync(_stop.Token);
    }

    /// <summary>All penalties up to the head, in order.</summary>
    public async Task<IReadOnlyList<ChargedPenalty>> ReadAsync(CancellationToken cancellation)
    {
        if (_following.IsFaulted)
            await _following;
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            Stack<SignedBeaconBlock> news = [];
            SignedBeaconBlock block = await _beacon.GetBlockAsync("head", cancellation);
            for (ulong number = NumberOf(block); number > _read; number--, block = await _beacon.GetBlockAsync(block.Message.ParentRoot.ToString(), cancellation))
                news.Push(block);
            foreach (SignedBeaconBlock one in news)
            {
                if (one.Message.Body.ExecutionRequests.StoragePenalties.Length > 0)
                    await AddAsync(one, cancellation);
                _read = NumberOf(one);
            }
            return [.. _penalties];
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // what went wrong is told by the next reading
        _stop.Dispose();
        _oneAtATime.Dispose();
    }

    private async Task FollowAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(500, stop);
            _ = await ReadAsync(stop);
        }
    }

    private async Task AddAsync(SignedBeaconBlock block, CancellationToken cancellation)
    {
        SignedBeaconBlock parent = await _beacon.GetBlockAsync(block.Message.ParentRoot.ToString(), cancellation);
        BeaconState before = await _beacon.GetStateAsync(parent.Message.StateRoot, cancellation), after = await _beacon.GetStateAsync(block.Message.StateRoot, cancellation);
        BeaconState spared = WithoutPenalties(new CachedState(_config, before), block.Message);
        foreach (StoragePenaltyRequest penalty in block.Message.Body.ExecutionRequests.StoragePenalties)
        {
            int validator = Enumerable.Range(0, after.Validators.Count).Single(i => after.Validators[i].PublicKey == penalty.ValidatorPublicKey);
            _penalties.Add(new ChargedPenalty(penalty, spared.Balances[validator].Value - after.Balances[validator].Value));
        }
    }

    private static BeaconState WithoutPenalties(CachedState before, BeaconBlock block)
    {
        BeaconBlock spared = block with { Body = block.Body with { ExecutionRequests = block.Body.ExecutionRequests with { StoragePenalties = [] } } };
        Assert.Null(StateTransition.ProcessSlots(before, block.Slot, out CachedState begun));
        Assert.Null(StateTransition.ComputeStateRoot<UnverifiedSignatures>(begun, spared, new ExecutedBefore(), out Hash32 root));
        Assert.Null(StateTransition.Apply<UnverifiedSignatures>(before, new SignedBeaconBlock(spared with { StateRoot = root }, default), new ExecutedBefore(), out CachedState after));
        return after.State;
    }

    private static ulong NumberOf(SignedBeaconBlock block) => block.Message.Slot.Value == 0 ? 0 : block.Message.Body.ExecutionPayload.BlockNumber;

    private sealed class ExecutedBefore : IExecutionEngine
    {
        public bool VerifyAndNotifyNewPayload(NewPayloadRequest request) => true;
    }
}
