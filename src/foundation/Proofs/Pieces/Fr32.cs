using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Flashback.Proofs;

/// <summary>Fr32: two zero bits after every 254 bits of data, so that every 32 bytes are an element of BLS12-381's scalar field.</summary>
/// <remarks>
/// Bits count from the lowest of the first byte. 127 bytes become 128:
/// <code>
/// in   |---- 254 ----|---- 254 ----|---- 254 ----|---- 254 ----|          1016 bits
/// out  |---- 254 ----00|---- 254 ----00|---- 254 ----00|---- 254 ----00|  1024 bits
/// </code>
/// Source: rust-fil-proofs, fr32.
/// </remarks>
public static class Fr32
{
    /// <summary>Bytes of data in a group of four nodes.</summary>
    public const int UnpaddedGroup = 127;

    /// <summary>Bytes of a group of four nodes.</summary>
    public const int PaddedGroup = 128;

    private const ulong TopMask = ulong.MaxValue >> 2;

    /// <summary>How many bytes <paramref name="length"/> bytes of data become: whole nodes of 32 bytes.</summary>
    public static long PaddedLength(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        (long groups, long rest) = Math.DivRem(length, UnpaddedGroup);
        return groups * PaddedGroup + (8 * rest + 253) / 254 * 32;
    }

    /// <summary>Pads data of any length; the last node is filled with zeros.</summary>
    /// <param name="data">The bytes as their owner has them.</param>
    /// <param name="padded">Exactly <see cref="PaddedLength"/> bytes.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public static void Pad(ReadOnlySpan<byte> data, Span<byte> padded)
    {
        if (padded.Length != PaddedLength(data.Length))
            throw new ArgumentException($"{data.Length} bytes do not pad to {padded.Length}");
        for (; data.Length >= UnpaddedGroup; data = data[UnpaddedGroup..], padded = padded[PaddedGroup..])
            PadGroup(data[..UnpaddedGroup], padded[..PaddedGroup]);
        if (data.IsEmpty)
            return;
        Span<byte> group = stackalloc byte[UnpaddedGroup];
        Span<byte> nodes = stackalloc byte[PaddedGroup];
        group.Clear();
        data.CopyTo(group);
        PadGroup(group, nodes);
        nodes[..padded.Length].CopyTo(padded);
    }

    /// <summary>Drops the padding of whole groups.</summary>
    /// <param name="padded">n × 128 bytes; the two top bits of each node are ignored.</param>
    /// <param name="data">n × 127 bytes.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public static void Unpad(ReadOnlySpan<byte> padded, Span<byte> data)
    {
        if (padded.Length % PaddedGroup != 0 || data.Length != padded.Length / PaddedGroup * UnpaddedGroup)
            throw new ArgumentException($"{padded.Length} padded bytes do not hold {data.Length}");
        for (; padded.Length > 0; data = data[UnpaddedGroup..], padded = padded[PaddedGroup..])
            UnpadGroup(padded[..PaddedGroup], data[..UnpaddedGroup]);
    }

    /// <summary>Pads a stream to its end; returns how many bytes were read.</summary>
    public static long Pad(Stream data, Stream padded) => Convert(data, padded, UnpaddedGroup, Pad);

    /// <summary>Drops the padding of a stream to its end; returns how many bytes were read.</summary>
    /// <exception cref="InvalidDataException">The stream is no whole number of 128-byte groups.</exception>
    public static long Unpad(Stream padded, Stream data) => Convert(padded, data, PaddedGroup, Unpad);

    private delegate void Conversion(ReadOnlySpan<byte> from, Span<byte> to);

    private static long Convert(Stream from, Stream to, int group, Conversion convert)
    {
        byte[] input = new byte[512 * group];
        byte[] output = new byte[512 * PaddedGroup];
        long total = 0;
        int read;
        while ((read = from.ReadAtLeast(input, input.Length, throwOnEndOfStream: false)) > 0)
        {
            if (group == PaddedGroup && read % PaddedGroup != 0)
                throw new InvalidDataException($"padded data ends {read % PaddedGroup} bytes into a group of {PaddedGroup}");
            int written = (int)(group == PaddedGroup ? read / PaddedGroup * UnpaddedGroup : PaddedLength(read));
            convert(input.AsSpan(0, read), output.AsSpan(0, written));
            to.Write(output, 0, written);
            total += read;
        }
        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a piece is hashed before the tiers get to it: PieceBenchmarks
    private static void PadGroup(ReadOnlySpan<byte> data, Span<byte> nodes)
    {
        ulong last = 0;
        for (int node = 0; node < 4; node++)
        {
            // Node n begins 2n bits before word 4n; the bits missing there are the top ones of the word before.
            int shift = 2 * node;
            for (int i = 0; i < 4; i++)
            {
                int word = 4 * node + i;
                ulong next = word < 15
                    ? BinaryPrimitives.ReadUInt64LittleEndian(data[(8 * word)..])
                    : BinaryPrimitives.ReadUInt64LittleEndian(data[119..]) >> 8;
                ulong bits = node == 0 ? next : (last >> (64 - shift)) | (next << shift);
                BinaryPrimitives.WriteUInt64LittleEndian(nodes[(8 * word)..], i == 3 ? bits & TopMask : bits);
                last = next;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // as PadGroup
    private static void UnpadGroup(ReadOnlySpan<byte> nodes, Span<byte> data)
    {
        for (int word = 0; word < 16; word++)
        {
            int node = word / 4;
            ulong bits = BinaryPrimitives.ReadUInt64LittleEndian(nodes[(8 * word)..]);
            if (word % 4 == 3)
                bits &= TopMask;
            bits >>= 2 * node;
            // The top bits of a word come from the next one's low bits: in the last word of a node two more than in the others.
            int missing = word % 4 == 3 ? 2 * node + 2 : 2 * node;
            if (word < 15 && missing > 0)
                bits |= BinaryPrimitives.ReadUInt64LittleEndian(nodes[(8 * (word + 1))..]) << (64 - missing);
            if (word < 15)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(data[(8 * word)..], bits);
                continue;
            }
            for (int i = 0; i < 7; i++)
                data[120 + i] = (byte)(bits >> (8 * i));
        }
    }
}
