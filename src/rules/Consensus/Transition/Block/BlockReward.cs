using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>What a block pays its proposer on the consensus layer.</summary>
/// <param name="ProposerSlashings">For proposers that it tells of.</param>
/// <param name="AttesterSlashings">For voters that it tells of.</param>
/// <param name="Attestations">For the votes in it.</param>
/// <param name="SyncAggregate">For the sync committee's votes in it; what the proposer gets as a member is not part of it.</param>
public sealed record BlockReward(Gwei ProposerSlashings, Gwei AttesterSlashings, Gwei Attestations, Gwei SyncAggregate)
{
    /// <summary>All together.</summary>
    public Gwei Total => ProposerSlashings + AttesterSlashings + Attestations + SyncAggregate;

    /// <summary>Finds what a block pays. Neither its signatures nor its state root are looked at.</summary>
    /// <param name="before">The state at the block's slot; it is not changed.</param>
    /// <param name="block">The block.</param>
    /// <param name="engine">Whoever executes the payload.</param>
    /// <param name="reward">What it pays.</param>
    public static Invalid<TransitionRule>? Of(CachedState before, BeaconBlock block, IExecutionEngine engine, out BlockReward? reward)
    {
        BlockReward? found = null;
        Invalid<TransitionRule>? invalid = StateTransition.Guard(before.Copy(), state => new BlockTransition<UnverifiedSignatures>(state, engine).MeasureReward(block, out found));
        reward = invalid is null ? found : null;
        return invalid;
    }
}

internal sealed partial class BlockTransition<TVerifier>
{
    /// <summary>Processes a block as far as it pays its proposer.</summary>
    public Invalid<TransitionRule>? MeasureReward(BeaconBlock block, out BlockReward? reward)
    {
        BeaconBlockBody body = block.Body;
        Gwei proposers = default, attesters = default, votes = default;
        Invalid<TransitionRule>? invalid = ProcessBlockHeader(block)
            ?? ProcessWithdrawals(body.ExecutionPayload)
            ?? ProcessExecutionPayload(body)
            ?? ProcessRandao(body)
            ?? ProcessEth1Data(body.Eth1Data)
            ?? Measure(() => Each(body.ProposerSlashings, ProcessProposerSlashing), out proposers)
            ?? Measure(() => Each(body.AttesterSlashings, ProcessAttesterSlashing), out attesters)
            ?? Measure(() => Each(body.Attestations, ProcessAttestation), out votes);
        reward = invalid is null ? new BlockReward(proposers, attesters, votes, SyncRewards().Proposer * (ulong)body.SyncAggregate.SyncCommitteeBits.SetCount) : null;
        return invalid;
    }

    /// <summary>What a part of the transition adds to the proposer's balance.</summary>
    private Invalid<TransitionRule>? Measure(Func<Invalid<TransitionRule>?> part, out Gwei gain)
    {
        int proposer = (int)cached.GetBeaconProposerIndex().Value;
        Gwei before = State.Balances[proposer];
        Invalid<TransitionRule>? invalid = part();
        gain = Gwei.Max(State.Balances[proposer], before) - before;
        return invalid;
    }
}
