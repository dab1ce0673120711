using System.Runtime.ExceptionServices;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>Loops over ranges of a sector on all cores.</summary>
internal static class ParallelRanges
{
    /// <summary>Runs <paramref name="body"/> for each index below <paramref name="count"/>; the first exception of a worker comes out as it was thrown.</summary>
    /// <exception cref="OperationCanceledException">The work was ended early.</exception>
    public static void For(long count, Action<long> body, CancellationToken cancellation)
    {
        ParallelOptions options = new() { MaxDegreeOfParallelism = AllCores.Options.MaxDegreeOfParallelism, CancellationToken = cancellation };
        try
        {
            Parallel.For(0L, count, options, body);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    /// <summary>The same for ranges of at most <paramref name="step"/> of <paramref name="total"/> items: first item and count.</summary>
    public static void For(long total, int step, Action<long, int> body, CancellationToken cancellation) =>
        For((total + step - 1) / step, index => body(index * step, (int)Math.Min(step, total - index * step)), cancellation);
}
