namespace Flashback.State;

/// <summary>How much of the state is kept, and where.</summary>
public sealed record WorldStateOptions
{
    /// <summary>How many blocks' states before the one on disk can be read; null keeps all, as an archive does. At least 1.</summary>
    public long? KeptBlocks
    {
        get;
        init => field = value is null or >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "at least one old state is kept");
    } = 1024;

    /// <summary>How many bytes of values and nodes stay in memory.</summary>
    public long CacheBytes { get; init; } = 256 << 20;
}
