namespace Flashback.Network;

/// <summary>What one peer asks of another. spec: cs/phase0/p2p-interface#messages</summary>
public enum RequestKind : byte
{
    /// <summary>How far it is: both sides tell.</summary>
    Status,

    /// <summary>Blocks of a range of slots.</summary>
    BlocksByRange,

    /// <summary>Blocks by their roots.</summary>
    BlocksByRoot,

    /// <summary>Blobs of a range of slots. spec: cs/deneb/p2p-interface#blobsidecarsbyrange-v1</summary>
    BlobSidecarsByRange,

    /// <summary>Blobs by the roots of their blocks. spec: cs/deneb/p2p-interface#blobsidecarsbyroot-v1</summary>
    BlobSidecarsByRoot,
}

/// <summary>How an answer ended. spec: cs/phase0/p2p-interface#responding-side</summary>
public enum ResponseCode : byte
{
    /// <summary>All of it came.</summary>
    Success = 0,

    /// <summary>The request does not follow the rules.</summary>
    InvalidRequest = 1,

    /// <summary>The peer failed.</summary>
    ServerError = 2,

    /// <summary>The peer does not have it.</summary>
    ResourceUnavailable = 3,

    /// <summary>The peer went, or took too long. Never on the wire.</summary>
    Lost = 255,
}

/// <summary>An answer.</summary>
/// <param name="Code">How it ended.</param>
/// <param name="Chunks">Its parts, in order; nobody has looked at them.</param>
public sealed record Response(ResponseCode Code, IReadOnlyList<ReadOnlyMemory<byte>> Chunks)
{
    /// <summary>An answer that is a reason only.</summary>
    public static Response Of(ResponseCode code) => new(code, []);
}
