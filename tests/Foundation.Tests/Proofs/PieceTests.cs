using System.Runtime.InteropServices;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Testing;

namespace Flashback.Foundation.Tests.Proofs;

public sealed class PieceTests
{
    /// <summary>Up to the sizes where one, two and three workers' chunks are filled, and a byte to either side.</summary>
    private static readonly int[] Lengths = [0, 1, 64, 126, 127, 128, 253, 254, 255, 508, 65_024, 260_095, 260_096, 260_097, 520_192, 700_001, 1_040_385];

    [Fact]
    public void Padding_puts_two_zero_bits_after_every_254() => Seeds.Check(random =>
    {
        foreach (int length in (int[])[0, 1, 31, 32, 33, 126, 127, 128, 254, 300])
        {
            byte[] data = Bytes(random, length);
            byte[] padded = new byte[Fr32.PaddedLength(length)];
            Fr32.Pad(data, padded);
            for (int bit = 0; bit < 8 * padded.Length; bit++)
            {
                int source = bit / 256 * 254 + bit % 256;
                bool expected = bit % 256 < 254 && source < 8 * length && (data[source / 8] >> (source % 8) & 1) == 1;
                Assert.Equal(expected, (padded[bit / 8] >> (bit % 8) & 1) == 1);
            }
        }
    });

    [Fact]
    public void Streams_are_padded_and_unpadded_to_what_they_were() => Seeds.Check(random =>
    {
        foreach (int groups in (int[])[0, 1, 511, 512, 513, 2000])
        {
            byte[] data = Bytes(random, groups * Fr32.UnpaddedGroup);
            using MemoryStream padded = new(), back = new();
            Assert.Equal(data.Length, Fr32.Pad(new Trickle(data, random), padded));
            Assert.Equal(groups * Fr32.PaddedGroup, padded.Length);
            Fr32.Unpad(new Trickle(padded.ToArray(), random), back);
            Assert.Equal(data, back.ToArray());
        }
        Assert.Throws<InvalidDataException>(() => Fr32.Unpad(new MemoryStream(new byte[100]), new MemoryStream()));
    });

    [Fact]
    public void A_commitment_is_the_root_over_all_padded_nodes_however_the_stream_arrives() => Seeds.Check(random =>
    {
        foreach (int length in Lengths)
        {
            byte[] data = Bytes(random, length);
            Piece expected = Naive(data);
            Assert.Equal(expected, PieceCommitment.Compute(data));
            Assert.Equal(expected, PieceCommitment.Compute(new Trickle(data, random), out long read, workers: 3));
            Assert.Equal(length, read);
        }
    });

    [Fact]
    public void A_piece_in_place_has_the_commitment_of_its_payload() => Seeds.Check(random =>
    {
        byte[] data = Bytes(random, 900_000);
        PaddedSize size = PaddedSize.Holding(data.Length);
        using MappedMemory memory = MappedMemory.Allocate(4 * size.Bytes);
        Fr32.Pad(data, memory.Bytes(size.Bytes, (int)Fr32.PaddedLength(data.Length)));
        Assert.Equal(PieceCommitment.Compute(data).Commitment, PieceCommitment.OfNodes(memory, size.Bytes, size, CancellationToken.None));
    });

    [Fact]
    public void CommD_of_pieces_is_the_root_of_the_sector_they_lie_in() => Seeds.Check(random =>
    {
        for (int round = 0; round < 20; round++)
        {
            byte[] sector = new byte[1 << 14];
            List<Piece> pieces = [];
            long written = 0;
            while (true)
            {
                byte[] data = Bytes(random, random.Next(1, 2000));
                (long left, long right) = SectorData.Alignment(written, data.Length);
                long offset = written + left;
                if (offset + data.Length + right > sector.Length / 128 * 127)
                    break;
                Fr32.Pad(data, sector.AsSpan((int)Fr32.PaddedLength(offset), (int)Fr32.PaddedLength(data.Length)));
                pieces.Add(PieceCommitment.Compute(data));
                written = offset + data.Length + right;
            }
            Piece joined = SectorData.Aggregate([.. pieces]);
            while (joined.Size.Bytes < sector.Length)
                joined = new Piece(DataTree.Parent(joined.Commitment, DataTree.ZeroCommitment(joined.Size)), joined.Size.Doubled());
            Assert.Equal(DataTree.RootInPlace(sector), joined.Commitment);
        }
    });

    [Fact]
    public void Ranges_of_nodes_are_shown_under_the_root_and_nothing_else_is() => Seeds.Check(random =>
    {
        Hash32[] leaves = MemoryMarshal.Cast<byte, Hash32>(Bytes(random, 64 * 32)).ToArray();
        Hash32 root = DataTree.RootInPlace(MemoryMarshal.AsBytes(leaves.ToArray().AsSpan()));
        for (int round = 0; round < 100; round++)
        {
            int first = random.Next(64), count = random.Next(1, 65 - first);
            Hash32[] range = leaves[first..(first + count)];
            InclusionProof proof = InclusionProof.Create(leaves, first, count);
            Assert.True(proof.Verify(range, root));
            Assert.False(proof.Verify(Flip(range, random), root));
            Assert.False(proof.Verify(range, Flip([root], random)[0]));
            if (proof.Siblings.Count > 0)
                Assert.False((proof with { Siblings = Flip([.. proof.Siblings], random) }).Verify(range, root));
            Assert.False((proof with { Siblings = [.. proof.Siblings, root] }).Verify(range, root));
            Assert.False((proof with { Rows = proof.Rows - 1 }).Verify(range, root));
            Assert.False((proof with { First = -1 }).Verify(range, root));
            Assert.False((proof with { Rows = 63 }).Verify(range, root));
        }
    });

    [Theory]
    [InlineData("")]
    [InlineData("baga6ea4seaqdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigm")]
    [InlineData("baga6ea4seaqdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmz")]
    [InlineData("Baga6ea4seaqdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy")]
    [InlineData("baga6ea4seaqdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veig1y")]
    [InlineData("bagboea4b5abcbrshxgmmpaucffwp2elaofbcrvb7hmcu3653o4lsw2arlor4hn3c")]
    public void Refuses_identifiers_that_are_not_a_piece_s(string text) => Assert.False(CommitmentCid.TryDecodePiece(text, out _));

    [Fact]
    public void Refuses_sizes_that_no_piece_has()
    {
        Assert.False(PaddedSize.TryCreate(64, out _));
        Assert.False(PaddedSize.TryCreate(129, out _));
        Assert.False(PaddedSize.TryCreate(long.MinValue, out _));
        Assert.False(UnpaddedSize.TryCreate(128, out _));
        Assert.True(UnpaddedSize.TryCreate(254, out UnpaddedSize size));
        Assert.Equal(256, size.Padded.Bytes);
        Assert.Throws<ArgumentException>(() => SectorData.Aggregate([]));
        Assert.Throws<ArgumentException>(() => Fr32.Pad(new byte[127], new byte[127]));
    }

    private static Piece Naive(byte[] data)
    {
        PaddedSize size = PaddedSize.Holding(data.Length);
        byte[] extended = new byte[size.Unpadded.Bytes], nodes = new byte[size.Bytes];
        data.CopyTo(extended, 0);
        Fr32.Pad(extended, nodes);
        List<Hash32> row = [.. MemoryMarshal.Cast<byte, Hash32>(nodes)];
        while (row.Count > 1)
            row = [.. row.Chunk(2).Select(pair => DataTree.Parent(pair[0], pair[1]))];
        return new Piece(row[0], size);
    }

    private static Hash32[] Flip(Hash32[] nodes, Random random)
    {
        Hash32[] copy = [.. nodes];
        Span<byte> bytes = MemoryMarshal.AsBytes(copy.AsSpan());
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return copy;
    }

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A stream that gives fewer bytes than it is asked for.</summary>
    private sealed class Trickle(byte[] data, Random random) : MemoryStream(data)
    {
        private readonly Random _random = new(random.Next());

        public override int Read(Span<byte> buffer)
        {
            int most = Math.Min(buffer.Length, 100_000);
            return base.Read(buffer[..(most == 0 ? 0 : _random.Next(1, most + 1))]);
        }
    }
}
