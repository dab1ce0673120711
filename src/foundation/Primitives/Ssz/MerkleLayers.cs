using System.Runtime.CompilerServices;

namespace Flashback.Primitives;

/// <summary>The nodes of a Merkle tree, five layers at a time in heaps: a path from a leaf to the root crosses few of them, and its siblings lie side by side.</summary>
/// <remarks>
/// <para>Layer 0 is the lowest that is kept. Band b holds the layers 5·b to 5·b + 4. A heap of a band is a node of its highest layer with all that the band
/// holds below it: the node at place 1, the children of place i at places 2·i and 2·i + 1.</para>
/// <para>Copies share heaps until one of them writes, as in <see cref="PagedList{T}"/>. What lies beyond the last node of a layer is anything.</para>
/// </remarks>
internal sealed class MerkleLayers
{
    /// <summary>Layers in a band. A changed leaf has a heap of each band copied, so heaps are small; a copy of the tree takes a reference for each, so not smaller.</summary>
    private const int BandHeight = 5;

    private readonly List<PagedList<Heap>> _bands = [];

    public MerkleLayers()
    {
    }

    private MerkleLayers(MerkleLayers source)
    {
        foreach (PagedList<Heap> band in source._bands)
            _bands.Add(band.Copy());
    }

    /// <summary>A copy; both may change from now on without the other noticing.</summary>
    public MerkleLayers Copy() => new(this);

    /// <summary>Makes room for so many nodes in layer 0 and what is above them.</summary>
    public void Resize(int nodes)
    {
        int bands = nodes == 0 ? 0 : (Merkle.DepthFor((ulong)nodes) / BandHeight) + 1;
        if (_bands.Count > bands)
            _bands.RemoveRange(bands, _bands.Count - bands);
        for (int band = 0; band < bands; band++)
        {
            if (_bands.Count == band)
                _bands.Add(new PagedList<Heap>());
            int leavesDepth = (BandHeight * (band + 1)) - 1;
            _bands[band].Resize((int)((nodes + (1L << leavesDepth) - 1) >> leavesDepth));
        }
    }

    /// <summary>The nodes of a layer from <paramref name="first"/> on, as far as they lie side by side: siblings do, unless their layer is the highest of its band.</summary>
    public ReadOnlySpan<Hash32> Read(int layer, int first)
    {
        (int band, int heap, int place, int length) = Locate(layer, first);
        ReadOnlySpan<Hash32> nodes = _bands[band].Page(heap)[0];
        return nodes.Slice(place, length);
    }

    /// <summary>As <see cref="Read"/>, to be written.</summary>
    public Span<Hash32> Write(int layer, int first)
    {
        (int band, int heap, int place, int length) = Locate(layer, first);
        Span<Hash32> nodes = _bands[band].WritePage(heap)[0];
        return nodes.Slice(place, length);
    }

    /// <summary>Copies the nodes of a layer from <paramref name="first"/> on, as many as fill the output.</summary>
    public void CopyTo(int layer, int first, Span<Hash32> output)
    {
        while (!output.IsEmpty)
        {
            ReadOnlySpan<Hash32> nodes = Read(layer, first);
            int count = Math.Min(nodes.Length, output.Length);
            nodes[..count].CopyTo(output);
            output = output[count..];
            first += count;
        }
    }

    /// <summary>Copies nodes into a layer, from <paramref name="first"/> on.</summary>
    public void CopyFrom(ReadOnlySpan<Hash32> nodes, int layer, int first)
    {
        while (!nodes.IsEmpty)
        {
            Span<Hash32> places = Write(layer, first);
            int count = Math.Min(nodes.Length, places.Length);
            nodes[..count].CopyTo(places);
            nodes = nodes[count..];
            first += count;
        }
    }

    /// <summary>Reads the neighbour of a node of layer 0, of its parent, and so on; one beyond the last node of its layer is anything.</summary>
    public void ReadSiblings(int node, Span<Hash32> siblings)
    {
        int layer = 0;
        for (int band = 0; layer < siblings.Length; band++, node >>= BandHeight)
        {
            (int heap, int place) = LocateLowest(node);
            ReadOnlySpan<Hash32> nodes = _bands[band].Page(heap)[0];
            for (; place > 1 && layer < siblings.Length; place >>= 1)
                siblings[layer++] = nodes[place ^ 1];
            if (layer < siblings.Length && (heap ^ 1) < _bands[band].Count)
                siblings[layer] = _bands[band].Page(heap ^ 1)[0][1];
            layer++;
        }
    }

    /// <summary>Writes a node of layer 0, its parent, and so on.</summary>
    public void WritePath(int node, ReadOnlySpan<Hash32> path)
    {
        int layer = 0;
        for (int band = 0; layer < path.Length; band++, node >>= BandHeight)
        {
            (int heap, int place) = LocateLowest(node);
            Span<Hash32> nodes = _bands[band].WritePage(heap)[0];
            for (; place > 0 && layer < path.Length; place >>= 1)
                nodes[place] = path[layer++];
        }
    }

    /// <summary>Where a node of a band's lowest layer lies.</summary>
    private static (int Heap, int Place) LocateLowest(int node) => (node >> (BandHeight - 1), (1 << (BandHeight - 1)) + (node & ((1 << (BandHeight - 1)) - 1)));

    private static (int Band, int Heap, int Place, int Length) Locate(int layer, int node)
    {
        int band = layer / BandHeight;
        int depth = BandHeight - 1 - (layer - (band * BandHeight)); // in the heap
        int within = node & ((1 << depth) - 1);
        return (band, node >> depth, (1 << depth) + within, (1 << depth) - within);
    }

    [InlineArray(1 << BandHeight)] // 1 KiB
    private struct Heap
    {
        private Hash32 _free; // no node has place 0
    }
}
