using Flashback.Primitives;

namespace Flashback.Consensus;

/// <content>The head.</content>
public sealed partial class ForkChoice<TVerifier>
{
    /// <summary>The root of the block to build on and to vote for. spec: cs/phase0/fork-choice#get_head</summary>
    public Hash32 GetHead()
    {
        SumWeights();
        _tree.FindBestChildren(IsViable);
        int place = _tree.PlaceOf(JustifiedCheckpoint.Root);
        while (_tree[place].BestChild is >= 0 and int child)
            place = child;
        return _tree[place].Root;
    }

    /// <summary>The block that a proposer builds on: the head, or its parent where the head came late and has few votes. spec: cs/phase0/fork-choice#get_proposer_head</summary>
    /// <param name="head">What <see cref="GetHead"/> says.</param>
    /// <param name="slot">The slot that is proposed for.</param>
    public Hash32 GetProposerHead(in Hash32 head, Slot slot)
    {
        BlockNode node = _tree[_tree.PlaceOf(head)];
        if (node.Parent < 0)
            return head;
        BlockNode parent = _tree[node.Parent];
        SumWeights();
        ulong committee = CommitteeWeight();
        bool isLate = !node.IsTimely;
        bool isShufflingStable = slot.Value % Preset.SlotsPerEpoch != 0;
        bool isFfgCompetitive = node.UnrealizedJustified == parent.UnrealizedJustified;
        bool isFinalizing = Preset.EpochAt(slot) - FinalizedCheckpoint.Epoch <= ReorgMaxEpochsSinceFinalization;
        bool isProposingOnTime = SecondsIntoSlot * BasisPoints <= _config.SecondsPerSlot * ProposerReorgCutoff;
        bool isSingleSlot = parent.Slot + 1 == node.Slot && node.Slot + 1 == slot;
        bool isHeadWeak = node.Weight < committee * ReorgHeadWeightThreshold / 100;
        bool isParentStrong = parent.Weight > committee * ReorgParentWeightThreshold / 100;
        return isLate && isShufflingStable && isFfgCompetitive && isFinalizing && isProposingOnTime && isSingleSlot && isHeadWeak && isParentStrong
            ? parent.Root
            : head;
    }

    private ulong SecondsIntoSlot => (Time - _genesisTime) % _config.SecondsPerSlot;

    /// <summary>spec: cs/phase0/fork-choice#get_weight</summary>
    private void SumWeights()
    {
        ulong[] votes = new ulong[_tree.Count];
        _votes.AddTo(JustifiedBalances(), votes);
        // The boost of a block that was forgotten meanwhile is lost with it.
        if (!ProposerBoostRoot.IsZero && _tree.PlaceOf(ProposerBoostRoot) is >= 0 and int boosted)
            votes[boosted] += CommitteeWeight() * ProposerScoreBoost / 100;
        _tree.SumWeights(votes);
    }

    /// <summary>What the validators of one slot weigh together. spec: cs/phase0/fork-choice#calculate_committee_fraction</summary>
    private ulong CommitteeWeight() => JustifiedState().GetTotalActiveBalance().Value / Preset.SlotsPerEpoch;

    /// <summary>Effective balances of those active and not slashed in the justified state, by validator, in Gwei; found once for a justified checkpoint.</summary>
    private ulong[] JustifiedBalances()
    {
        if (_balances.Values is not null && _balances.Of == JustifiedCheckpoint)
            return _balances.Values;
        CachedState state = JustifiedState();
        Epoch epoch = state.GetCurrentEpoch();
        ulong[] balances = new ulong[state.State.Validators.Count];
        for (int i = 0; i < balances.Length; i++)
        {
            Validator validator = state.State.Validators[i];
            if (validator.IsActiveAt(epoch) && !validator.Slashed)
                balances[i] = validator.EffectiveBalance.Value;
        }
        _balances = (JustifiedCheckpoint, balances);
        return balances;
    }

    private CachedState JustifiedState() => CheckpointState(JustifiedCheckpoint)
        ?? throw new System.Diagnostics.UnreachableException("a block that is justified is known, and slots pass on its state");

    /// <summary>Whether a block's justified and finalized checkpoints agree with ours. spec: cs/phase0/fork-choice#filter_block_tree</summary>
    private bool IsViable(BlockNode node)
    {
        Checkpoint source = VotingSource(node);
        bool agreesOnJustified = JustifiedCheckpoint.Epoch == Epoch.Genesis || source.Epoch == JustifiedCheckpoint.Epoch || source.Epoch + 2 >= CurrentEpoch;
        return agreesOnJustified && (FinalizedCheckpoint.Epoch == Epoch.Genesis || DescendsFromFinalized(_tree.PlaceOf(node.Root)));
    }

    /// <summary>spec: cs/phase0/fork-choice#get_voting_source</summary>
    private Checkpoint VotingSource(BlockNode node) => CurrentEpoch > Preset.EpochAt(node.Slot) ? node.UnrealizedJustified : node.Justified;

    private bool DescendsFromFinalized(int place) => _tree[_tree.AncestorOf(place, Preset.StartSlotOf(FinalizedCheckpoint.Epoch))].Root == FinalizedCheckpoint.Root;
}
