using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>A filter of 2048 bits over the addresses and topics of logs: it may say yes wrongly, never no. spec: Ethereum Yellow Paper, section 4.3.1</summary>
[InlineArray(ByteLength)]
public struct LogBloom : IFixedBytes<LogBloom>
{
    private const int ByteLength = 256;
    private const int BitMask = 8 * ByteLength - 1;

    private byte _first;

    /// <summary>The filter of these logs.</summary>
    public static LogBloom Of(IReadOnlyList<Log> logs)
    {
        LogBloom bloom = default;
        for (int i = 0; i < logs.Count; i++)
        {
            bloom.Add(logs[i].Address.AsSpan());
            for (int topic = 0; topic < logs[i].Topics.Count; topic++)
                bloom.Add(logs[i].Topics[topic].AsSpan());
        }
        return bloom;
    }

    /// <summary>True when logs with this address or topic may be among those it was made of.</summary>
    public readonly bool MayContain(ReadOnlySpan<byte> addressOrTopic)
    {
        LogBloom asked = default;
        asked.Add(addressOrTopic);
        return (this | asked) == this;
    }

    /// <inheritdoc/>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsSpan() => MemoryMarshal.CreateReadOnlySpan(in _first, ByteLength);

    /// <inheritdoc/>
    public readonly bool Equals(LogBloom other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is LogBloom other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(AsSpan());
        return hash.ToHashCode();
    }

    /// <summary>Bytewise order, first byte first.</summary>
    public readonly int CompareTo(LogBloom other) => AsSpan().SequenceCompareTo(other.AsSpan());

    /// <summary>Hexadecimal text with the prefix "0x".</summary>
    public override readonly string ToString() => Hex.Encode(AsSpan());

    /// <summary>The filter of the logs of both.</summary>
    public static LogBloom operator |(in LogBloom left, in LogBloom right)
    {
        LogBloom both = left;
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>((Span<byte>)both);
        ReadOnlySpan<ulong> more = MemoryMarshal.Cast<byte, ulong>(right.AsSpan());
        for (int i = 0; i < words.Length; i++)
            words[i] |= more[i];
        return both;
    }

    /// <summary>Equal byte for byte.</summary>
    public static bool operator ==(in LogBloom left, in LogBloom right) => left.Equals(right);

    /// <summary>Different in at least one byte.</summary>
    public static bool operator !=(in LogBloom left, in LogBloom right) => !left.Equals(right);

    /// <summary>Sets the three bits that the first three pairs of bytes of the hash name, counted from the end.</summary>
    private void Add(ReadOnlySpan<byte> addressOrTopic)
    {
        Hash32 hash = Keccak.Hash256(addressOrTopic);
        ReadOnlySpan<byte> pairs = hash.AsSpan();
        for (int i = 0; i < 6; i += 2)
        {
            int bit = (pairs[i] << 8 | pairs[i + 1]) & BitMask;
            this[ByteLength - 1 - bit / 8] |= (byte)(1 << bit % 8);
        }
    }
}
