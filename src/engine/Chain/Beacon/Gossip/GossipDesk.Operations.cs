using Flashback.Consensus;
using Flashback.Network;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <content>Slashings, exits and changes of credentials: valid on the head's state, and the first for their validator.</content>
public sealed partial class GossipDesk
{
    private GossipVerdict LookAtOperation(in GossipMessage message)
    {
        OperationPool pool = _chain.OperationPool;
        switch (message.Topic.Kind)
        {
            case TopicKind.ProposerSlashing:
                if (!ProposerSlashing.TryDecode(message.Data.Span, out ProposerSlashing proposer, out SszFault fault))
                    return Undecoded(message, fault);
                return pool.HasProposerSlashing(proposer.SignedHeader1.Message.ProposerIndex)
                    ? GossipVerdict.Ignore
                    : Judge(message, trial => trial.Try(proposer), () => pool.Add(proposer), new BeaconEvent.ProposerCaught(proposer));
            case TopicKind.AttesterSlashing:
                return !AttesterSlashing.TryDecode(message.Data.Span, Preset, out AttesterSlashing? attesters, out fault)
                    ? Undecoded(message, fault)
                    : Judge(message, trial => trial.Try(attesters), () => Caught(attesters), new BeaconEvent.AttestersCaught(attesters));
            case TopicKind.VoluntaryExit:
                if (!SignedVoluntaryExit.TryDecode(message.Data.Span, out SignedVoluntaryExit exit, out fault))
                    return Undecoded(message, fault);
                return pool.HasExit(exit.Message.ValidatorIndex) ? GossipVerdict.Ignore : Judge(message, trial => trial.Try(exit), () => pool.Add(exit), new BeaconEvent.Exit(exit));
            default:
                if (!SignedBlsToExecutionChange.TryDecode(message.Data.Span, out SignedBlsToExecutionChange change, out fault))
                    return Undecoded(message, fault);
                return pool.HasChange(change.Message.ValidatorIndex)
                    ? GossipVerdict.Ignore
                    : Judge(message, trial => trial.Try(change), () => pool.Add(change), new BeaconEvent.CredentialsChange(change));
        }
    }

    private bool Caught(AttesterSlashing slashing)
    {
        _ = _chain.ForkChoice.OnAttesterSlashing(slashing);
        return _chain.OperationPool.Add(slashing, Preset);
    }

    private GossipVerdict Judge(in GossipMessage message, Func<OperationTrial<BlsVerifier>, Invalid<TransitionRule>?> tries, Func<bool> add, BeaconEvent happened)
    {
        CachedState head = _chain.StateAt(_chain.Snapshot.HeadRoot, _chain.CurrentSlot) ?? _chain.ForkChoice.StateOf(_chain.Snapshot.HeadRoot)!;
        if (tries(new OperationTrial<BlsVerifier>(head)) is { } invalid)
            return Refuse(message.Topic.Kind, new(GossipRule.Operation, invalid.ToString()));
        if (!add())
            return GossipVerdict.Ignore;
        _events.Add(happened);
        return GossipVerdict.Accept;
    }

    private GossipVerdict Undecoded(in GossipMessage message, SszFault fault) => Refuse(message.Topic.Kind, new(GossipRule.Encoding, $"{fault}"));
}
