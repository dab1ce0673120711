using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Flashback.Primitives;

/// <summary>A container that changes and is asked for its root again and again: what <see cref="SszContainerAttribute.RemembersFields"/> asks for.</summary>
public interface IRemembersFields
{
    /// <summary>Where roots are kept.</summary>
    ref FieldMemory FieldMemory { get; }

    /// <summary>Writes the root of each field that has changed over what it was when the memory was last asked.</summary>
    /// <param name="preset">The preset.</param>
    /// <param name="leaves">A root for each field.</param>
    /// <returns>A bit for each root that is another now.</returns>
    ulong WriteChangedLeaves(ISszPreset? preset, Span<Hash32> leaves);
}

/// <summary>The tree of one container's fields as it was last hashed. Asked for the root again, only the paths above fields that changed are hashed.</summary>
/// <remarks>
/// Whether a field has changed is seen by its root, so nobody can forget to say so; fields whose root costs hashing are compared with what they
/// were. One thread asks, as one writes. A copy takes the memory along with <see cref="Copy"/>; both go on without the other noticing.
/// </remarks>
public struct FieldMemory
{
    private const int MostFields = 64; // a bit each

    /// <summary>From so many nodes on, a layer is hashed whole, side by side; below, node by node.</summary>
    private const int WholeLayer = 6;

    // Node i lies at place i, its children at 2·i and 2·i + 1; the leaves fill the upper half.
    private Hash32[]? _nodes;
    private ISszPreset? _preset;

    /// <summary>Whether the roots of the fields are those found before, with that preset.</summary>
    public readonly bool IsKnown(ISszPreset? preset) => _nodes is not null && ReferenceEquals(_preset, preset);

    /// <summary>The same memory for a copy of the container.</summary>
    public readonly FieldMemory Copy() => new() { _nodes = _nodes?.AsSpan().ToArray(), _preset = _preset };

    /// <summary>The root of the container, whose fields write their roots where they were last.</summary>
    /// <param name="container">The container; where nothing has changed, it is not written, so that many may ask.</param>
    /// <param name="fieldCount">How many fields it has, 64 at most.</param>
    /// <param name="preset">The preset.</param>
    internal static Hash32 RootOf(IRemembersFields container, int fieldCount, ISszPreset? preset)
    {
        ref FieldMemory memory = ref container.FieldMemory;
        int width = 1 << Merkle.DepthFor((ulong)fieldCount);
        Hash32[] nodes = memory._nodes ?? ZeroTree(width);
        ulong changed;
        try
        {
            changed = container.WriteChangedLeaves(preset, nodes.AsSpan(width, fieldCount));
        }
        catch
        {
            memory = default; // some of the leaves are new, and nothing above them
            throw;
        }
        if (changed == 0 && memory._nodes is not null)
            return nodes[1];
        HashPaths(nodes, width, memory._nodes is null ? ulong.MaxValue >> (MostFields - fieldCount) : changed);
        memory = new FieldMemory { _nodes = nodes, _preset = preset };
        return nodes[1];
    }

    /// <summary>Puts a root in its place.</summary>
    /// <param name="leaves">A root for each field.</param>
    /// <param name="field">The field.</param>
    /// <param name="root">Its root.</param>
    /// <returns>The field's bit where the root is another than before, else none.</returns>
    public static ulong Put(Span<Hash32> leaves, int field, in Hash32 root)
    {
        if (leaves[field] == root)
            return 0;
        leaves[field] = root;
        return 1UL << field;
    }

    /// <summary>Hashes what lies above changed leaves, a bit for each.</summary>
    private static void HashPaths(Hash32[] nodes, int width, ulong changed)
    {
        if (BitOperations.IsPow2(changed))
        {
            HashPath(nodes, width + BitOperations.TrailingZeroCount(changed));
            return;
        }
        for (; width > 1 && changed != 0; width /= 2)
        {
            changed = MerkleTree.HalveWord(changed);
            Span<Hash32> children = nodes.AsSpan(width, width);
            Span<Hash32> parents = nodes.AsSpan(width / 2, width / 2);
            if (BitOperations.PopCount(changed) >= WholeLayer)
            {
                int count = 64 - BitOperations.LeadingZeroCount(changed);
                Sha256.HashPairs(MemoryMarshal.AsBytes(children[..(2 * count)]), MemoryMarshal.AsBytes(parents[..count]));
                continue;
            }
            for (ulong rest = changed; rest != 0; rest &= rest - 1)
            {
                int parent = BitOperations.TrailingZeroCount(rest);
                Sha256.HashPairs(MemoryMarshal.AsBytes(children.Slice(2 * parent, 2)), MemoryMarshal.AsBytes(parents.Slice(parent, 1)));
            }
        }
    }

    /// <summary>Hashes what lies above the leaf at that place.</summary>
    [SkipLocalsInit] // both are written whole before they are read
    private static void HashPath(Hash32[] nodes, int place)
    {
        int depth = BitOperations.Log2((uint)place);
        Span<Hash32> siblings = stackalloc Hash32[depth]; // 6 at most
        Span<Hash32> parents = stackalloc Hash32[depth];
        for (int i = 0; i < depth; i++)
            siblings[i] = nodes[(place >> i) ^ 1];
        Sha256.HashPath(in nodes[place], siblings, (ulong)place, parents);
        for (int i = 0; i < depth; i++)
            nodes[place >> (i + 1)] = parents[i];
    }

    private static Hash32[] ZeroTree(int width)
    {
        Hash32[] nodes = new Hash32[2 * width];
        for (int i = 1; i < nodes.Length; i++)
            nodes[i] = Merkle.ZeroHash(BitOperations.Log2((uint)width) - BitOperations.Log2((uint)i));
        return nodes;
    }
}
