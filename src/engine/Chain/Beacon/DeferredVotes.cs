using Flashback.Consensus;

namespace Flashback.Chain.Beacon;

/// <summary>Votes of the present slot: they count from the next one on. One thread at a time. spec: cs/phase0/fork-choice#validate_on_attestation</summary>
internal sealed class DeferredVotes
{
    private readonly List<(AttestationData Data, int[] Voters)> _votes = [];

    /// <summary>Keeps votes until their slot is over.</summary>
    public void Add(in AttestationData data, int[] voters) => _votes.Add((data, voters));

    /// <summary>Hands over the votes of slots that are over.</summary>
    public IReadOnlyList<(AttestationData Data, int[] Voters)> TakeBefore(Slot now)
    {
        (AttestationData, int[])[] taken = [.. _votes.Where(vote => vote.Data.Slot < now)];
        _ = _votes.RemoveAll(vote => vote.Data.Slot < now);
        return taken;
    }
}
