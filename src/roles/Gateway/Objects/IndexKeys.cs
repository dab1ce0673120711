using System.Buffers.Binary;
using System.Text;
using Flashback.Files.Content;
using Flashback.State.Store;

namespace Flashback.Gateway.Objects;

/// <summary>The columns of the index, and how their keys are made.</summary>
/// <remarks>
/// <code>
/// gateway_buckets   bucket                         BucketRecord
/// gateway_objects   bucket 00 key                  ObjectRecord
/// gateway_uploads   bucket 00 key 00 upload        UploadRecord
/// gateway_parts     upload (16 bytes) number       PartRecord
/// gateway_pieces    number                         PieceRecord
/// gateway_blocks    cid number                     offset length        where the block's bytes lie in the piece; without the piece's record it counts for nothing
/// gateway_log       number sequence                LogEntry             what the manifest of the open piece will tell
/// gateway_meta      "piece", "sequence"            the next number of a piece; of a change, after the closed pieces
/// </code>
/// Numbers are of 8 bytes (a part's of 2), the highest first. Neither bucket nor key has a zero in it.
/// </remarks>
internal static class IndexKeys
{
    public static readonly Column Buckets = new("gateway_buckets"), Objects = new("gateway_objects"), Uploads = new("gateway_uploads"), Parts = new("gateway_parts"),
        Pieces = new("gateway_pieces"), Blocks = new("gateway_blocks"), Log = new("gateway_log"), Meta = new("gateway_meta");

    public static readonly byte[] NextPiece = "piece"u8.ToArray(), NextSequence = "sequence"u8.ToArray();

    public static byte[] Bucket(string name) => Encoding.UTF8.GetBytes(name);

    public static byte[] Object(string bucket, ReadOnlySpan<byte> key) => [.. Encoding.UTF8.GetBytes(bucket), 0, .. key];

    public static byte[] Object(string bucket, string key) => Object(bucket, Encoding.UTF8.GetBytes(key));

    public static byte[] Upload(string bucket, string key, string upload) => [.. Object(bucket, key), 0, .. Encoding.ASCII.GetBytes(upload)];

    public static byte[] PartsOf(string upload) => Convert.FromHexString(upload);

    public static byte[] Part(string upload, int number) => [.. PartsOf(upload), (byte)(number >> 8), (byte)number];

    public static byte[] Number(long number)
    {
        byte[] key = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(key, number);
        return key;
    }

    public static byte[] LogEntry(long piece, long sequence) => [.. Number(piece), .. Number(sequence)];

    public static byte[] Block(Cid cid, long piece) => [.. cid.Bytes.Span, .. Number(piece)];

    public static byte[] Place(BlockPlace place)
    {
        byte[] value = new byte[12];
        BinaryPrimitives.WriteInt64BigEndian(value, place.Offset);
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(8), place.Length);
        return value;
    }

    public static BlockPlace ReadPlace(ReadOnlySpan<byte> value) => new(BinaryPrimitives.ReadInt64BigEndian(value), BinaryPrimitives.ReadInt32BigEndian(value[8..]));
}

/// <summary>Where a block's bytes lie in a piece.</summary>
internal readonly record struct BlockPlace(long Offset, int Length);
