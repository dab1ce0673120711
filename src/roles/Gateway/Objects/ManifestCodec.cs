using System.Buffers;
using System.Text.Json;
using Flashback.Files.Content;

namespace Flashback.Gateway.Objects;

/// <summary>The manifest of a piece: its last blocks, in JSON. Lists of changes come first, and the root that names them after all.</summary>
internal static class ManifestCodec
{
    private const int Version = 1;
    private const int PageBytes = 512 << 10;

    // a page's section head, its place in the root (a CID in quotation marks, a comma), and the brackets around its entries
    private const int PerPage = 160;

    /// <summary>Bytes that a manifest takes at most, for entries of so many bytes together.</summary>
    public static long MostBytes(long entryBytes) => entryBytes + (entryBytes / (PageBytes / 2) + 2) * PerPage + 1024;

    /// <summary>Adds a manifest to a piece.</summary>
    /// <returns>Its root.</returns>
    public static Cid Write(PieceFile piece, IEnumerable<ReadOnlyMemory<byte>> entries)
    {
        List<string> pages = [];
        ArrayBufferWriter<byte> page = new();
        foreach (ReadOnlyMemory<byte> entry in entries)
        {
            if (page.WrittenCount > 0 && page.WrittenCount + entry.Length > PageBytes)
                ClosePage();
            page.Write(page.WrittenCount == 0 ? "["u8 : ","u8);
            page.Write(entry.Span);
        }
        if (page.WrittenCount > 0)
            ClosePage();
        byte[] root = JsonSerializer.SerializeToUtf8Bytes(new PieceManifest { Version = Version, Piece = piece.Number, Pages = pages }, RecordJson.Records.PieceManifest);
        return Add(root);

        void ClosePage()
        {
            page.Write("]"u8);
            pages.Add(Add(page.WrittenMemory).ToString());
            page.ResetWrittenCount();
        }

        Cid Add(ReadOnlyMemory<byte> block)
        {
            Cid cid = Cid.Of(Multicodec.Json, block.Span);
            piece.Add(cid, block);
            return cid;
        }
    }

    /// <summary>Reads the root of a manifest.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static PieceManifest DecodeRoot(ReadOnlySpan<byte> block) =>
        Decode(block, RecordJson.Records.PieceManifest) is { Version: Version, Piece: > 0 } manifest ? manifest : throw new InvalidDataException("a manifest is of no version that is known here");

    /// <summary>Reads a list of changes.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static LogEntry[] DecodePage(ReadOnlySpan<byte> block) => Decode(block, RecordJson.Records.LogEntryArray);

    private static T Decode<T>(ReadOnlySpan<byte> block, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(block, type) ?? throw new InvalidDataException("a manifest says nothing");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"a manifest makes no sense: {e.Message}", e);
        }
    }
}
