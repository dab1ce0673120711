namespace Flashback.Provider;

/// <summary>Does the steps that the table names. Each may be called again after it was cut short anywhere, and asks the disk and the chain first what is done already.</summary>
public interface IWorkSteps
{
    /// <summary>How many items a step takes at once: more than one where they share a transaction.</summary>
    int BatchOf(WorkStep step);

    /// <summary>Does a step.</summary>
    /// <returns>How it ended, for each item in order.</returns>
    Task<IReadOnlyList<StepOutcome>> RunAsync(WorkStep step, IReadOnlyList<WorkItem> items, CancellationToken stop);
}
