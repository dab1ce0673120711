namespace Flashback.State.Store;

/// <summary>What can be told of a store's folder without opening it.</summary>
public static class StoreFolders
{
    /// <summary>The engine that wrote it; null when no store is there.</summary>
    public static string? EngineIn(string folder)
    {
        string stamp = Path.Combine(folder, "LAYOUT");
        return File.Exists(stamp) ? File.ReadAllText(stamp).Trim().Split(' ')[^1] : null;
    }
}
