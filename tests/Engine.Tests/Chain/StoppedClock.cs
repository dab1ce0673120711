namespace Flashback.Engine.Tests.Chain;

/// <summary>It is always the same second.</summary>
internal sealed class StoppedClock(long unixSeconds) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(unixSeconds);
}
