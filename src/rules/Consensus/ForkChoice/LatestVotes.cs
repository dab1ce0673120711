namespace Flashback.Consensus;

/// <summary>Each validator's latest vote; those who contradicted themselves have none any more. spec: cs/phase0/fork-choice#latestmessage</summary>
internal sealed class LatestVotes
{
    private const int None = -1;

    // By validator. The place is that of the block voted for in the tree, if it is there; the epoch is that after the vote's, 0 where there was none yet.
    private int[] _places = [];
    private ulong[] _nextEpochs = [];
    private bool[] _equivocated = [];

    /// <summary>Takes a vote unless there is one from as late an epoch. spec: cs/phase0/fork-choice#update_latest_messages</summary>
    public void Update(ReadOnlySpan<int> voters, Epoch target, int place)
    {
        foreach (int voter in voters)
        {
            Reserve(voter);
            if (_equivocated[voter] || target.Value < _nextEpochs[voter])
                continue;
            _places[voter] = place;
            _nextEpochs[voter] = target.Value + 1;
        }
    }

    /// <summary>From now on the validator's votes do not count.</summary>
    public void Equivocate(int validator)
    {
        Reserve(validator);
        _equivocated[validator] = true;
        _places[validator] = None;
    }

    /// <summary>Adds every vote to its block.</summary>
    /// <param name="balances">What each validator's vote weighs, in Gwei.</param>
    /// <param name="votes">By place in the tree; added to.</param>
    public void AddTo(ReadOnlySpan<ulong> balances, Span<ulong> votes)
    {
        int count = Math.Min(balances.Length, _places.Length);
        for (int i = 0; i < count; i++)
        {
            if (_places[i] != None)
                votes[_places[i]] += balances[i];
        }
    }

    /// <summary>The tree was pruned: votes for blocks that are gone do not count, but their epochs do.</summary>
    public void Move(ReadOnlySpan<int> moved)
    {
        for (int i = 0; i < _places.Length; i++)
        {
            if (_places[i] != None)
                _places[i] = moved[_places[i]];
        }
    }

    private void Reserve(int validator)
    {
        int count = _places.Length;
        if (validator < count)
            return;
        int size = Math.Max(validator + 1, 2 * count);
        Array.Resize(ref _places, size);
        Array.Fill(_places, None, count, size - count);
        Array.Resize(ref _nextEpochs, size);
        Array.Resize(ref _equivocated, size);
    }
}
