using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flashback.Gateway.Objects;

/// <summary>A bucket in the index.</summary>
public sealed record BucketRecord(DateTimeOffset Created);

/// <summary>An object in the index, and in the manifest of a piece.</summary>
public sealed record ObjectRecord
{
    /// <summary>The root of its content.</summary>
    public required string Cid { get; init; }

    /// <summary>Its bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Bytes of all its blocks.</summary>
    public long Tsize { get; init; }

    /// <summary>What it is compared by, without quotation marks: MD5, or of an upload in parts the MD5 of their MD5s and their number.</summary>
    public required string ETag { get; init; }

    /// <summary>When it was put.</summary>
    public required DateTimeOffset Modified { get; init; }

    /// <summary>Headers that are given back as they came, by their names in lower case: content-type and its like.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>What the owner attached, by names in lower case without the prefix.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Checksums in base 64, by the algorithm's name in lower case.</summary>
    public IReadOnlyDictionary<string, string>? Checksums { get; init; }

    /// <summary>Sizes of the parts it was uploaded in.</summary>
    public IReadOnlyList<long>? Parts { get; init; }

    /// <summary>The pieces that hold its blocks, and the one whose manifest has this record.</summary>
    public IReadOnlyList<long> Pieces { get; init; } = [];
}

/// <summary>An upload in parts that was begun.</summary>
public sealed record UploadRecord
{
    /// <summary>When.</summary>
    public required DateTimeOffset Begun { get; init; }

    /// <summary>As in <see cref="ObjectRecord"/>.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>As in <see cref="ObjectRecord"/>.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The checksum that its parts have, in lower case; null for none.</summary>
    public string? ChecksumAlgorithm { get; init; }
}

/// <summary>A part that was uploaded: a file that waits to become part of an object.</summary>
public sealed record PartRecord
{
    /// <summary>The file's name.</summary>
    public required string File { get; init; }

    /// <summary>Its bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Its MD5 in hexadecimal.</summary>
    public required string ETag { get; init; }

    /// <summary>When it was uploaded.</summary>
    public required DateTimeOffset Modified { get; init; }

    /// <summary>Checksums in base 64, by the algorithm's name in lower case.</summary>
    public IReadOnlyDictionary<string, string>? Checksums { get; init; }
}

/// <summary>How far a piece has come.</summary>
public enum PieceState
{
    /// <summary>Blocks are added to it.</summary>
    Open,

    /// <summary>It has its manifest and does not change any more.</summary>
    Closed,

    /// <summary>The network was told to store it.</summary>
    Placed,

    /// <summary>It is proven, and was read back.</summary>
    Stored,

    /// <summary>No object needs it: it is on its way out, and counts for nothing.</summary>
    Unneeded,
}

/// <summary>A piece in the index.</summary>
public sealed record PieceRecord
{
    /// <summary>Its number here; never given twice.</summary>
    public required long Number { get; init; }

    /// <summary>How far it has come.</summary>
    public required PieceState State { get; init; }

    /// <summary>Bytes of the archive.</summary>
    public required long Length { get; init; }

    /// <summary>When the first thing came into it.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>CommP in hexadecimal, once it is known.</summary>
    public string? Commitment { get; init; }

    /// <summary>How many objects need it.</summary>
    public long Live { get; init; }

    /// <summary>Whether its manifest tells of deletions, which older pieces need.</summary>
    public bool HasDeletions { get; init; }

    /// <summary>Whether there is a file of it here.</summary>
    public bool IsLocal { get; init; } = true;
}

/// <summary>A change of the index as a piece's manifest tells it: an object or bucket that was made, or, where neither is given, that is gone.</summary>
public sealed record LogEntry
{
    /// <summary>Later changes have higher numbers.</summary>
    public required long Sequence { get; init; }

    /// <summary>The bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>The object's key; null when the bucket itself is meant.</summary>
    public string? Key { get; init; }

    /// <summary>The object as it is from here on.</summary>
    public ObjectRecord? Object { get; init; }

    /// <summary>The bucket as it is from here on.</summary>
    public BucketRecord? Made { get; init; }
}

/// <summary>The root of a piece's manifest: a block of JSON that leads to others, which are lists of changes.</summary>
public sealed record PieceManifest
{
    /// <summary>Which form this is.</summary>
    public required int Version { get; init; }

    /// <summary>The piece's number.</summary>
    public required long Piece { get; init; }

    /// <summary>Whose blocks hold the changes, in order.</summary>
    public required IReadOnlyList<string> Pages { get; init; }
}

[JsonSerializable(typeof(BucketRecord))]
[JsonSerializable(typeof(ObjectRecord))]
[JsonSerializable(typeof(UploadRecord))]
[JsonSerializable(typeof(PartRecord))]
[JsonSerializable(typeof(PieceRecord))]
[JsonSerializable(typeof(LogEntry))]
[JsonSerializable(typeof(LogEntry[]))]
[JsonSerializable(typeof(PieceManifest))]
internal sealed partial class RecordJson : JsonSerializerContext
{
    /// <summary>Written for programs, not for web pages: only what JSON itself asks for is escaped.</summary>
    public static RecordJson Records { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
