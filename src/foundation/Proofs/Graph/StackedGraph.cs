using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>The graph of a sector: for each node six parents in its own layer and eight in the layer before.</summary>
/// <remarks>
/// Base parents: the predecessor and five drawn by bucket sampling, which favours near nodes. Expander parents: the images of the node's eight
/// edges under a permutation. Both are seeded by the PoRep id. Parents keep the order they are drawn in, repetitions included.
/// Source: rust-fil-proofs, storage-proofs-core drgraph and storage-proofs-porep stacked graph.
/// </remarks>
public sealed class StackedGraph
{
    /// <summary>Parents in the same layer.</summary>
    public const int BaseDegree = 6;

    /// <summary>Parents in the layer before.</summary>
    public const int ExpanderDegree = 8;

    /// <summary>All parents of a node.</summary>
    public const int Degree = BaseDegree + ExpanderDegree;

    private const int Sampled = BaseDegree - 1;
    private const int SeedLength = 28;

    private readonly byte[] _seed;
    private readonly ulong[] _feistelKeys;
    private readonly Feistel _expander;

    /// <param name="nodes">Nodes of a layer: a power of two from 2 to 2^31.</param>
    /// <param name="porepId">Seeds both kinds of edges.</param>
    /// <param name="rules">The generation of the graph.</param>
    /// <exception cref="ArgumentOutOfRangeException">No sector has so many nodes.</exception>
    public StackedGraph(long nodes, in Hash32 porepId, GraphRules rules)
    {
        if (nodes is < 2 or > 1L << 31 || !BitOperations.IsPow2(nodes))
            throw new ArgumentOutOfRangeException(nameof(nodes), nodes, "a layer has a power of two of nodes, from 2 to 2^31");
        Nodes = nodes;
        Rules = rules;
        _seed = Digest("Filecoin_DRSample"u8, porepId).AsSpan()[..SeedLength].ToArray();
        Hash32 keys = Digest("Filecoin_Feistel"u8, porepId);
        _feistelKeys = [.. MemoryMarshal.Cast<byte, ulong>(keys.AsSpan())];
        _expander = new Feistel((ulong)nodes * ExpanderDegree, _feistelKeys);
    }

    /// <summary>Nodes of a layer.</summary>
    public long Nodes { get; }

    /// <summary>The generation of the graph.</summary>
    public GraphRules Rules { get; }

    /// <summary>The name under which the parents of all nodes are kept: equal graphs have equal names.</summary>
    /// <remarks>Source: rust-fil-proofs, cache of parents: a digest over hasher, graph identifier, Feistel keys and size.</remarks>
    public string CacheName
    {
        get
        {
            string identifier = "poseidon_hasher" + Identifier;
            byte[] text = new byte[identifier.Length + 36];
            System.Text.Encoding.ASCII.GetBytes(identifier, text);
            MemoryMarshal.AsBytes(_feistelKeys.AsSpan()).CopyTo(text.AsSpan(identifier.Length));
            BinaryPrimitives.WriteUInt32LittleEndian(text.AsSpan(identifier.Length + 32), (uint)Nodes);
            return $"v28-sdr-parent-{Hex.Encode(Sha256.Hash(text).AsSpan())[2..]}.cache";
        }
    }

    /// <summary>The text that names the graph in file names of parameters and caches.</summary>
    public string Identifier =>
        FormattableString.Invariant($"stacked_graph::StackedGraph{{expansion_degree: 8 base_graph: drgraph::BucketGraph{{size: {Nodes}; degree: 6; hasher: poseidon_hasher}} }}");

    /// <summary>The parents of a node: six of its layer, then eight of the layer before.</summary>
    /// <param name="node">0 to <see cref="Nodes"/> − 1.</param>
    /// <param name="parents">Room for <see cref="Degree"/>.</param>
    public void Parents(long node, Span<uint> parents)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(node);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(node, Nodes);
        if (node < 2)
            parents[..BaseDegree].Clear();
        else
            BaseParents((uint)node, parents[..BaseDegree]);
        ExpanderParents((ulong)node, parents.Slice(BaseDegree, ExpanderDegree));
    }

    /// <summary>Bucket sampling: of the log₂ buckets of distances one is drawn, then a distance in it; node and distance count five edges a node.</summary>
    private void BaseParents(uint node, Span<uint> parents)
    {
        Span<byte> key = stackalloc byte[SeedLength + sizeof(uint)];
        _seed.CopyTo(key);
        BinaryPrimitives.WriteUInt32LittleEndian(key[SeedLength..], node);
        Span<uint> words = stackalloc uint[32];
        ChaCha.Block(8, key, [0, 0, 0, 0], words);
        ChaCha.Block(8, key, [1, 0, 0, 0], words[16..]);
        ReadOnlySpan<ulong> draws = MemoryMarshal.Cast<uint, ulong>(words);

        ulong edges = (ulong)node * Sampled;
        ulong buckets = (ulong)BitOperations.Log2(edges - 1) + 1; // ⌈log₂ edges⌉
        int place = Rules == GraphRules.Current ? 1 : 0;
        for (int i = 0; i < Sampled; i++)
        {
            int bucket = (int)(draws[2 * i] % buckets) + 1;
            ulong longest = Math.Min(edges, 1UL << bucket), shortest = Math.Max(2, longest / 2);
            ulong distance = shortest + draws[2 * i + 1] % (longest - shortest + 1);
            uint parent = (uint)((edges - distance) / Sampled);
            parents[place + i] = parent == node ? node - 1 : parent;
        }
        parents[Rules == GraphRules.Current ? 0 : Sampled] = node - 1;
    }

    private void ExpanderParents(ulong node, Span<uint> parents)
    {
        Span<ulong> edges = stackalloc ulong[ExpanderDegree];
        _expander.PermuteFrom(node * ExpanderDegree, edges);
        ulong mask = Rules == GraphRules.Legacy ? uint.MaxValue : ulong.MaxValue;
        for (int i = 0; i < ExpanderDegree; i++)
            parents[i] = (uint)((edges[i] & mask) / ExpanderDegree);
    }

    private static Hash32 Digest(ReadOnlySpan<byte> purpose, in Hash32 porepId) => Sha256.Hash([.. purpose, .. porepId.AsSpan()]);
}
