using Flashback.Primitives;

namespace Flashback.Consensus;

internal sealed partial class BlockTransition<TVerifier>
{
    /// <summary>A deposit that the execution layer reports waits for its turn. spec: cs/electra/beacon-chain#new-process_deposit_request</summary>
    public Invalid<TransitionRule>? ProcessDepositRequest(DepositRequest request)
    {
        if (State.DepositRequestsStartIndex == BeaconState.UnsetDepositRequestsStartIndex)
            State.DepositRequestsStartIndex = request.Index;
        State.PendingDeposits.Add(new PendingDeposit(request.PublicKey, request.WithdrawalCredentials, request.Amount, request.Signature, State.Slot));
        return null;
    }
}
