using System.Buffers;
using System.Buffers.Binary;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>Writes vanilla proofs as rust-fil-proofs' processes pass them to each other: little-endian, 64-bit counts before lists.</summary>
internal sealed class BincodeWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public void Write(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(sizeof(uint)), value);

    public void Write(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);

    public void Write(in Hash32 node) => node.AsSpan().CopyTo(Take(DataTree.NodeLength));

    public void Write(Hash32[] nodes)
    {
        Write((long)nodes.Length);
        foreach (ref readonly Hash32 node in nodes.AsSpan())
            Write(node);
    }

    public void Write(ReadOnlySpan<PathStep> steps)
    {
        Write((long)steps.Length);
        foreach (PathStep step in steps)
        {
            Write(step.Siblings);
            Write((long)step.Position);
        }
    }

    /// <summary>A path: of one tree (0), of a tree under one node (1) or under two (2). The order of the fields is not the same in all.</summary>
    public void Write(TreePath path, TreeShape? shape)
    {
        int joined = shape is { } tree ? tree.PathLength - (tree.BaseRows - 1) : 0;
        Write((uint)joined);
        if (joined == 0)
        {
            Write(path.Root);
            Write(path.Leaf);
        }
        Write(path.Steps.AsSpan(0, path.Steps.Length - joined));
        for (int step = path.Steps.Length - joined; step < path.Steps.Length; step++)
            Write(path.Steps.AsSpan(step, 1));
        if (joined > 0)
        {
            Write(path.Root);
            Write(path.Leaf);
        }
    }

    private Span<byte> Take(int count)
    {
        Span<byte> span = _bytes.GetSpan(count)[..count];
        _bytes.Advance(count);
        return span;
    }
}

/// <summary>Reads what <see cref="BincodeWriter"/> writes; false at the first byte that does not fit, and a list is never longer than its bytes.</summary>
internal ref struct BincodeReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public bool TryRead(out uint value)
    {
        bool enough = BinaryPrimitives.TryReadUInt32LittleEndian(_rest, out value);
        _rest = enough ? _rest[sizeof(uint)..] : _rest;
        return enough;
    }

    public bool TryRead(out long value)
    {
        bool enough = BinaryPrimitives.TryReadInt64LittleEndian(_rest, out value);
        _rest = enough ? _rest[sizeof(long)..] : _rest;
        return enough;
    }

    public bool TryRead(out Hash32 node)
    {
        bool enough = _rest.Length >= DataTree.NodeLength;
        node = enough ? Hash32.Read(_rest[..DataTree.NodeLength]) : default;
        _rest = enough ? _rest[DataTree.NodeLength..] : _rest;
        return enough;
    }

    /// <summary>A count of items that each take at least so many bytes.</summary>
    public bool TryReadCount(int leastLength, out int count)
    {
        bool fits = TryRead(out long value) && value >= 0 && value <= _rest.Length / leastLength;
        count = fits ? (int)value : 0;
        return fits;
    }

    public bool TryRead(out Hash32[] nodes)
    {
        nodes = [];
        if (!TryReadCount(DataTree.NodeLength, out int count))
            return false;
        nodes = new Hash32[count];
        foreach (ref Hash32 node in nodes.AsSpan())
        {
            if (!TryRead(out node))
                return false;
        }
        return true;
    }

    /// <summary>A path of a tree of that shape, or of a binary tree.</summary>
    public bool TryRead(TreeShape? shape, out TreePath path)
    {
        path = new TreePath(default, default, []);
        int joined = shape is { } tree ? tree.PathLength - (tree.BaseRows - 1) : 0;
        Hash32 root = default, leaf = default;
        List<PathStep> steps = [];
        if (!TryRead(out uint variant) || variant != joined || (joined == 0 && !(TryRead(out root) && TryRead(out leaf))))
            return false;
        for (int part = 0; part <= joined; part++)
        {
            if (!TryReadSteps(steps, part == 0 ? null : 1))
                return false;
        }
        if (joined > 0 && !(TryRead(out root) && TryRead(out leaf)))
            return false;
        path = new TreePath(leaf, root, [.. steps]);
        return true;
    }

    private bool TryReadSteps(List<PathStep> steps, int? expected)
    {
        const int LeastStep = 2 * sizeof(long);
        if (!TryReadCount(LeastStep, out int count) || (expected is { } exact && count != exact))
            return false;
        for (int i = 0; i < count; i++)
        {
            if (!TryRead(out Hash32[] siblings) || !TryRead(out long position) || position < 0 || position > siblings.Length)
                return false;
            steps.Add(new PathStep(siblings, (int)position));
        }
        return true;
    }
}
