namespace Flashback.Node;

/// <summary>What is where in the folder of a node.</summary>
internal static class NodeFolder
{
    /// <summary>Both layers' chains.</summary>
    public static string Chain(string folder) => Path.Combine(folder, "chain");

    /// <summary>What its validators have signed.</summary>
    public static string Protection(string folder) => Path.Combine(folder, "protection");

    /// <summary>The network that was begun in it, for others to join.</summary>
    public static string Network(string folder) => Path.Combine(folder, "network.json");
}
