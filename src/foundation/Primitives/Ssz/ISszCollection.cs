using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Flashback.Primitives;

/// <summary>
/// A List or Vector that is laid out its own way: in columns, in pages that copies share, with a Merkle tree that remembers. A container's field
/// may be of any such type; <see cref="SszCollection{T}"/> makes a codec of it.
/// </summary>
/// <typeparam name="TSelf">The collection.</typeparam>
public interface ISszCollection<TSelf>
    where TSelf : ISszCollection<TSelf>
{
    /// <summary>The length of every encoding with that bound in bytes, or 0 where encodings differ in length: lists, and vectors of elements that do.</summary>
    static abstract int FixedLength(SszBound bound, ISszPreset? preset);

    /// <summary>The collection in words.</summary>
    static abstract SszShape Shape(SszBound bound, ISszPreset? preset);

    /// <summary>Reads a collection from all of the input.</summary>
    static abstract bool TryRead(ReadOnlySpan<byte> input, SszBound bound, ISszPreset? preset, [MaybeNullWhen(false)] out TSelf value, out SszFault fault);

    /// <summary>The length of the encoding in bytes.</summary>
    int LengthOf(SszBound bound, ISszPreset? preset);

    /// <summary>Writes the collection at the start of the output; returns how many bytes it took.</summary>
    /// <exception cref="ArgumentException">The bound does not allow so many elements.</exception>
    int Write(SszBound bound, ISszPreset? preset, Span<byte> output);

    /// <summary>The hash_tree_root.</summary>
    Hash32 RootOf(SszBound bound, ISszPreset? preset);

    /// <summary>A node of the tree, by its generalized index below the collection's root.</summary>
    Hash32 NodeAt(SszBound bound, ISszPreset? preset, ulong index);

    /// <summary>Reads a collection from JSON: the reader is at its first token, afterwards at its last.</summary>
    static abstract bool TryReadJson(ref Utf8JsonReader reader, SszBound bound, ISszPreset? preset, [MaybeNullWhen(false)] out TSelf value, out SszFault fault);

    /// <summary>Writes the collection as JSON.</summary>
    /// <exception cref="ArgumentException">The bound does not allow so many elements.</exception>
    void WriteJson(SszBound bound, ISszPreset? preset, Utf8JsonWriter writer);
}
