using System.Runtime.InteropServices;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Engine.Tests.Spacetime.Deals;

/// <summary>A piece with all of its tree at hand, and sectors in which it lies somewhere between made-up siblings.</summary>
internal sealed class TestPiece
{
    private readonly Hash32[] _nodes;

    public TestPiece(int rows, int seed)
    {
        Rows = rows;
        Data = new byte[127 << (rows - 2)];
        new Random(seed).NextBytes(Data);
        byte[] padded = new byte[Fr32.PaddedLength(Data.Length)];
        Fr32.Pad(Data, padded);
        _nodes = MemoryMarshal.Cast<byte, Hash32>(padded).ToArray();
        CommP = DataTree.RootInPlace(padded);
    }

    public int Rows { get; }

    /// <summary>As its owner has it.</summary>
    public byte[] Data { get; }

    public Hash32 CommP { get; }

    public ulong PaddedSize => 32UL << Rows;

    /// <summary>The nodes of a part, then the siblings on the way up.</summary>
    public byte[] Open(int height, ulong place)
    {
        int first = (int)place << height;
        InclusionProof path = InclusionProof.Create(_nodes, first, 1 << height);
        return [.. MemoryMarshal.AsBytes<Hash32>(_nodes.AsSpan(first, 1 << height)), .. path.Siblings.SelectMany(sibling => sibling.AsSpan().ToArray())];
    }

    /// <summary>The way from the piece up to a sector's CommD, as contracts take it.</summary>
    public static Hash32[] PathIn(int sectorRows, int pieceRows) => [.. Enumerable.Range(0, sectorRows - pieceRows).Select(row => DataTree.ZeroNode(pieceRows + row))];

    /// <summary>CommD of a sector of zeros but for the piece, at a place.</summary>
    public Hash32 CommDAt(int sectorRows, ulong place)
    {
        Hash32 node = CommP;
        foreach (Hash32 sibling in PathIn(sectorRows, Rows))
        {
            node = (place & 1) == 0 ? DataTree.Parent(node, sibling) : DataTree.Parent(sibling, node);
            place >>= 1;
        }
        return node;
    }
}
