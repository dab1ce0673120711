using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Flashback.Primitives;

/// <summary>The codec of a collection with a layout of its own.</summary>
/// <param name="bound">Vector or list, and of how many.</param>
/// <param name="preset">The preset that bounds collections in its elements; null where none does.</param>
public readonly struct SszCollection<T>(SszBound bound, ISszPreset? preset = null) : ISszCodec<T>
    where T : ISszCollection<T>
{
    /// <inheritdoc/>
    public static bool IsBasic => false;

    /// <inheritdoc/>
    public static bool IsPlain => false;

    /// <inheritdoc/>
    public bool IsFixedSize => FixedLength > 0;

    /// <inheritdoc/>
    public int FixedLength => T.FixedLength(bound, preset);

    /// <inheritdoc/>
    public SszShape Shape => T.Shape(bound, preset);

    /// <inheritdoc/>
    public int LengthOf(in T value) => value.LengthOf(bound, preset);

    /// <inheritdoc/>
    public int Write(in T value, Span<byte> output) => value.Write(bound, preset, output);

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out T value, out SszFault fault) => T.TryRead(input, bound, preset, out value, out fault);

    /// <inheritdoc/>
    public Hash32 RootOf(in T value) => value.RootOf(bound, preset);

    /// <inheritdoc/>
    public void WriteRoots(ReadOnlySpan<T> values, Span<byte> roots) => SszPlain.WriteRootsOneByOne(this, values, roots);

    /// <inheritdoc/>
    public Hash32 NodeAt(in T value, ulong index) => value.NodeAt(bound, preset, index);

    /// <inheritdoc/>
    public void WriteJson(in T value, Utf8JsonWriter writer) => value.WriteJson(bound, preset, writer);

    /// <inheritdoc/>
    public bool TryReadJson(ref Utf8JsonReader reader, [MaybeNullWhen(false)] out T value, out SszFault fault) => T.TryReadJson(ref reader, bound, preset, out value, out fault);
}
