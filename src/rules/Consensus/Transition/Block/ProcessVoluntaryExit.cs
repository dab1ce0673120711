using Flashback.Primitives;

namespace Flashback.Consensus;

internal sealed partial class BlockTransition<TVerifier>
{
    /// <summary>A validator that asks for it leaves. spec: cs/electra/beacon-chain#modified-process_voluntary_exit</summary>
    public Invalid<TransitionRule>? ProcessVoluntaryExit(SignedVoluntaryExit signed)
    {
        VoluntaryExit exit = signed.Message;
        if ((Known(exit.ValidatorIndex) ?? CheckExit(exit)) is { } invalid)
            return invalid;
        // Signed under Capella's version for ever, so that an exit can be kept in a drawer. spec: EIP-7044
        Hash32 domain = cached.GetFixedDomain(DomainType.VoluntaryExit, cached.Config.CapellaForkVersion);
        if (_signatures.Add(TransitionRule.ExitSignature, cached, exit.ValidatorIndex, Signing.ComputeSigningRoot(exit.HashTreeRoot(), domain), signed.Signature) is { } unsigned)
            return unsigned;
        cached.InitiateValidatorExit(exit.ValidatorIndex);
        return null;
    }

    private Invalid<TransitionRule>? CheckExit(VoluntaryExit exit)
    {
        Validator validator = State.Validators[(int)exit.ValidatorIndex.Value];
        Epoch current = cached.GetCurrentEpoch();
        if (!validator.IsActiveAt(current))
            return new(TransitionRule.ExitNotActive, $"{exit.ValidatorIndex}");
        if (validator.ExitEpoch != Epoch.FarFuture)
            return new(TransitionRule.ExitAlreadyInitiated, $"{exit.ValidatorIndex} at {validator.ExitEpoch}");
        if (current < exit.Epoch)
            return new(TransitionRule.ExitTooEarly, $"{exit.Epoch} at {current}");
        if (current < validator.ActivationEpoch + cached.Config.ShardCommitteePeriod)
            return new(TransitionRule.ExitTooYoung, $"active since {validator.ActivationEpoch} at {current}");
        Gwei pending = State.GetPendingBalanceToWithdraw(exit.ValidatorIndex);
        return pending == Gwei.Zero ? null : new(TransitionRule.ExitPendingWithdrawals, $"{pending} wait");
    }
}
