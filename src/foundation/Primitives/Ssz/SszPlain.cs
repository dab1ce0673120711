using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Flashback.Primitives;

/// <summary>What numbers and fixed byte strings share: their memory is their encoding.</summary>
internal static class SszPlain
{
    /// <summary>The bytes of a value where it lies.</summary>
    public static ReadOnlySpan<byte> BytesOf<T>(in T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value));

    public static int Write<T>(in T value, Span<byte> output)
        where T : unmanaged
    {
        MemoryMarshal.Write(output, in value);
        return Unsafe.SizeOf<T>();
    }

    public static bool TryRead<T>(ReadOnlySpan<byte> input, out T value, out SszFault fault)
        where T : unmanaged
    {
        int length = Unsafe.SizeOf<T>();
        fault = HasLength(input, length);
        value = fault.Rule == SszRule.None ? MemoryMarshal.Read<T>(input) : default;
        return fault.Rule == SszRule.None;
    }

    /// <summary>Whether an input is as long as a type of fixed size.</summary>
    public static SszFault HasLength(ReadOnlySpan<byte> input, int length) =>
        input.Length == length ? default : new SszFault(input.Length < length ? SszRule.Truncated : SszRule.TrailingBytes, "");

    /// <summary>A node of the tree over bytes cut into chunks.</summary>
    public static Hash32 NodeAt(ReadOnlySpan<byte> bytes, int depth, ulong index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(GeneralizedIndex.DepthOf(index), depth, nameof(index));
        using RentedChunks chunks = new((bytes.Length + Merkle.ChunkLength - 1) / Merkle.ChunkLength);
        bytes.CopyTo(chunks.Span);
        chunks.Span[bytes.Length..].Clear();
        return Merkle.NodeInPlace(chunks.Span, depth, index);
    }

    public static void WriteRootsOneByOne<T, TCodec>(TCodec codec, ReadOnlySpan<T> values, Span<byte> roots)
        where TCodec : struct, ISszCodec<T>
    {
        for (int i = 0; i < values.Length; i++)
            Merkle.Put(roots, i, codec.RootOf(in values[i]));
    }
}
