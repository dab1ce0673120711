using Flashback.Primitives;

namespace Flashback.Consensus;

internal sealed partial class BlockTransition<TVerifier>
{
    /// <summary>The owner of a stake moves it to another validator, or lets it grow. What may not be is passed over. spec: cs/electra/beacon-chain#new-process_consolidation_request</summary>
    public Invalid<TransitionRule>? ProcessConsolidationRequest(ConsolidationRequest request)
    {
        Bytes48 sourceKey = request.SourcePublicKey, targetKey = request.TargetPublicKey;
        int source = State.Validators.IndexOf(in sourceKey);
        if (source < 0)
            return null;
        if (sourceKey == targetKey)
        {
            // A validator that consolidates with itself would leave: this only ever asks for compounding credentials.
            if (IsValidSwitchToCompoundingRequest(State.Validators[source], request.SourceAddress))
                SwitchToCompoundingValidator(source);
            return null;
        }
        int target = State.Validators.IndexOf(in targetKey);
        if (target >= 0 && HasRoomForConsolidation() && MayConsolidate(source, target, request.SourceAddress))
            Consolidate(source, target);
        return null;
    }

    private bool HasRoomForConsolidation() =>
        (ulong)State.PendingConsolidations.Count < Preset.PendingConsolidationsLimit && cached.GetConsolidationChurnLimit() > Preset.MinActivationBalance;

    private bool MayConsolidate(int sourceIndex, int targetIndex, Address owner)
    {
        Validator source = State.Validators[sourceIndex], target = State.Validators[targetIndex];
        return IsOwnedBy(in source, owner)
            && Predicates.PrefixOf(target.WithdrawalCredentials) == Predicates.CompoundingPrefix
            && HasServed(in source)
            && target.IsActiveAt(cached.GetCurrentEpoch())
            && target.ExitEpoch == Epoch.FarFuture
            && State.GetPendingBalanceToWithdraw(new((ulong)sourceIndex)) == Gwei.Zero;
    }

    private void Consolidate(int sourceIndex, int targetIndex)
    {
        Validator source = State.Validators[sourceIndex];
        Epoch exit = cached.ComputeConsolidationEpochAndUpdateChurn(source.EffectiveBalance);
        State.Validators[sourceIndex] = source with { ExitEpoch = exit, WithdrawableEpoch = exit + cached.Config.MinValidatorWithdrawabilityDelay };
        State.PendingConsolidations.Add(new PendingConsolidation(new((ulong)sourceIndex), new((ulong)targetIndex)));
    }

    /// <summary>spec: cs/electra/beacon-chain#new-is_valid_switch_to_compounding_request</summary>
    private bool IsValidSwitchToCompoundingRequest(in Validator source, Address owner) =>
        Predicates.PrefixOf(source.WithdrawalCredentials) == Predicates.AddressPrefix
        && IsOwnedBy(in source, owner)
        && source.IsActiveAt(cached.GetCurrentEpoch())
        && source.ExitEpoch == Epoch.FarFuture;

    /// <summary>What is above the activation balance waits as a deposit. spec: cs/electra/beacon-chain#new-switch_to_compounding_validator</summary>
    private void SwitchToCompoundingValidator(int index)
    {
        Validator validator = State.Validators[index];
        Hash32 credentials = Hash32.Read([Predicates.CompoundingPrefix, .. validator.WithdrawalCredentials.AsSpan()[1..]]);
        State.Validators[index] = validator with { WithdrawalCredentials = credentials };
        Gwei balance = State.Balances[index];
        if (balance <= Preset.MinActivationBalance)
            return;
        State.Balances[index] = Preset.MinActivationBalance;
        Bytes96 nobody = FixedBytes.Read<Bytes96>(Cryptography.BlsSignature.Infinity.ToBytes());
        State.PendingDeposits.Add(new PendingDeposit(validator.PublicKey, credentials, balance - Preset.MinActivationBalance, nobody, Slot.Genesis));
    }
}
