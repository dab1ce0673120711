using Flashback.Primitives;

namespace Flashback.Consensus;

internal sealed partial class BlockTransition<TVerifier>
{
    /// <summary>Who proposed two blocks for one slot is slashed. spec: cs/phase0/beacon-chain#process_proposer_slashing</summary>
    public Invalid<TransitionRule>? ProcessProposerSlashing(ProposerSlashing slashing)
    {
        BeaconBlockHeader first = slashing.SignedHeader1.Message, second = slashing.SignedHeader2.Message;
        if (first.Slot != second.Slot)
            return new(TransitionRule.ProposerSlashingSlots, $"{first.Slot} and {second.Slot}");
        if (first.ProposerIndex != second.ProposerIndex)
            return new(TransitionRule.ProposerSlashingProposers, $"{first.ProposerIndex} and {second.ProposerIndex}");
        if (first == second)
            return new(TransitionRule.ProposerSlashingSameHeader, $"{first.Slot}");
        if (Known(first.ProposerIndex) is { } unknown)
            return unknown;
        if (!State.Validators[(int)first.ProposerIndex.Value].IsSlashableAt(cached.GetCurrentEpoch()))
            return new(TransitionRule.ProposerSlashingNotSlashable, $"{first.ProposerIndex}");
        if ((AddHeaderSignature(slashing.SignedHeader1) ?? AddHeaderSignature(slashing.SignedHeader2)) is { } invalid)
            return invalid;
        cached.SlashValidator(first.ProposerIndex);
        return null;
    }

    private Invalid<TransitionRule>? AddHeaderSignature(in SignedBeaconBlockHeader header)
    {
        Hash32 domain = cached.GetDomain(DomainType.BeaconProposer, Preset.EpochAt(header.Message.Slot));
        return _signatures.Add(TransitionRule.ProposerSlashingSignature, cached, header.Message.ProposerIndex, Signing.ComputeSigningRoot(header.Message.HashTreeRoot(), domain), header.Signature);
    }
}
