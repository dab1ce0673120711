using Flashback.Primitives;

namespace Flashback.Consensus;

internal sealed partial class BlockTransition<TVerifier>
{
    private const int DepositTreeDepth = 32 + 1; // and the list's length

    /// <summary>A deposit by proof: its validator enters with nothing, and the amount waits for its turn. spec: cs/electra/beacon-chain#modified-process_deposit</summary>
    public Invalid<TransitionRule>? ProcessDeposit(Deposit deposit)
    {
        if (!MerkleProof.IsValidBranch(deposit.Data.HashTreeRoot(), deposit.Proof, DepositTreeDepth, State.Eth1DepositIndex, State.Eth1Data.DepositRoot))
            return new(TransitionRule.DepositProof, $"deposit {State.Eth1DepositIndex}");
        State.Eth1DepositIndex++;
        ApplyDeposit(deposit.Data);
        return null;
    }

    /// <summary>A new validator without a valid signature is passed over. spec: cs/electra/beacon-chain#modified-apply_deposit</summary>
    private void ApplyDeposit(in DepositData data)
    {
        Bytes48 key = data.PublicKey;
        if (State.Validators.IndexOf(in key) < 0)
        {
            if (!DepositSignature.IsValid(cached.Config, new(key, data.WithdrawalCredentials, data.Amount), data.Signature))
                return;
            cached.AddValidatorToRegistry(in key, data.WithdrawalCredentials, Gwei.Zero);
        }
        // Slot 0 tells it from a deposit that came as a request.
        State.PendingDeposits.Add(new PendingDeposit(key, data.WithdrawalCredentials, data.Amount, data.Signature, Slot.Genesis));
    }
}
