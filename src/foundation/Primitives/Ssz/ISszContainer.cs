using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Flashback.Primitives;

/// <summary>What the generator writes for a type marked <see cref="SszContainerAttribute"/>; <see cref="SszContainer{T}"/> makes a codec of it.</summary>
/// <typeparam name="TSelf">The container.</typeparam>
public interface ISszContainer<TSelf>
    where TSelf : ISszContainer<TSelf>
{
    /// <summary>The number of fields.</summary>
    static abstract int FieldCount { get; }

    /// <summary>True when all fields are of fixed size.</summary>
    static abstract bool IsFixedSize(ISszPreset? preset);

    /// <summary>The length of the part before what offsets point at: the whole encoding of a container of fixed size.</summary>
    static abstract int FixedLength(ISszPreset? preset);

    /// <summary>The fields in words.</summary>
    static abstract SszShape.Container Shape(ISszPreset? preset);

    /// <summary>Reads a container from all of the input.</summary>
    static abstract bool TryRead(ReadOnlySpan<byte> input, ISszPreset? preset, [MaybeNullWhen(false)] out TSelf value, out SszFault fault);

    /// <summary>The length of the encoding in bytes.</summary>
    int LengthOf(ISszPreset? preset);

    /// <summary>Writes the container at the start of the output; returns how many bytes it took.</summary>
    int Write(ISszPreset? preset, Span<byte> output);

    /// <summary>Writes the root of each field.</summary>
    /// <param name="preset">The preset.</param>
    /// <param name="leaves"><see cref="FieldCount"/> × 32 bytes.</param>
    void WriteLeaves(ISszPreset? preset, Span<byte> leaves);

    /// <summary>A node of the tree of one field.</summary>
    /// <param name="preset">The preset.</param>
    /// <param name="field">The field's place, from 0.</param>
    /// <param name="index">The generalized index below the field's root.</param>
    Hash32 NodeBelow(ISszPreset? preset, int field, ulong index);

    /// <summary>Reads a container from JSON: the reader is at its first token, afterwards at its last.</summary>
    static abstract bool TryReadJson(ref Utf8JsonReader reader, ISszPreset? preset, [MaybeNullWhen(false)] out TSelf value, out SszFault fault);

    /// <summary>Writes the container as JSON.</summary>
    void WriteJson(ISszPreset? preset, Utf8JsonWriter writer);
}
