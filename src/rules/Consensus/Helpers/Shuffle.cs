using System.Buffers;
using System.Buffers.Binary;
using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>The swap-or-not shuffle. paper: Hoang, Morris, Rogaway, An Enciphering Scheme Based on a Card Shuffle, CRYPTO 2012; spec: cs/phase0/beacon-chain#compute_shuffled_index</summary>
/// <remarks>
/// A round mirrors the list around a point and swaps each pair of mirror images or not, as one bit of a hash says; the bit belongs to the pair's
/// higher position. A round undone is the round itself, so the whole list is shuffled by its rounds in the opposite order to an index's.
/// </remarks>
public static class Shuffle
{
    private const int SeedLength = 32;
    private const int PivotInput = SeedLength + 1; // seed and round
    private const int SourceInput = PivotInput + 4; // and position / 256
    private const int PositionsPerHash = 256;

    /// <summary>Where an index is taken from. spec: cs/phase0/beacon-chain#compute_shuffled_index</summary>
    /// <param name="index">The place in the shuffled list, from 0.</param>
    /// <param name="count">The length of the list.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="rounds">The number of rounds.</param>
    public static int ComputeShuffledIndex(int index, int count, in Hash32 seed, int rounds)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)count, nameof(index));
        Span<byte> input = stackalloc byte[SourceInput];
        seed.AsSpan().CopyTo(input);
        for (int round = 0; round < rounds; round++)
        {
            input[SeedLength] = (byte)round;
            int pivot = Pivot(input, count);
            int flip = Mirror(pivot, index, count);
            int position = Math.Max(index, flip);
            BinaryPrimitives.WriteInt32LittleEndian(input[PivotInput..], position / PositionsPerHash);
            Hash32 source = Sha256.Hash(input);
            if (BitAt(source.AsSpan(), position % PositionsPerHash))
                index = flip;
        }
        return index;
    }

    /// <summary>Shuffles a list: afterwards place i holds what was at <see cref="ComputeShuffledIndex"/> of i.</summary>
    public static void ShuffleInPlace(Span<int> list, in Hash32 seed, int rounds)
    {
        if (list.Length < 2)
            return;
        int hashes = ((list.Length - 1) / PositionsPerHash) + 1;
        byte[] bits = ArrayPool<byte>.Shared.Rent(hashes * SeedLength);
        Span<byte> input = stackalloc byte[SourceInput];
        seed.AsSpan().CopyTo(input);
        for (int round = rounds - 1; round >= 0; round--)
        {
            input[SeedLength] = (byte)round;
            int pivot = Pivot(input, list.Length);
            WriteBits(input, bits, hashes);
            // The mirror images of 0 … pivot are among themselves, and so are those of the rest.
            SwapPairs(list, bits, 0, pivot);
            SwapPairs(list, bits, pivot + 1, list.Length - 1);
        }
        ArrayPool<byte>.Shared.Return(bits);
    }

    /// <summary>Swaps the pairs of mirror images between two places, from outside inwards.</summary>
    private static void SwapPairs(Span<int> list, ReadOnlySpan<byte> bits, int low, int high)
    {
        for (; low < high; low++, high--)
        {
            if ((bits[high >> 3] >> (high & 7) & 1) != 0)
                (list[low], list[high]) = (list[high], list[low]);
        }
    }

    private static void WriteBits(Span<byte> input, Span<byte> bits, int hashes)
    {
        for (int i = 0; i < hashes; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(input[PivotInput..], i);
            Hash32 hash = Sha256.Hash(input);
            hash.AsSpan().CopyTo(bits[(i * SeedLength)..]);
        }
    }

    private static int Pivot(ReadOnlySpan<byte> input, int count)
    {
        Hash32 hash = Sha256.Hash(input[..PivotInput]);
        return (int)(BinaryPrimitives.ReadUInt64LittleEndian(hash.AsSpan()) % (ulong)count);
    }

    private static int Mirror(int pivot, int index, int count) => index <= pivot ? pivot - index : pivot + count - index;

    private static bool BitAt(ReadOnlySpan<byte> bytes, int bit) => (bytes[bit >> 3] >> (bit & 7) & 1) != 0;
}
