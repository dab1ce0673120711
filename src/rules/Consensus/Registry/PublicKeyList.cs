using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>The keys of a sync committee. Immutable: states share it.</summary>
public sealed class PublicKeyList : ISszCollection<PublicKeyList>
{
    private readonly Bytes48[] _keys;

    /// <summary>These keys; the array must not change any more.</summary>
    public PublicKeyList(Bytes48[] keys) => _keys = keys;

    /// <summary>The keys, in the committee's order.</summary>
    public ReadOnlySpan<Bytes48> AsSpan() => _keys;

    static int ISszCollection<PublicKeyList>.FixedLength(SszBound bound, ISszPreset? preset) => Array(bound).FixedLength;

    static SszShape ISszCollection<PublicKeyList>.Shape(SszBound bound, ISszPreset? preset) => Array(bound).Shape;

    static bool ISszCollection<PublicKeyList>.TryRead(ReadOnlySpan<byte> input, SszBound bound, ISszPreset? preset, [MaybeNullWhen(false)] out PublicKeyList value, out SszFault fault)
    {
        value = Array(bound).TryDecode(input, out Bytes48[]? keys, out fault) ? new PublicKeyList(keys) : null;
        return value is not null;
    }

    int ISszCollection<PublicKeyList>.LengthOf(SszBound bound, ISszPreset? preset) => Array(bound).LengthOf(in _keys);

    int ISszCollection<PublicKeyList>.Write(SszBound bound, ISszPreset? preset, Span<byte> output) => Array(bound).Write(in _keys, output);

    Hash32 ISszCollection<PublicKeyList>.RootOf(SszBound bound, ISszPreset? preset) => Array(bound).RootOf(in _keys);

    Hash32 ISszCollection<PublicKeyList>.NodeAt(SszBound bound, ISszPreset? preset, ulong index) => Array(bound).NodeAt(in _keys, index);

    static bool ISszCollection<PublicKeyList>.TryReadJson(ref Utf8JsonReader reader, SszBound bound, ISszPreset? preset, [MaybeNullWhen(false)] out PublicKeyList value, out SszFault fault)
    {
        value = Array(bound).TryReadJson(ref reader, out Bytes48[]? keys, out fault) ? new PublicKeyList(keys) : null;
        return value is not null;
    }

    void ISszCollection<PublicKeyList>.WriteJson(SszBound bound, ISszPreset? preset, Utf8JsonWriter writer) => Array(bound).WriteJson(in _keys, writer);

    private static SszArray<Bytes48, SszBytes<Bytes48>> Array(SszBound bound) => new(bound);
}
