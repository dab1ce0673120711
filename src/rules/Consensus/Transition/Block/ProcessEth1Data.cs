using Flashback.Primitives;

namespace Flashback.Consensus;

internal sealed partial class BlockTransition<TVerifier>
{
    /// <summary>The proposer's vote on deposits counts; what more than half of a period's blocks vote for holds. spec: cs/phase0/beacon-chain#process_eth1_data</summary>
    public Invalid<TransitionRule>? ProcessEth1Data(Eth1Data vote)
    {
        Rows<Eth1Data> votes = State.Eth1DataVotes;
        votes.Add(vote);
        ulong count = 0;
        for (int i = 0; i < votes.Count; i++)
        {
            if (votes[i] == vote)
                count++;
        }
        if (count * 2 > Preset.SlotsPerEth1VotingPeriod)
            State.Eth1Data = vote;
        return null;
    }
}
