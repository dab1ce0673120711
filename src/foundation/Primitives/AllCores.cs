namespace Flashback.Primitives;

/// <summary>Parallel loops with a thread a core and no more.</summary>
/// <remarks>Without a limit a loop takes each thread that the pool adds, and it adds one after the other while all are busy: after minutes of proving these are dozens, and nothing else on the machine gets its share.</remarks>
public static class AllCores
{
    /// <summary>What such loops are given.</summary>
    public static ParallelOptions Options { get; } = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };
}
