using Flashback.Primitives;

namespace Flashback.Consensus;

internal sealed partial class BlockTransition<TVerifier>
{
    /// <summary>Who voted twice, or around an own vote, is slashed. spec: cs/phase0/beacon-chain#process_attester_slashing</summary>
    public Invalid<TransitionRule>? ProcessAttesterSlashing(AttesterSlashing slashing)
    {
        if (!Predicates.IsSlashable(slashing.Attestation1.Data, slashing.Attestation2.Data))
            return new(TransitionRule.AttesterSlashingNotSlashable, $"targets {slashing.Attestation1.Data.Target.Epoch} and {slashing.Attestation2.Data.Target.Epoch}");
        if ((AddIndexedAttestation(slashing.Attestation1) ?? AddIndexedAttestation(slashing.Attestation2)) is { } invalid)
            return invalid;
        bool slashedAny = false;
        ReadOnlySpan<ValidatorIndex> second = slashing.Attestation2.AttestingIndices;
        foreach (ValidatorIndex index in slashing.Attestation1.AttestingIndices)
        {
            // Both are sorted: that was checked.
            if (second.BinarySearch(index) < 0 || !State.Validators[(int)index.Value].IsSlashableAt(cached.GetCurrentEpoch()))
                continue;
            cached.SlashValidator(index);
            slashedAny = true;
        }
        return slashedAny ? null : new(TransitionRule.AttesterSlashingNobody, "no validator voted in both that can still be slashed");
    }

    /// <summary>spec: cs/phase0/beacon-chain#is_valid_indexed_attestation</summary>
    public Invalid<TransitionRule>? AddIndexedAttestation(IndexedAttestation attestation)
    {
        ValidatorIndex[] indices = attestation.AttestingIndices;
        if (indices.Length == 0)
            return new(TransitionRule.IndexedAttestationIndices, "nobody");
        for (int i = 1; i < indices.Length; i++)
        {
            if (indices[i] <= indices[i - 1])
                return new(TransitionRule.IndexedAttestationIndices, $"{indices[i]} after {indices[i - 1]}");
        }
        if (Known(indices[^1]) is { } unknown)
            return unknown;
        int[] signers = Array.ConvertAll(indices, index => (int)index.Value);
        return _signatures.AddAggregate(TransitionRule.IndexedAttestationSignature, cached, signers, SigningRootOf(attestation.Data), attestation.Signature);
    }

    private Hash32 SigningRootOf(in AttestationData data) =>
        Signing.ComputeSigningRoot(data.HashTreeRoot(), cached.GetDomain(DomainType.BeaconAttester, data.Target.Epoch));
}
