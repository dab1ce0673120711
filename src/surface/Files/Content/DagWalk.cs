using System.Runtime.CompilerServices;

namespace Flashback.Files.Content;

/// <summary>Goes over a DAG from its root, each node before what it links to, and each block once: the order of a trustless gateway's <c>order=dfs; dups=n</c>.</summary>
public static class DagWalk
{
    private const int MostDepth = 256;

    /// <summary>All blocks of a DAG. Each is the caller's to dispose. Memory: some hundred bytes for each block.</summary>
    /// <exception cref="InvalidDataException">A node is malformed, or the DAG is too deep.</exception>
    /// <exception cref="BlockUnavailableException">A block is not to be had.</exception>
    public static IAsyncEnumerable<(Cid Cid, Block Block)> AllAsync(IBlockSource source, Cid root, CancellationToken cancellation) => AllAsync(source, root, [], cancellation);

    /// <summary>All blocks of a DAG but those that were shown before.</summary>
    internal static async IAsyncEnumerable<(Cid Cid, Block Block)> AllAsync(IBlockSource source, Cid root, HashSet<Cid> shown, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Stack<(Cid Cid, int Depth)> open = new([(root, 0)]);
        while (open.TryPop(out (Cid Cid, int Depth) part))
        {
            if (!shown.Add(part.Cid))
                continue;
            if (part.Depth > MostDepth)
                throw new InvalidDataException($"what is below {root} is deeper than {MostDepth}");
            Block block = await source.ReadAsync(part.Cid, cancellation).ConfigureAwait(false);
            if (part.Cid.Codec == Multicodec.DagPb)
            {
                IReadOnlyList<DagLink> links = DagNode.Decode(block.Memory.Span).Links;
                for (int i = links.Count - 1; i >= 0; i--)
                    open.Push((links[i].Cid, part.Depth + 1));
            }
            if (part.Cid.Hash == Multicodec.Identity)
                block.Dispose(); // whoever has the link has the block
            else
                yield return (part.Cid, block);
        }
    }
}
