using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Flashback.Primitives;

/// <summary>BytesN: a byte string whose length belongs to its type, the same as Vector[uint8, N].</summary>
/// <typeparam name="T">A hash, an address, a public key.</typeparam>
public readonly struct SszBytes<T> : ISszCodec<T>
    where T : unmanaged, IFixedBytes<T>
{
    /// <summary>Strings of 33 to 64 bytes are hashed this many at a time.</summary>
    private const int Batch = 32;

    private static int Depth => Merkle.DepthFor((ulong)(Unsafe.SizeOf<T>() + Merkle.ChunkLength - 1) / Merkle.ChunkLength);

    /// <inheritdoc/>
    public static bool IsBasic => false;

    /// <inheritdoc/>
    public static bool IsPlain => true;

    /// <inheritdoc/>
    public bool IsFixedSize => true;

    /// <inheritdoc/>
    public int FixedLength => Unsafe.SizeOf<T>();

    /// <inheritdoc/>
    public SszShape Shape => new SszShape.Sequence(new SszShape.Basic(1), SszBound.Vector((ulong)Unsafe.SizeOf<T>()));

    /// <inheritdoc/>
    public int LengthOf(in T value) => Unsafe.SizeOf<T>();

    /// <inheritdoc/>
    public int Write(in T value, Span<byte> output) => SszPlain.Write(in value, output);

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> input, out T value, out SszFault fault) => SszPlain.TryRead(input, out value, out fault);

    /// <inheritdoc/>
    public Hash32 RootOf(in T value)
    {
        if (Unsafe.SizeOf<T>() > 2 * Merkle.ChunkLength)
            return Merkle.Root(SszPlain.BytesOf(in value), Depth);
        Span<Hash32> chunks = stackalloc Hash32[2];
        chunks.Clear();
        SszPlain.Write(in value, MemoryMarshal.AsBytes(chunks));
        return Unsafe.SizeOf<T>() > Merkle.ChunkLength ? Sha256.HashPair(chunks[0], chunks[1]) : chunks[0];
    }

    /// <inheritdoc/>
    public void WriteRoots(ReadOnlySpan<T> values, Span<byte> roots)
    {
        if (Depth != 1)
        {
            SszPlain.WriteRootsOneByOne(this, values, roots);
            return;
        }
        Span<byte> pairs = stackalloc byte[Batch * 2 * Merkle.ChunkLength];
        pairs.Clear();
        for (int done = 0; done < values.Length; done += Batch)
        {
            ReadOnlySpan<T> batch = values.Slice(done, Math.Min(Batch, values.Length - done));
            for (int i = 0; i < batch.Length; i++)
                SszPlain.Write(in batch[i], pairs[(2 * Merkle.ChunkLength * i)..]);
            int length = batch.Length * Merkle.ChunkLength;
            Sha256.HashPairs(pairs[..(2 * length)], roots.Slice(done * Merkle.ChunkLength, length));
        }
    }

    /// <inheritdoc/>
    public Hash32 NodeAt(in T value, ulong index) => SszPlain.NodeAt(SszPlain.BytesOf(in value), Depth, index);

    /// <inheritdoc/>
    public void WriteJson(in T value, Utf8JsonWriter writer) => SszJson.WriteHex(SszPlain.BytesOf(in value), writer);

    /// <inheritdoc/>
    public bool TryReadJson(ref Utf8JsonReader reader, out T value, out SszFault fault)
    {
        value = default;
        return SszJson.TryReadHex(ref reader, MemoryMarshal.AsBytes(new Span<T>(ref value)), out fault);
    }
}
