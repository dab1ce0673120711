using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Words between stack and bytes. All inlined into the loop (benchmark: EvmBenchmarks).</summary>
/// <remarks>Invariant of every pointer here: it leads to 32 readable, and where written writable, bytes of pinned memory.</remarks>
internal static unsafe class Words
{
    private static Vector256<byte> Reversed => Vector256.Create(
        (byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);

    /// <summary>Reads 32 bytes, the most significant first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(UInt256* word, byte* bytes)
    {
        if (Avx2.IsSupported)
        {
            Vector256<byte> swapped = Avx2.Shuffle(Vector256.Load(bytes), Reversed);
            Avx2.Permute4x64(swapped.AsUInt64(), 0b01_00_11_10).Store((ulong*)word);
            return;
        }
        *word = UInt256.ReadBigEndian(new ReadOnlySpan<byte>(bytes, 32));
    }

    /// <summary>Writes 32 bytes, the most significant first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* bytes, UInt256* word)
    {
        if (Avx2.IsSupported)
        {
            Vector256<byte> swapped = Avx2.Shuffle(Vector256.Load((byte*)word), Reversed);
            Avx2.Permute4x64(swapped.AsUInt64(), 0b01_00_11_10).Store((ulong*)bytes);
            return;
        }
        word->WriteBigEndian(new Span<byte>(bytes, 32));
    }

    /// <summary>Copies a word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(UInt256* to, UInt256* from) => Vector256.Load((ulong*)from).Store((ulong*)to);

    /// <summary>Swaps two words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Swap(UInt256* one, UInt256* other)
    {
        Vector256<ulong> first = Vector256.Load((ulong*)one), second = Vector256.Load((ulong*)other);
        second.Store((ulong*)one);
        first.Store((ulong*)other);
    }

    /// <summary>The first 8 bytes as a number, the most significant first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Head(byte* bytes) => BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(bytes));
}
