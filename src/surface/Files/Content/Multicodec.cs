namespace Flashback.Files.Content;

/// <summary>The codes of hashes and encodings that a content identifier names. Encodings that are not listed are carried and not read. spec: multiformats/multicodec</summary>
public enum Multicodec
{
    /// <summary>No hash: the digest is the content.</summary>
    Identity = 0,

    /// <summary>SHA2-256.</summary>
    Sha256 = 0x12,

    /// <summary>Bytes as they are.</summary>
    Raw = 0x55,

    /// <summary>A node of a Merkle DAG in protocol buffers, which UnixFS is written in.</summary>
    DagPb = 0x70,

    /// <summary>CBOR with links.</summary>
    DagCbor = 0x71,

    /// <summary>JSON.</summary>
    Json = 0x200,
}
