using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Flashback.Primitives;

namespace Flashback.Cryptography.Fields;

/// <summary>Integers of a few limbs, least significant first, to and from bytes.</summary>
internal static class LimbCodec
{
    /// <summary>Fills all limbs from a big-endian integer of at most as many bytes.</summary>
    public static void ReadBigEndian(ReadOnlySpan<byte> bytes, Span<ulong> limbs)
    {
        Span<byte> padded = stackalloc byte[8 * limbs.Length];
        padded[..^bytes.Length].Clear();
        bytes.CopyTo(padded[^bytes.Length..]);
        for (int i = 0; i < limbs.Length; i++)
            limbs[i] = BinaryPrimitives.ReadUInt64BigEndian(padded[^(8 * (i + 1))..]);
    }

    /// <summary>Writes all limbs as a big-endian integer into the first bytes.</summary>
    public static void WriteBigEndian(ReadOnlySpan<ulong> limbs, Span<byte> bytes)
    {
        for (int i = 0; i < limbs.Length; i++)
            BinaryPrimitives.WriteUInt64BigEndian(bytes[(8 * (limbs.Length - 1 - i))..], limbs[i]);
    }

    /// <summary>Cuts words of 64 bits into limbs of so many; what lies beyond the last limb is dropped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    public static void Cut(ReadOnlySpan<ulong> words, int bits, Span<ulong> limbs)
    {
        for (int limb = 0; limb < limbs.Length; limb++)
        {
            int bit = limb * bits, word = bit / 64, shift = bit % 64;
            ulong low = words[word] >> shift;
            ulong high = shift > 64 - bits && word + 1 < words.Length ? words[word + 1] << (64 - shift) : 0;
            limbs[limb] = (low | high) & ((1UL << bits) - 1);
        }
    }

    /// <summary>Fills all limbs from a little-endian integer of exactly as many bytes.</summary>
    public static void ReadLittleEndian(ReadOnlySpan<byte> bytes, Span<ulong> limbs)
    {
        for (int i = 0; i < limbs.Length; i++)
            limbs[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(8 * i)..]);
    }

    /// <summary>Writes all limbs as a little-endian integer into the first bytes.</summary>
    public static void WriteLittleEndian(ReadOnlySpan<ulong> limbs, Span<byte> bytes)
    {
        for (int i = 0; i < limbs.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[(8 * i)..], limbs[i]);
    }

    /// <summary>Whether a &lt; b; both have the same number of limbs. No branch on their values.</summary>
    public static bool IsBelow(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b)
    {
        ulong borrow = 0;
        for (int i = 0; i < a.Length; i++)
            WideMath.SubtractBorrow(a[i], b[i], ref borrow);
        return borrow != 0;
    }

    /// <summary>Whether x &gt; (modulus − 1)/2, that is 2x &gt; modulus, for an x below it. No branch on its value.</summary>
    public static bool ExceedsHalf(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> modulus)
    {
        ulong borrow = 0, below = 0;
        for (int i = 0; i < x.Length; i++)
        {
            WideMath.SubtractBorrow(modulus[i], (x[i] << 1) | below, ref borrow);
            below = x[i] >> 63;
        }
        return (borrow | below) != 0;
    }
}
