namespace Flashback.Network;

/// <summary>A peer, by the name it gave itself; within a network of one machine names are unique.</summary>
public readonly record struct PeerId(string Name)
{
    /// <summary>Longest name in bytes.</summary>
    public const int MaxLength = 64;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
