namespace Flashback.Provider;

/// <summary>Something about a sector's folder keeps a step from being done; the message says what, for people.</summary>
public sealed class SectorException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether another process holds the folder: nothing is wrong with the sector then.</summary>
    public bool IsInUse { get; init; }
}
