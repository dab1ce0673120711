namespace Flashback.Primitives;

/// <summary>A root that was found. Copies of a collection share it until one of them changes, so who has seen it knows at a glance that nothing has.</summary>
/// <param name="value">The root.</param>
public sealed class KnownRoot(Hash32 value)
{
    /// <summary>The root.</summary>
    public Hash32 Value { get; } = value;
}

/// <summary>A collection that remembers its root.</summary>
public interface IKnowsRoot
{
    /// <summary>The root as it was last asked for; null when the collection has changed since, or was never asked.</summary>
    KnownRoot? KnownRoot { get; }
}
