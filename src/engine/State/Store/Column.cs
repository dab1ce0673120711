namespace Flashback.State.Store;

/// <summary>How large the values of a column are, which decides where an engine keeps them.</summary>
public enum ValueSize
{
    /// <summary>Up to some hundred bytes: kept beside their keys.</summary>
    Small,

    /// <summary>Kilobytes and more (blocks, blobs): kept apart, so that keys stay close together.</summary>
    Large,
}

/// <summary>A column family: keys of one kind, ordered bytewise. Declared once, as a static value; a store is opened with all of its columns.</summary>
/// <param name="name">Lower-case letters, digits and underscores; it is on disk and never changes.</param>
/// <param name="values">How large the values are.</param>
public sealed class Column(string name, ValueSize values = ValueSize.Small)
{
    /// <summary>The name on disk.</summary>
    public string Name { get; } = name.Length > 0 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_')
        ? name
        : throw new ArgumentException($"'{name}' is no column name: lower-case letters, digits and underscores only", nameof(name));

    /// <summary>How large the values are.</summary>
    public ValueSize Values { get; } = values;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
