using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;
using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>The registry as List[Validator, VALIDATOR_REGISTRY_LIMIT].</summary>
public sealed partial class ValidatorRegistry : ISszCollection<ValidatorRegistry>, IKnowsRoot, IMerkleLeaves
{
    private const int ChunksPerValidator = 8; // as many as there are fields

    /// <summary>Validators whose roots are found together: enough to fill the lanes of the hash on every layer.</summary>
    private const int Batch = 64;

    private const int WordLength = 32;

    /// <inheritdoc/>
    public KnownRoot? KnownRoot => _tree.KnownRoot;

    private static SszContainer<Validator> Row => default;

    static int ISszCollection<ValidatorRegistry>.FixedLength(SszBound bound, ISszPreset? preset) => Array(bound).FixedLength;

    static SszShape ISszCollection<ValidatorRegistry>.Shape(SszBound bound, ISszPreset? preset) => Array(bound).Shape;

    static bool ISszCollection<ValidatorRegistry>.TryRead(ReadOnlySpan<byte> input, SszBound bound, ISszPreset? preset, [MaybeNullWhen(false)] out ValidatorRegistry value, out SszFault fault)
    {
        value = null;
        int length = Row.FixedLength;
        if (!SszSequence.TryCount(input, bound, length, out int count, out fault))
            return false;
        ValidatorRegistry registry = new();
        for (int i = 0; i < count; i++)
        {
            if (!Row.TryDecode(input.Slice(i * length, length), out Validator validator, out SszFault wrong))
            {
                fault = wrong with { Where = $"[{i}].{wrong.Where}" };
                return false;
            }
            registry.Add(in validator);
        }
        value = registry;
        return true;
    }

    int ISszCollection<ValidatorRegistry>.LengthOf(SszBound bound, ISszPreset? preset) => Count * Row.FixedLength;

    int ISszCollection<ValidatorRegistry>.Write(SszBound bound, ISszPreset? preset, Span<byte> output)
    {
        DemandRoomIn(bound);
        int written = 0;
        for (int i = 0; i < Count; i++)
        {
            Validator validator = this[i];
            written += Row.Write(in validator, output[written..]);
        }
        return written;
    }

    /// <inheritdoc/>
    public Hash32 RootOf(SszBound bound, ISszPreset? preset)
    {
        DemandRoomIn(bound);
        return _tree.CollectionRoot(this, bound, 0, Count);
    }

    Hash32 ISszCollection<ValidatorRegistry>.NodeAt(SszBound bound, ISszPreset? preset, ulong index)
    {
        if (SszSequence.TryRootOrLength(bound, (ulong)Count, ref index, out Hash32? node))
            return node ?? RootOf(bound, preset);
        int depth = SszSequence.DepthFor(bound, 0);
        int below = GeneralizedIndex.DepthOf(index) - depth;
        if (below <= 0)
            return _tree.NodeAt(this, depth, index);
        ulong position = (index >> below) ^ (1UL << depth);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, (ulong)Count, nameof(index));
        Validator validator = this[(int)position];
        return Row.NodeAt(in validator, (1UL << below) | (index & ((1UL << below) - 1)));
    }

    static bool ISszCollection<ValidatorRegistry>.TryReadJson(ref Utf8JsonReader reader, SszBound bound, ISszPreset? preset, [MaybeNullWhen(false)] out ValidatorRegistry value, out SszFault fault)
    {
        ValidatorRegistry registry = new();
        SszJsonElementReader elements = new(bound);
        while (elements.TryNext(ref reader, Row, out Validator validator))
            registry.Add(in validator);
        fault = elements.Fault;
        value = fault.Rule == SszRule.None ? registry : null;
        return value is not null;
    }

    void ISszCollection<ValidatorRegistry>.WriteJson(SszBound bound, ISszPreset? preset, Utf8JsonWriter writer)
    {
        DemandRoomIn(bound);
        writer.WriteStartArray();
        for (int i = 0; i < Count; i++)
        {
            Validator validator = this[i];
            Row.WriteJson(in validator, writer);
        }
        writer.WriteEndArray();
    }

    void IMerkleLeaves.ReadLeaves(int first, Span<byte> chunks)
    {
        byte[] scratch = ArrayPool<byte>.Shared.Rent(Batch * ChunksPerValidator * WordLength);
        for (int done = 0; done < chunks.Length; done += Batch * WordLength)
        {
            int count = Math.Min(Batch, (chunks.Length - done) / WordLength);
            WriteRoots(first + (done / WordLength), chunks.Slice(done, count * WordLength), scratch);
        }
        ArrayPool<byte>.Shared.Return(scratch);
    }

    /// <summary>The roots of validators from <paramref name="first"/> on, as many as fill <paramref name="roots"/>; no more than a batch.</summary>
    private void WriteRoots(int first, Span<byte> roots, Span<byte> scratch)
    {
        int count = roots.Length / WordLength;
        // A key fills one and a half chunks: its root is their hash.
        Span<byte> keys = scratch[..(2 * count * WordLength)];
        keys.Clear();
        for (int i = 0; i < count; i++)
            _publicKeys[first + i].AsSpan().CopyTo(keys[(2 * i * WordLength)..]);
        Sha256.HashPairs(keys, roots);

        Span<byte> layer = scratch[..(count * ChunksPerValidator * WordLength)];
        layer.Clear();
        for (int i = 0; i < count; i++)
            WriteLeaves(first + i, roots.Slice(i * WordLength, WordLength), layer.Slice(i * ChunksPerValidator * WordLength, ChunksPerValidator * WordLength));
        for (; layer.Length > roots.Length; layer = layer[..(layer.Length / 2)])
            Sha256.HashPairs(layer, layer[..(layer.Length / 2)]);
        layer.CopyTo(roots);
    }

    private void WriteLeaves(int index, ReadOnlySpan<byte> keyRoot, Span<byte> leaves)
    {
        keyRoot.CopyTo(leaves);
        _withdrawalCredentials[index].AsSpan().CopyTo(leaves[WordLength..]);
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(leaves);
        const int PerChunk = WordLength / sizeof(ulong);
        words[2 * PerChunk] = _effectiveBalances[index].Value;
        words[3 * PerChunk] = _slashed[index] ? 1UL : 0;
        words[4 * PerChunk] = _activationEligibilityEpochs[index].Value;
        words[5 * PerChunk] = _activationEpochs[index].Value;
        words[6 * PerChunk] = _exitEpochs[index].Value;
        words[7 * PerChunk] = _withdrawableEpochs[index].Value;
    }

    private void DemandRoomIn(SszBound bound)
    {
        if (!bound.Allows(Count))
            throw new ArgumentException($"a registry of {Count} validators is no {bound}");
    }

    private static SszArray<Validator, SszContainer<Validator>> Array(SszBound bound) => new(bound);
}
