namespace Flashback.Chain;

/// <summary>Whoever decides when there is a new block, and makes it the head.</summary>
public interface IBlockProducer
{
    /// <summary>Makes blocks until it is told to stop; then ends with a whole block, and without an exception.</summary>
    /// <exception cref="InvalidOperationException">Another producer runs on the same chain.</exception>
    Task RunAsync(CancellationToken stop);
}
