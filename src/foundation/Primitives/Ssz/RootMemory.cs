using System.Diagnostics.CodeAnalysis;

namespace Flashback.Primitives;

/// <summary>An immutable container that keeps its root once it is found: what <see cref="SszContainerAttribute.RemembersRoot"/> asks for.</summary>
public interface IRemembersRoot
{
    /// <summary>Where the root is kept.</summary>
    ref RootMemory RootMemory { get; }
}

/// <summary>The root that one container was found to have. Safe from many threads: all find the same.</summary>
/// <remarks>Copied with a record by <c>with</c>, it knows that it belongs to another; in comparisons it does not count.</remarks>
public struct RootMemory : IEquatable<RootMemory>
{
    private sealed record Entry(object Owner, ISszPreset? Preset, Hash32 Root);

    private Entry? _entry;

    /// <summary>The root, if it was found before.</summary>
    internal readonly bool TryGet(object owner, ISszPreset? preset, out Hash32 root)
    {
        Entry? entry = _entry;
        bool isKnown = entry is not null && ReferenceEquals(entry.Owner, owner) && ReferenceEquals(entry.Preset, preset);
        root = isKnown ? entry!.Root : default;
        return isKnown;
    }

    internal void Set(object owner, ISszPreset? preset, Hash32 root) => _entry = new Entry(owner, preset, root);

    /// <summary>Always: what is remembered is no part of a value.</summary>
    public readonly bool Equals(RootMemory other) => true;

    /// <inheritdoc/>
    public override readonly bool Equals([NotNullWhen(true)] object? obj) => obj is RootMemory;

    /// <inheritdoc/>
    public override readonly int GetHashCode() => 0;

    /// <summary>Always.</summary>
    public static bool operator ==(RootMemory left, RootMemory right) => true;

    /// <summary>Never.</summary>
    public static bool operator !=(RootMemory left, RootMemory right) => false;
}
