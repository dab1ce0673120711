using Flashback.Consensus;

namespace Flashback.Chain.Beacon;

/// <summary>Compares validators' verified votes, and finds those that contradict themselves. One thread at a time. spec: cs/phase0/beacon-chain#is_slashable_attestation_data</summary>
/// <remarks>Each validator's votes since the last final epoch, and of <see cref="KeptEpochs"/> before it, are kept; what contradicts an older one goes unnoticed.</remarks>
internal sealed class Slasher
{
    private const ulong KeptEpochs = 64;

    private readonly Dictionary<ValidatorIndex, List<IndexedAttestation>> _votes = [];

    /// <summary>Takes a vote in; returns the pairs that contradict each other.</summary>
    public IReadOnlyList<AttesterSlashing> Observe(IndexedAttestation vote)
    {
        HashSet<IndexedAttestation> contradicted = [];
        foreach (ValidatorIndex voter in vote.AttestingIndices)
        {
            if (!_votes.TryGetValue(voter, out List<IndexedAttestation>? earlier))
                _votes.Add(voter, earlier = []);
            bool isKnown = false;
            foreach (IndexedAttestation other in earlier)
            {
                isKnown |= other.Data == vote.Data;
                if (Predicates.IsSlashable(other.Data, vote.Data) || Predicates.IsSlashable(vote.Data, other.Data))
                    _ = contradicted.Add(other);
            }
            if (!isKnown)
                earlier.Add(vote);
        }
        return [.. contradicted.Select(other => Predicates.IsSlashable(other.Data, vote.Data) ? new AttesterSlashing(other, vote) : new AttesterSlashing(vote, other))];
    }

    /// <summary>Forgets old votes.</summary>
    public void Prune(Epoch final)
    {
        foreach (ValidatorIndex voter in _votes.Keys.ToArray())
        {
            _ = _votes[voter].RemoveAll(vote => vote.Data.Target.Epoch + KeptEpochs < final);
            if (_votes[voter].Count == 0)
                _ = _votes.Remove(voter);
        }
    }
}
