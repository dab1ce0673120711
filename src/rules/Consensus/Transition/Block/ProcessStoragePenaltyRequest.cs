using Flashback.Primitives;

namespace Flashback.Consensus;

internal sealed partial class BlockTransition<TVerifier>
{
    /// <summary>A provider pays for what it does not keep out of its validator's stake, as far as that reaches; a key that is nobody's is passed over. spec: ours#5</summary>
    public Invalid<TransitionRule>? ProcessStoragePenaltyRequest(StoragePenaltyRequest request)
    {
        Bytes48 key = request.ValidatorPublicKey;
        int found = State.Validators.IndexOf(in key);
        if (found < 0)
            return null;
        ValidatorIndex index = new((ulong)found);
        State.DecreaseBalance(index, request.Amount);
        Validator validator = State.Validators[found];
        if (request.Kind == StoragePenaltyRequest.Terminate && validator.IsActiveAt(cached.GetCurrentEpoch()) && validator.ExitEpoch == Epoch.FarFuture)
            cached.InitiateValidatorExit(index);
        return null;
    }
}
