using System.Globalization;
using System.Text.Json;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Conformance;

/// <summary>Padding, piece commitments and their identifiers.</summary>
internal static class FilecoinPieces
{
    public static IEnumerable<SpecCase> ZeroPieces(JsonElement section) => section.GetProperty("values").EnumerateObject().Select(row => new SpecCase(row.Name, () =>
    {
        PaddedSize size = PaddedSize.Of(long.Parse(row.Name, CultureInfo.InvariantCulture));
        Hash32 root = DataTree.ZeroCommitment(size);
        return SpecOutcome.Equal(
            $"{row.Value.GetProperty("root")} {row.Value.GetProperty("cid")}",
            $"{FilecoinWords.Text(root)} {CommitmentCid.OfPiece(root)}");
    }));

    public static IEnumerable<SpecCase> ZeroNodes(JsonElement section) => section.GetProperty("values").EnumerateArray().Select((node, height) =>
        new SpecCase($"{height}", () => SpecOutcome.Equal(node.GetString()!, FilecoinWords.Text(DataTree.ZeroNode(height)))));

    public static IEnumerable<SpecCase> Padding(JsonElement section) =>
        section.GetProperty("cases").EnumerateArray().Select(row => new SpecCase(row.GetProperty("name").GetString()!, () => Pad(row)))
            .Concat(section.GetProperty("bytes_to_fr_validity").EnumerateArray().Select(row => new SpecCase("validity", () => SpecOutcome.Equal(
                row.GetProperty("valid").GetBoolean().ToString(),
                Nodes.IsElement(FilecoinWords.Hash(row.GetProperty("bytes"))).ToString()))));

    private static SpecOutcome Pad(JsonElement row)
    {
        byte[] data = JsonWords.Bytes(row.GetProperty("in"));
        byte[] padded = new byte[Fr32.PaddedLength(data.Length)];
        Fr32.Pad(data, padded);
        return SpecOutcome.Equal(row.GetProperty("out").GetString()!, FilecoinWords.Text(padded));
    }

    public static IEnumerable<SpecCase> Commitments(JsonElement section) => section.GetProperty("rows").EnumerateArray().Select(row =>
        new SpecCase($"{row.GetProperty("payload")} × {row.GetProperty("byte")}", () =>
        {
            using ConstantStream payload = new(Convert.ToByte(row.GetProperty("byte").GetString(), 16), row.GetProperty("payload").GetInt64());
            Piece piece = PieceCommitment.Compute(payload, out _);
            // The published padded sizes are those the payload is extended to, which may be larger than the payload asks for.
            while (piece.Size.Bytes < row.GetProperty("padded").GetInt64())
                piece = new Piece(DataTree.Parent(piece.Commitment, DataTree.ZeroCommitment(piece.Size)), piece.Size.Doubled());
            return SpecOutcome.Equal($"{row.GetProperty("cid")} {row.GetProperty("padded")}", $"{CommitmentCid.OfPiece(piece.Commitment)} {piece.Size}");
        }));

    public static IEnumerable<SpecCase> Identifiers(JsonElement section) => section.GetProperty("rows").EnumerateArray().Select((row, i) => new SpecCase($"{i}", () =>
    {
        Hash32 root = FilecoinWords.Hash(row.GetProperty("root"));
        long length = row.GetProperty("unpadded_size").GetInt64();
        string v1 = row.GetProperty("v1").GetString()!;
        bool decodes = CommitmentCid.TryDecodePiece(v1, out Hash32 decoded) && decoded == root;
        return SpecOutcome.Equal(
            $"{v1} {row.GetProperty("v2")} {true}",
            $"{CommitmentCid.OfPiece(root)} {CommitmentCid.OfPieceV2(new Piece(root, PaddedSize.Holding(length)), length)} {decodes}");
    }));

    public static IEnumerable<SpecCase> Aggregate(JsonElement section) =>
    [
        new("", () =>
        {
            List<Piece> pieces = [];
            foreach (JsonElement piece in section.GetProperty("pieces").EnumerateArray())
            {
                if (!CommitmentCid.TryDecodePiece(piece.GetProperty("cid").GetString()!, out Hash32 commitment))
                    return new SpecOutcome.Failed("a piece's identifier", piece.ToString());
                pieces.Add(new Piece(commitment, PaddedSize.Of(piece.GetProperty("size").GetInt64())));
            }
            foreach (JsonElement size in section.GetProperty("then_zero_pieces").EnumerateArray())
                pieces.Add(Piece.OfZeros(PaddedSize.Of(size.GetInt64())));
            Piece sector = SectorData.Aggregate([.. pieces]);
            return SpecOutcome.Equal($"{section.GetProperty("comm_d")} {section.GetProperty("sector_size")}", $"{CommitmentCid.OfPiece(sector.Commitment)} {sector.Size}");
        }),
    ];

    public static IEnumerable<SpecCase> FirstByteSet(JsonElement section)
    {
        foreach ((string name, int size) in new (string, int)[] { ("2KiB", 2 << 10), ("8MiB", 8 << 20) })
        {
            byte[] nodes = new byte[size];
            nodes[0] = 1;
            yield return new(name, () => SpecOutcome.Equal(section.GetProperty(name).GetString()!, CommitmentCid.OfPiece(DataTree.RootInPlace(nodes))));
        }
        byte[] one = new byte[32];
        one[0] = 1;
        yield return new("node", () => SpecOutcome.Equal(
            section.GetProperty("node(01 00.., 00..)").GetString()!, FilecoinWords.Text(DataTree.Parent(Hash32.Read(one), default))));
    }

    public static IEnumerable<SpecCase> Alignment(JsonElement section)
    {
        foreach (JsonElement row in section.GetProperty("rows").EnumerateArray())
        {
            yield return new($"{row.GetProperty("piece")} after {row.GetProperty("written")}", () => SpecOutcome.Equal(
                $"({row.GetProperty("left")}, {row.GetProperty("right")})",
                SectorData.Alignment(row.GetProperty("written").GetInt64(), row.GetProperty("piece").GetInt64()).ToString()));
        }
        yield return new("starts of 31, 32 and 33 bytes", () =>
        {
            List<long> starts = [];
            long written = 0;
            foreach (long piece in (ReadOnlySpan<long>)[31, 32, 33])
            {
                (long left, long right) = SectorData.Alignment(written, piece);
                starts.Add(written + left);
                written += left + piece + right;
            }
            return SpecOutcome.Equal(FilecoinWords.List(FilecoinWords.Longs(section.GetProperty("start_byte_after_pieces_31_32_33"))), FilecoinWords.List(starts));
        });
    }

    /// <summary>A payload of one byte again and again, which need not be in memory.</summary>
    private sealed class ConstantStream(byte value, long length) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int count = (int)Math.Min(buffer.Length, _left);
            buffer[..count].Fill(value);
            _left -= count;
            return count;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
