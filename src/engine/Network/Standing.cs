namespace Flashback.Network;

/// <summary>How far a peer is trusted: each broken rule takes a piece, each minute brings one back. Safe to share between threads.</summary>
internal sealed class Standing(TimeProvider clock)
{
    private const double Best = 20;
    private readonly Lock _gate = new();
    private double _left = Best;
    private long _since = clock.GetTimestamp();

    /// <summary>A rule was broken; true where nothing is left.</summary>
    public bool Lower()
    {
        lock (_gate)
        {
            _left = Math.Min(Best, _left + clock.GetElapsedTime(_since).TotalMinutes) - 1;
            _since = clock.GetTimestamp();
            return _left <= 0;
        }
    }
}
