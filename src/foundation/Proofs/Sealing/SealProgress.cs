namespace Flashback.Proofs;

/// <summary>Progress through a step.</summary>
/// <param name="Step">What is being done: labels of layer 3, say.</param>
/// <param name="Total">How many nodes the step goes through.</param>
/// <param name="Done">How many more have been done since the last report.</param>
public readonly record struct SealProgress(string Step, long Total, long Done);

/// <summary>Turns counts of a loop into progress through a named step.</summary>
internal sealed class StepCounter : IProgress<long>
{
    private readonly IProgress<SealProgress> _progress;
    private readonly string _step;
    private readonly long _total;

    private StepCounter(IProgress<SealProgress> progress, string step, long total)
    {
        _progress = progress;
        _step = step;
        _total = total;
    }

    public static StepCounter? For(IProgress<SealProgress>? progress, string step, long total) => progress is null ? null : new(progress, step, total);

    public void Report(long value) => _progress.Report(new SealProgress(_step, _total, value));
}
