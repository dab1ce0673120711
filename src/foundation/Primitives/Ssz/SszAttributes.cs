namespace Flashback.Primitives;

/// <summary>
/// Makes a partial class, record or struct an SSZ container: its public properties with a setter, in the order they are written, are the fields.
/// Codec, Merkle root, generalized indices and JSON are generated. spec: cs/ssz/simple-serialize#composite-types
/// </summary>
/// <remarks>
/// A field's type is an unsigned number, a boolean, a struct marked <see cref="ISszNumber"/>, a fixed byte string, another container, or, with
/// a bound, an array of such, <see cref="Bits"/> or any <see cref="ISszCollection{TSelf}"/>.
/// </remarks>
/// <param name="preset">The preset type whose properties bound the collections here or in a container below; null where no length depends on a preset.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class SszContainerAttribute(Type? preset = null) : Attribute
{
    /// <summary>The preset type, or null.</summary>
    public Type? Preset { get; } = preset;

    /// <summary>Whether a value keeps its root once it is found: for classes that nobody changes and whose root is asked for again and again.</summary>
    public bool RemembersRoot { get; init; }

    /// <summary>Whether a value keeps the roots of its fields, 64 at most: for a class that changes a little between one root and the next. Its copies take them along with the generated <c>TakeFieldMemory</c>.</summary>
    public bool RemembersFields { get; init; }
}

/// <summary>The field's name in the specification, and so in JSON, where it is not the property's in snake case: <c>pubkey</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SszNameAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;
}

/// <summary>
/// The field, a collection, is there only on networks whose preset says so: elsewhere it is neither written nor read, and its leaf is zero. It may not be the first of
/// twice as many leaves, so that the depth of the tree is the same everywhere.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SszOnlyIfAttribute(string presetProperty) : Attribute
{
    /// <summary>The name of the preset's property that says it.</summary>
    public string PresetProperty { get; } = presetProperty;
}

/// <summary>The collection is a List or a Bitlist with this limit.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class SszListAttribute : Attribute
{
    /// <summary>The limit is the same on every network.</summary>
    public SszListAttribute(ulong limit) => Limit = limit;

    /// <summary>The limit is this property of the container's preset.</summary>
    public SszListAttribute(string presetProperty) => PresetProperty = presetProperty;

    /// <summary>The limit, where no preset decides it.</summary>
    public ulong Limit { get; }

    /// <summary>The name of the preset's property with the limit, or null.</summary>
    public string? PresetProperty { get; }

    /// <summary>0 for the collection itself, 1 for the collections that are its elements, and so on.</summary>
    public int Depth { get; init; }
}

/// <summary>The collection is a Vector or a Bitvector of this length.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class SszVectorAttribute : Attribute
{
    /// <summary>The length is the same on every network.</summary>
    public SszVectorAttribute(ulong length) => Length = length;

    /// <summary>The length is this property of the container's preset.</summary>
    public SszVectorAttribute(string presetProperty) => PresetProperty = presetProperty;

    /// <summary>The length, where no preset decides it.</summary>
    public ulong Length { get; }

    /// <summary>The name of the preset's property with the length, or null.</summary>
    public string? PresetProperty { get; }

    /// <summary>0 for the collection itself, 1 for the collections that are its elements, and so on.</summary>
    public int Depth { get; init; }
}
