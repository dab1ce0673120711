using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Flashback.Primitives;

/// <summary>
/// An SSZ type: how values of <typeparamref name="T"/> look in bytes and in a Merkle tree. Codecs are small structs that carry the bounds of
/// their collections, put together like the type they stand for: <c>new SszArray&lt;ulong, SszNumber&lt;ulong&gt;&gt;(SszBound.List(limit))</c>.
/// </summary>
/// <remarks>
/// Bounds live in the struct, so they can come from a preset at run time, and the compiler still specialises everything else. Containers
/// have a front door of their own, made by the generator. spec: cs/ssz/simple-serialize
/// </remarks>
public interface ISszCodec<T>
{
    /// <summary>True for a number or a boolean: arrays of it are packed into chunks instead of having a leaf for each.</summary>
    static abstract bool IsBasic { get; }

    /// <summary>True when the memory of a value is its encoding and all bytes are a value, so that arrays are copied whole.</summary>
    static abstract bool IsPlain { get; }

    /// <summary>True when all values have encodings of one length, which stand in a container in place; others are pointed at by an offset.</summary>
    bool IsFixedSize { get; }

    /// <summary>The length of every encoding in bytes, where <see cref="IsFixedSize"/>; else 0.</summary>
    int FixedLength { get; }

    /// <summary>The type in words: what generalized indices are found with.</summary>
    SszShape Shape { get; }

    /// <summary>The length of a value's encoding in bytes.</summary>
    int LengthOf(in T value);

    /// <summary>Writes a value at the start of <paramref name="output"/>; returns how many bytes it took.</summary>
    /// <exception cref="ArgumentException">The value is none of its type (too many elements), or the output is too short.</exception>
    int Write(in T value, Span<byte> output);

    /// <summary>Reads a value from all of <paramref name="input"/>. Nothing but the canonical encoding is accepted, and what is allocated on the way is the input's length at most, up to a small factor.</summary>
    bool TryDecode(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out T value, out SszFault fault);

    /// <summary>The value's hash_tree_root.</summary>
    Hash32 RootOf(in T value);

    /// <summary>The hash_tree_root of each value, many hashed side by side.</summary>
    /// <param name="values">n values.</param>
    /// <param name="roots">n × 32 bytes.</param>
    void WriteRoots(ReadOnlySpan<T> values, Span<byte> roots);

    /// <summary>A node of the value's Merkle tree.</summary>
    /// <param name="value">The value.</param>
    /// <param name="index">The node's generalized index below the value's root, which is 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type has no such node.</exception>
    Hash32 NodeAt(in T value, ulong index);

    /// <summary>Writes a value as JSON. spec: cs/ssz/simple-serialize#json-mapping</summary>
    /// <exception cref="ArgumentException">The value is none of its type: it has too many elements.</exception>
    void WriteJson(in T value, Utf8JsonWriter writer);

    /// <summary>Reads a value from JSON; what is allocated on the way is the input's length at most, up to a small factor. <see cref="Ssz"/> has the front doors.</summary>
    /// <param name="reader">At the value's first token; afterwards at its last.</param>
    /// <param name="value">The value.</param>
    /// <param name="fault">What is wrong.</param>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    bool TryReadJson(ref Utf8JsonReader reader, [MaybeNullWhen(false)] out T value, out SszFault fault);
}
