namespace Flashback.Provider;

/// <summary>How a step ended.</summary>
public enum StepResult
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>Its time has not come: no failure.</summary>
    NotYet,

    /// <summary>It failed and is done again.</summary>
    Failed,

    /// <summary>What it rests on has changed: an earlier step is done again.</summary>
    Stale,

    /// <summary>The chain does not want it any more.</summary>
    Over,
}

/// <summary>How a step ended for one item, and what is known now.</summary>
/// <param name="Result">How.</param>
/// <param name="Details">What is kept with the item from now on.</param>
/// <param name="Reason">Why, where it is not done: for people.</param>
public sealed record StepOutcome(StepResult Result, WorkDetails Details, string? Reason = null)
{
    /// <summary>Of a step whose time has not come: when it may have; null for the next slot.</summary>
    public DateTimeOffset? NotBefore { get; init; }
}
