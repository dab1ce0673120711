using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>A Poseidon tree whose rows from some row up are stored, one memory for each octal tree; rows below come from the leaves when asked for.</summary>
/// <typeparam name="TLeaves">Where the leaves are.</typeparam>
/// <param name="shape">The tree's shape.</param>
/// <param name="firstStoredRow">0 when the leaves are stored too.</param>
/// <param name="baseTrees">The stored rows of each octal tree, one after the other.</param>
/// <param name="leaves">The leaves.</param>
public sealed class PoseidonTree<TLeaves>(TreeShape shape, int firstStoredRow, IReadOnlyList<MappedMemory> baseTrees, TLeaves leaves)
    where TLeaves : struct, ILeafSource
{
    /// <summary>Leaves a worker turns into one node at a time: eight to the fourth.</summary>
    private const int ChunkRows = 4;

    /// <summary>The root.</summary>
    public Hash32 Root => Upper()[^1][0];

    /// <summary>Computes and stores every row, on all cores; a worker needs the memory of some thousand nodes.</summary>
    /// <param name="progress">Is told how many leaves have been hashed since it was last told; may be null.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <exception cref="InvalidDataException">A leaf is no field element.</exception>
    public void Build(IProgress<long>? progress, CancellationToken cancellation)
    {
        for (int tree = 0; tree < shape.BaseTrees; tree++)
            BuildBase(tree, progress, cancellation);
    }

    /// <summary>A leaf's way to the root.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public TreePath Path(long leaf)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(leaf);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(leaf, shape.Leaves);
        int tree = (int)(leaf / shape.BaseLeaves);
        long index = leaf % shape.BaseLeaves;
        PathStep[] steps = new PathStep[shape.PathLength];
        Hash32 bottom = RebuildLowerSteps(tree, index, steps);
        for (int row = firstStoredRow; row < shape.BaseRows - 1; row++)
        {
            long node = index >> (3 * row), first = node & ~7L;
            Hash32[] group = new Hash32[TreeShape.BaseArity];
            for (int i = 0; i < group.Length; i++)
                group[i] = Stored(tree, row, first + i);
            steps[row] = Step(group, (int)(node & 7));
        }
        if (firstStoredRow == 0)
            bottom = Stored(tree, 0, index);
        Hash32[][] upper = Upper();
        int place = tree;
        for (int step = shape.BaseRows - 1; step < steps.Length; step++)
        {
            int arity = shape.ArityAt(step), digit = place % arity;
            steps[step] = Step(upper[step - shape.BaseRows + 1].AsSpan(place - digit, arity), digit);
            place /= arity;
        }
        return new TreePath(bottom, upper[^1][0], steps);
    }

    /// <summary>The roots of the octal trees, and the one or two rows over them.</summary>
    private Hash32[][] Upper()
    {
        Hash32[] row = new Hash32[shape.BaseTrees];
        for (int tree = 0; tree < row.Length; tree++)
            row[tree] = Stored(tree, shape.BaseRows - 1, 0);
        List<Hash32[]> rows = [row];
        for (int step = shape.BaseRows - 1; step < shape.PathLength; step++)
        {
            int arity = shape.ArityAt(step);
            Hash32[] next = new Hash32[row.Length / arity];
            for (int i = 0; i < next.Length; i++)
            {
                if (!ReplicaHash.TryParent(row.AsSpan(i * arity, arity), out next[i]))
                    throw new InvalidDataException("a tree's root is not below the field's modulus: its file has been altered");
            }
            rows.Add(next);
            row = next;
        }
        return [.. rows];
    }

    private Hash32 Stored(int tree, int row, long index) => baseTrees[tree].Node(shape.RowOffset(firstStoredRow, row) + index);

    private static PathStep Step(ReadOnlySpan<Hash32> group, int position) => new([.. group[..position], .. group[(position + 1)..]], position);

    /// <summary>The steps below the first stored row, from the leaves under its node.</summary>
    private Hash32 RebuildLowerSteps(int tree, long index, PathStep[] steps)
    {
        if (firstStoredRow == 0)
            return default;
        int count = 1 << (3 * firstStoredRow);
        long first = index / count * count;
        Fr[] row = new Fr[count];
        leaves.Read(tree * shape.BaseLeaves + first, row);
        Hash32 leaf = Nodes.FromElement(row[index - first]);
        int place = (int)(index - first);
        for (int step = 0; step < firstStoredRow; step++, place /= TreeShape.BaseArity)
        {
            int digit = place % TreeShape.BaseArity;
            Hash32[] group = new Hash32[TreeShape.BaseArity];
            for (int i = 0; i < group.Length; i++)
                group[i] = Nodes.FromElement(row[place - digit + i]);
            steps[step] = Step(group, digit);
            Fr[] next = new Fr[row.Length / TreeShape.BaseArity];
            Poseidon.OfArity(TreeShape.BaseArity).HashRow(row, next);
            row = next;
        }
        return leaf;
    }

    private void BuildBase(int tree, IProgress<long>? progress, CancellationToken cancellation)
    {
        int rowsInChunk = Math.Min(ChunkRows, shape.BaseRows - 1);
        int chunkLeaves = 1 << (3 * rowsInChunk);
        Fr[] row = new Fr[shape.BaseLeaves / chunkLeaves];
        ParallelRanges.For(row.Length, chunk =>
        {
            row[chunk] = BuildChunk(tree, (int)chunk, rowsInChunk);
            progress?.Report(chunkLeaves);
        }, cancellation);
        for (int r = rowsInChunk + 1; r < shape.BaseRows; r++)
        {
            Fr[] next = new Fr[row.Length / TreeShape.BaseArity];
            Poseidon.OfArity(TreeShape.BaseArity).HashRow(row, next);
            Store(tree, r, 0, next);
            row = next;
        }
    }

    private Fr BuildChunk(int tree, int chunk, int rowsInChunk)
    {
        int count = 1 << (3 * rowsInChunk);
        Fr[] row = new Fr[count], next = new Fr[count / TreeShape.BaseArity];
        leaves.Read(tree * shape.BaseLeaves + (long)chunk * count, row);
        for (int r = 0; ; r++)
        {
            Store(tree, r, (long)chunk * count, row.AsSpan(0, count));
            if (r == rowsInChunk)
                return row[0];
            Poseidon.OfArity(TreeShape.BaseArity).HashRow(row.AsSpan(0, count), next.AsSpan(0, count / TreeShape.BaseArity));
            count /= TreeShape.BaseArity;
            (row, next) = (next, row);
        }
    }

    private void Store(int tree, int row, long first, ReadOnlySpan<Fr> nodes)
    {
        if (row < firstStoredRow)
            return;
        Span<byte> bytes = baseTrees[tree].NodeBytes(shape.RowOffset(firstStoredRow, row) + first, nodes.Length);
        Nodes.FromElements(nodes, bytes);
    }
}
