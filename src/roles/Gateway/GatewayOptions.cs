namespace Flashback.Gateway;

/// <summary>How a gateway keeps things.</summary>
public sealed record GatewayOptions
{
    /// <summary>The folder for its index, pieces and uploads.</summary>
    public required string Folder { get; init; }

    /// <summary>How long small objects wait for others before their piece goes to the network.</summary>
    public TimeSpan PieceAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long an upload in parts may stay unfinished before it is aborted.</summary>
    public TimeSpan UploadAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Bytes of pieces that stay on this machine after they are stored, to be read quickly: the newest.</summary>
    public long KeptBytes { get; init; } = 64L << 30;

    /// <summary>Bytes of the disk that are left alone.</summary>
    public long SparedBytes { get; init; } = 1L << 30;

    /// <summary>How long a body may be silent before its request is given up.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The bucket that files put over plain HTTP lie in.</summary>
    public string FilesBucket { get; init; } = "files";
}
