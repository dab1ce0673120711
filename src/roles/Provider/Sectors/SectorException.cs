namespace Flashback.Provider;

/// <summary>Something about a sector's folder keeps a step from being done; the message says what, for people.</summary>
public sealed class SectorException(string message, Exception? inner = null) : Exception(message, inner);
