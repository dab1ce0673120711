using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Flashback.Primitives;

/// <summary>The codec of a container. spec: cs/ssz/simple-serialize#composite-types</summary>
/// <param name="preset">The preset that bounds the container's collections; null where none does.</param>
public readonly struct SszContainer<T>(ISszPreset? preset = null) : ISszCodec<T>
    where T : ISszContainer<T>
{
    /// <summary>Leaves of so many chunks together are hashed at once: enough to fill the vector lanes on every layer but the last few.</summary>
    private const int BatchChunks = 512;

    private static int Depth => Merkle.DepthFor((ulong)T.FieldCount);

    /// <inheritdoc/>
    public static bool IsBasic => false;

    /// <inheritdoc/>
    public static bool IsPlain => false;

    /// <inheritdoc/>
    public bool IsFixedSize => T.IsFixedSize(preset);

    /// <inheritdoc/>
    public int FixedLength => T.IsFixedSize(preset) ? T.FixedLength(preset) : 0;

    /// <inheritdoc/>
    public SszShape Shape => T.Shape(preset);

    /// <inheritdoc/>
    public int LengthOf(in T value) => value.LengthOf(preset);

    /// <inheritdoc/>
    public int Write(in T value, Span<byte> output) => Unsafe.AsRef(in value).Write(preset, output);

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out T value, out SszFault fault) => T.TryRead(input, preset, out value, out fault);

    /// <inheritdoc/>
    public Hash32 RootOf(in T value)
    {
        if (value is IRemembersFields fields)
            return FieldMemory.RootOf(fields, T.FieldCount, preset);
        if (value is not IRemembersRoot remembering)
            return FindRoot(in value);
        if (remembering.RootMemory.TryGet(remembering, preset, out Hash32 root))
            return root;
        root = FindRoot(in value);
        remembering.RootMemory.Set(remembering, preset, root);
        return root;
    }

    private Hash32 FindRoot(in T value)
    {
        // A container has some forty fields at most, and containers are nested a few deep: the stack holds their leaves.
        Span<byte> leaves = stackalloc byte[T.FieldCount * Merkle.ChunkLength];
        Unsafe.AsRef(in value).WriteLeaves(preset, leaves);
        return Merkle.RootInPlace(leaves, Depth);
    }

    /// <inheritdoc/>
    public void WriteRoots(ReadOnlySpan<T> values, Span<byte> roots)
    {
        int width = Merkle.ChunkLength << Depth;
        int perBatch = Math.Min(values.Length, Math.Max(1, BatchChunks >> Depth));
        using RentedChunks rented = new(perBatch << Depth);
        for (int done = 0; done < values.Length; done += perBatch)
        {
            ReadOnlySpan<T> batch = values.Slice(done, Math.Min(perBatch, values.Length - done));
            Span<byte> layer = rented.Span[..(batch.Length * width)];
            for (int i = 0; i < batch.Length; i++)
            {
                Span<byte> leaves = layer.Slice(i * width, width);
                Unsafe.AsRef(in batch[i]).WriteLeaves(preset, leaves[..(T.FieldCount * Merkle.ChunkLength)]);
                leaves[(T.FieldCount * Merkle.ChunkLength)..].Clear();
            }
            // All trees have the same power of two leaves, so each layer of all of them is one run of pairs.
            for (; layer.Length > batch.Length * Merkle.ChunkLength; layer = layer[..(layer.Length / 2)])
                Sha256.HashPairs(layer, layer[..(layer.Length / 2)]);
            layer.CopyTo(roots[(done * Merkle.ChunkLength)..]);
        }
    }

    /// <inheritdoc/>
    public Hash32 NodeAt(in T value, ulong index)
    {
        if (GeneralizedIndex.DepthOf(index) > Depth)
        {
            (ulong field, ulong below) = GeneralizedIndex.Split(index, Depth);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(field, (ulong)T.FieldCount, nameof(index));
            return value.NodeBelow(preset, (int)field, below);
        }
        Span<byte> leaves = stackalloc byte[T.FieldCount * Merkle.ChunkLength];
        value.WriteLeaves(preset, leaves);
        return Merkle.NodeInPlace(leaves, Depth, index);
    }

    /// <inheritdoc/>
    public void WriteJson(in T value, Utf8JsonWriter writer) => Unsafe.AsRef(in value).WriteJson(preset, writer);

    /// <inheritdoc/>
    public bool TryReadJson(ref Utf8JsonReader reader, [MaybeNullWhen(false)] out T value, out SszFault fault) => T.TryReadJson(ref reader, preset, out value, out fault);
}
