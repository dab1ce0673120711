using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text.Json;

namespace Flashback.Primitives;

/// <summary>Bitvector[N] and Bitlist[N]: bits packed eight to a byte, the lowest first. spec: cs/ssz/simple-serialize#bitvectorn</summary>
/// <remarks>A bitlist's encoding ends with one more set bit, which tells its length; a bitvector's has zeros up to the end of the last byte.</remarks>
public sealed class Bits : ISszCollection<Bits>, IEquatable<Bits>
{
    private const int BitsPerChunk = 8 * Merkle.ChunkLength;

    private readonly byte[] _bytes;

    /// <summary>That many bits, all clear.</summary>
    public Bits(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Count = count;
        _bytes = new byte[BytesFor(count)];
    }

    private Bits(int count, byte[] bytes)
    {
        Count = count;
        _bytes = bytes;
    }

    /// <summary>The number of bits.</summary>
    public int Count { get; }

    /// <summary>The number of bits that are set.</summary>
    public int SetCount
    {
        get
        {
            int count = 0;
            foreach (byte b in _bytes)
                count += BitOperations.PopCount(b);
            return count;
        }
    }

    /// <summary>A bit, from 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such bit.</exception>
    public bool this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return (_bytes[index >> 3] & (1 << (index & 7))) != 0;
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            byte mask = (byte)(1 << (index & 7));
            _bytes[index >> 3] = value ? (byte)(_bytes[index >> 3] | mask) : (byte)(_bytes[index >> 3] & ~mask);
        }
    }

    /// <summary>The bits packed eight to a byte, the lowest first; what is left of the last byte is zero.</summary>
    public ReadOnlySpan<byte> AsSpan() => _bytes;

    /// <summary>A copy that can be changed without changing this.</summary>
    public Bits Copy() => new(Count, [.. _bytes]);

    /// <inheritdoc/>
    public bool Equals(Bits? other) => other is not null && Count == other.Count && AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Bits);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Count);
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    static int ISszCollection<Bits>.FixedLength(SszBound bound, ISszPreset? preset) => bound.IsVector ? BytesFor(bound.VectorLength) : 0;

    static SszShape ISszCollection<Bits>.Shape(SszBound bound, ISszPreset? preset) => new SszShape.BitSequence(bound);

    static bool ISszCollection<Bits>.TryRead(ReadOnlySpan<byte> input, SszBound bound, ISszPreset? preset, [MaybeNullWhen(false)] out Bits value, out SszFault fault)
    {
        value = null;
        if (bound.IsVector)
            return TryReadVector(input, bound.VectorLength, out value, out fault);
        if (input.IsEmpty || input[^1] == 0)
            return SszSequence.Fail(SszRule.MissingDelimiter, out fault);
        int top = BitOperations.Log2(input[^1]);
        long count = (8L * (input.Length - 1)) + top;
        if (!bound.Allows(count) || count > int.MaxValue)
            return SszSequence.Fail(SszRule.AboveLimit, out fault);
        byte[] bytes = input[..BytesFor((int)count)].ToArray();
        if (top != 0)
            bytes[^1] ^= (byte)(1 << top);
        value = new Bits((int)count, bytes);
        fault = default;
        return true;
    }

    int ISszCollection<Bits>.LengthOf(SszBound bound, ISszPreset? preset) => bound.IsVector ? _bytes.Length : (Count >> 3) + 1;

    int ISszCollection<Bits>.Write(SszBound bound, ISszPreset? preset, Span<byte> output)
    {
        bound.Demand(Count);
        _bytes.CopyTo(output);
        if (bound.IsVector)
            return _bytes.Length;
        if ((Count & 7) == 0)
            output[Count >> 3] = 0;
        output[Count >> 3] |= (byte)(1 << (Count & 7));
        return (Count >> 3) + 1;
    }

    Hash32 ISszCollection<Bits>.RootOf(SszBound bound, ISszPreset? preset)
    {
        bound.Demand(Count);
        return SszSequence.Root(bound, Merkle.Root(_bytes, DepthFor(bound)), Count);
    }

    Hash32 ISszCollection<Bits>.NodeAt(SszBound bound, ISszPreset? preset, ulong index)
    {
        if (SszSequence.TryRootOrLength(bound, (ulong)Count, ref index, out Hash32? node))
            return node ?? ((ISszCollection<Bits>)this).RootOf(bound, preset);
        return SszPlain.NodeAt(_bytes, DepthFor(bound), index);
    }

    static bool ISszCollection<Bits>.TryReadJson(ref Utf8JsonReader reader, SszBound bound, ISszPreset? preset, [MaybeNullWhen(false)] out Bits value, out SszFault fault)
    {
        value = null;
        SszBound bytes = bound.IsVector ? SszBound.Vector((ulong)BytesFor(bound.VectorLength)) : SszBound.List((bound.Length / 8) + 1);
        return SszJson.TryReadHex(ref reader, bytes, out byte[] encoding, out fault) && new SszCollection<Bits>(bound, preset).TryDecode(encoding, out value, out fault);
    }

    void ISszCollection<Bits>.WriteJson(SszBound bound, ISszPreset? preset, Utf8JsonWriter writer) => SszJson.WriteHex(Ssz.Encode(new SszCollection<Bits>(bound, preset), this), writer);

    internal static int DepthFor(SszBound bound) => Merkle.DepthFor(((bound.Length - 1) / BitsPerChunk) + 1);

    private static int BytesFor(int count) => (int)(((long)count + 7) / 8);

    private static bool TryReadVector(ReadOnlySpan<byte> input, int count, [MaybeNullWhen(false)] out Bits value, out SszFault fault)
    {
        value = null;
        fault = SszPlain.HasLength(input, BytesFor(count));
        if (fault.Rule != SszRule.None)
            return false;
        if ((count & 7) != 0 && input[^1] >> (count & 7) != 0)
            return SszSequence.Fail(SszRule.PaddingBitSet, out fault);
        value = new Bits(count, input.ToArray());
        return true;
    }
}
