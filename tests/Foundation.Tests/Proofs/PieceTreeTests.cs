using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Testing;

namespace Flashback.Foundation.Tests.Proofs;

public sealed class PieceTreeTests
{
    /// <summary>Less than a chunk, one, and several, of which the last are zeros.</summary>
    private static readonly int[] Lengths = [0, 1, 127, 65_024, 260_096, 260_097, 700_001, 1_040_385];

    [Fact]
    public void Every_part_that_is_opened_lies_under_the_pieces_commitment() => Seeds.Check(random =>
    {
        foreach (int length in Lengths)
        {
            byte[] data = new byte[length];
            random.NextBytes(data);
            using MemoryStream payload = new(data);
            PieceTree tree = PieceCommitment.ComputeTree(payload, out _);
            Assert.Equal(PieceCommitment.Compute(data), tree.Piece);
            int rows = tree.Piece.Size.TreeHeight;
            for (int i = 0; i < 20; i++)
            {
                int height = random.Next(Math.Min(rows, 11) + 1);
                ulong place = (ulong)random.NextInt64(1L << (rows - height));
                byte[] opening = tree.Open(payload, height, place);
                Assert.Equal(PieceOpening.LengthOf(rows, height), opening.Length);
                Assert.True(PieceOpening.Verify(opening, tree.Piece.Commitment, height, place));
                opening[random.Next(opening.Length)] ^= (byte)(1 << random.Next(6)); // not the two highest bits of a node: a last sibling may lose them
                Assert.False(PieceOpening.Verify(opening, tree.Piece.Commitment, height, place));
            }
        }
    });

    [Fact]
    public void A_kept_tree_opens_as_the_first_one_did() => Seeds.Check(random =>
    {
        byte[] data = new byte[700_001];
        random.NextBytes(data);
        using MemoryStream payload = new(data);
        PieceTree tree = PieceCommitment.ComputeTree(payload, out _);
        Assert.Equal(3, tree.ChunkRoots.Length);
        PieceTree kept = new(tree.Piece.Size, tree.ChunkRoots);
        Assert.Equal(tree.Piece, kept.Piece);
        ulong place = (ulong)random.NextInt64(1L << tree.Piece.Size.TreeHeight);
        Assert.Equal(tree.Open(payload, 0, place), kept.Open(payload, 0, place));
    });

    [Fact]
    public void What_was_altered_since_does_not_open()
    {
        byte[] data = new byte[600_000];
        new Random(5).NextBytes(data);
        using MemoryStream payload = new(data);
        PieceTree tree = PieceCommitment.ComputeTree(payload, out _);
        data[599_999] ^= 1;
        ulong last = 8 * 599_999 / 254;
        Assert.False(PieceOpening.Verify(tree.Open(payload, 0, last), tree.Piece.Commitment, 0, last));
        Assert.True(PieceOpening.Verify(tree.Open(payload, 0, 0), tree.Piece.Commitment, 0, 0));
    }

    [Fact]
    public void There_are_no_parts_beyond_the_piece_and_none_larger_than_a_chunk()
    {
        using MemoryStream payload = new(new byte[600_000]);
        PieceTree tree = PieceCommitment.ComputeTree(payload, out _);
        int rows = tree.Piece.Size.TreeHeight;
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Open(payload, 0, 1UL << rows));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Open(payload, 14, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Open(payload, -1, 0));
        Assert.Throws<ArgumentException>(() => new PieceTree(PaddedSize.Least, new Hash32[2]));
    }

    [Fact]
    public void What_a_stream_throws_is_thrown_as_it_is()
    {
        using BreakingStream stream = new(new byte[1_000_000]);
        Assert.Equal("broken off", Assert.Throws<IOException>(() => PieceCommitment.Compute(stream, out _)).Message);
    }

    private sealed class BreakingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer) is > 0 and int read ? read : throw new IOException("broken off");
    }
}
