using System.Numerics;
using Flashback.Primitives;

namespace Flashback.Cryptography.Polynomials;

/// <summary>The permutation that swaps each element with the one whose index has the same bits in reverse.</summary>
internal static class BitReversal
{
    private const int TileBits = 4;
    private const int TiledFrom = 12;

    /// <summary>The lowest <paramref name="bits"/> bits in reverse order.</summary>
    public static int Reverse(int index, int bits)
    {
        uint x = (uint)index;
        x = ((x >> 1) & 0x55555555) | ((x & 0x55555555) << 1);
        x = ((x >> 2) & 0x33333333) | ((x & 0x33333333) << 2);
        x = ((x >> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
        x = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(x);
        return bits == 0 ? 0 : (int)(x >> (32 - bits));
    }

    /// <summary>Permutes 2^n elements.</summary>
    public static void Permute<T>(Span<T> values)
    {
        int bits = BitOperations.Log2((uint)values.Length);
        if (bits >= TiledFrom)
        {
            for (int middle = 0; middle < values.Length >> (2 * TileBits); middle++)
                SwapTiles(values, bits, middle);
            return;
        }
        for (int i = 0; i < values.Length; i++)
        {
            int j = Reverse(i, bits);
            if (i < j)
                (values[i], values[j]) = (values[j], values[i]);
        }
    }

    /// <summary>As <see cref="Permute"/>, over the cores.</summary>
    public static void PermuteInParallel<T>(Memory<T> values)
    {
        int bits = BitOperations.Log2((uint)values.Length);
        if (bits < TiledFrom)
            Permute(values.Span);
        else
            Parallel.For(0, values.Length >> (2 * TileBits), AllCores.Options, middle => SwapTiles(values.Span, bits, middle));
    }

    /// <summary>An index is high, middle, low bits: all high and low bits of one middle swap with all of the reversed middle, a tile that fits the cache.</summary>
    private static void SwapTiles<T>(Span<T> values, int bits, int middle)
    {
        int partner = Reverse(middle, bits - 2 * TileBits);
        if (partner < middle)
            return;
        for (int high = 0; high < 1 << TileBits; high++)
        {
            for (int low = 0; low < 1 << TileBits; low++)
            {
                int i = (high << (bits - TileBits)) | (middle << TileBits) | low;
                int j = (Reverse(low, TileBits) << (bits - TileBits)) | (partner << TileBits) | Reverse(high, TileBits);
                if (middle != partner || i < j)
                    (values[i], values[j]) = (values[j], values[i]);
            }
        }
    }
}
