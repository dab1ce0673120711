using Flashback.Cryptography.Groth16;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>Work on a key or a proof shown among a sector's steps: a point counts as the three nodes that it is as long as.</summary>
public sealed class KeyProgress : IProgress<Groth16Progress>
{
    private const int NodesOfPoint = 3;

    private readonly IProgress<SealProgress> _steps;
    private readonly Dictionary<string, long> _done = [];

    private KeyProgress(IProgress<SealProgress> steps) => _steps = steps;

    /// <summary>Reports there; null when there is nobody to report to.</summary>
    public static KeyProgress? Of(IProgress<SealProgress>? steps) => steps is null ? null : new(steps);

    /// <inheritdoc/>
    public void Report(Groth16Progress value)
    {
        lock (_done)
        {
            long before = _done.GetValueOrDefault(value.Step);
            if (value.Done < before)
                before = 0; // the step begins again with the next partition
            _done[value.Step] = value.Done;
            _steps.Report(new SealProgress($"key: {value.Step}", NodesOfPoint * value.Total, NodesOfPoint * (value.Done - before)));
        }
    }
}
