using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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
            int flip = Mirror(Pivot(input, count), index, count);
            int position = Math.Max(index, flip);
            BinaryPrimitives.WriteInt32LittleEndian(input[PivotInput..], position / PositionsPerHash);
            Hash32 source = Sha256.Hash(input);
            if (BitAt(source.AsSpan(), position % PositionsPerHash))
                index = flip;
        }
        return index;
    }

    /// <summary>Many places of one shuffled list, but not all of it: what they have in common is hashed once.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="count">The length of the list.</param>
    /// <param name="rounds">The number of rounds.</param>
    internal sealed class Places(Hash32 seed, int count, int rounds)
    {
        /// <summary>Above this many hashes, draws hardly ever meet one again.</summary>
        private const int MostKept = 8192;

        private readonly int[] _pivots = PivotsOf(seed, count, rounds);
        private readonly int _perRound = ((count - 1) / PositionsPerHash) + 1;
        private readonly Dictionary<int, Hash32> _sources = [];

        /// <summary>As <see cref="ComputeShuffledIndex"/>.</summary>
        public int Get(int index)
        {
            for (int round = 0; round < rounds; round++)
            {
                int flip = Mirror(_pivots[round], index, count);
                int position = Math.Max(index, flip);
                Hash32 source = SourceOf(round, position / PositionsPerHash);
                if (BitAt(source.AsSpan(), position % PositionsPerHash))
                    index = flip;
            }
            return index;
        }

        private Hash32 SourceOf(int round, int bucket)
        {
            if (_perRound * rounds > MostKept)
                return Hash(round, bucket);
            ref Hash32 source = ref CollectionsMarshal.GetValueRefOrAddDefault(_sources, (round * _perRound) + bucket, out bool known);
            if (!known)
                source = Hash(round, bucket);
            return source;
        }

        private Hash32 Hash(int round, int bucket)
        {
            Span<byte> input = stackalloc byte[SourceInput];
            seed.AsSpan().CopyTo(input);
            input[SeedLength] = (byte)round;
            BinaryPrimitives.WriteInt32LittleEndian(input[PivotInput..], bucket);
            return Sha256.Hash(input);
        }

        private static int[] PivotsOf(Hash32 seed, int count, int rounds)
        {
            Span<byte> input = stackalloc byte[PivotInput];
            seed.AsSpan().CopyTo(input);
            int[] pivots = new int[rounds];
            for (int round = 0; round < rounds; round++)
            {
                input[SeedLength] = (byte)round;
                pivots[round] = Pivot(input, count);
            }
            return pivots;
        }
    }

    /// <summary>Shuffles a list: afterwards place i holds what was at <see cref="ComputeShuffledIndex"/> of i.</summary>
    public static void ShuffleInPlace(Span<int> list, in Hash32 seed, int rounds)
    {
        if (list.Length < 2)
            return;
        int hashes = ((list.Length - 1) / PositionsPerHash) + 1;
        byte[] bits = ArrayPool<byte>.Shared.Rent((hashes * SeedLength) + 1); // two bytes are read at once
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
        if (Vector256.IsHardwareAccelerated)
            SwapEights(list, bits, ref low, ref high);
        for (; low < high; low++, high--)
        {
            // Half of the pairs are swapped, and nothing tells which: a branch would be guessed wrong half of the time.
            int swapped = (list[low] ^ list[high]) & -(bits[high >> 3] >> (high & 7) & 1);
            list[low] ^= swapped;
            list[high] ^= swapped;
        }
    }

    /// <summary>The same for eight pairs at a time, as long as both ends have eight places of their own. Figures: docs/BENCHMARKS.md.</summary>
    private static void SwapEights(Span<int> list, ReadOnlySpan<byte> bits, ref int low, ref int high)
    {
        const int Lanes = 8;
        Vector256<int> backwards = Vector256.Create(7, 6, 5, 4, 3, 2, 1, 0), laneBits = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);
        ref int places = ref MemoryMarshal.GetReference(list);
        for (; high - low >= (2 * Lanes) - 1; low += Lanes, high -= Lanes)
        {
            int first = high - (Lanes - 1);
            int decisions = BinaryPrimitives.ReadUInt16LittleEndian(bits[(first >> 3)..]) >> (first & 7);
            Vector256<int> swaps = Vector256.Equals(Vector256.Create(decisions) & laneBits, laneBits);
            // low + 7 < first: all sixteen places are within the list, as low ≥ 0 and high is in it.
            Vector256<int> upper = Vector256.LoadUnsafe(ref places, (nuint)first);
            Vector256<int> mirrored = Vector256.Shuffle(Vector256.LoadUnsafe(ref places, (nuint)low), backwards);
            Vector256.ConditionalSelect(swaps, mirrored, upper).StoreUnsafe(ref places, (nuint)first);
            Vector256.Shuffle(Vector256.ConditionalSelect(swaps, upper, mirrored), backwards).StoreUnsafe(ref places, (nuint)low);
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
