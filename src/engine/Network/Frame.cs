using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Flashback.Network;

/// <summary>What goes over a link between two nodes of a machine. All numbers little-endian.</summary>
/// <remarks>
/// <code>
/// hello     00 | version:1 | digest:4 | name (UTF-8, at most 64 bytes)
/// gossip    01 | topic:1 | subnet:1 | message
/// request   02 | id:4 | kind:1 | request
/// chunk     03 | id:4 | part of an answer
/// end       04 | id:4 | code:1
/// </code>
/// </remarks>
internal readonly record struct Frame(FrameKind Kind, uint Id, byte Code, byte Subnet, ReadOnlyMemory<byte> Data)
{
    /// <summary>Longest frame in bytes. spec: cs/phase0/p2p-interface#configuration, MAX_PAYLOAD_SIZE (10 MiB), and a header</summary>
    public const int MaxLength = (10 << 20) + 16;

    private const byte Version = 1;

    public static byte[] Hello(ReadOnlySpan<byte> digest, PeerId self) => [(byte)FrameKind.Hello, Version, .. digest, .. Encoding.UTF8.GetBytes(self.Name)];

    public static byte[] Gossip(Topic topic, ReadOnlySpan<byte> message) => [(byte)FrameKind.Gossip, (byte)topic.Kind, topic.Subnet, .. message];

    public static byte[] Request(uint id, RequestKind kind, ReadOnlySpan<byte> request) => [(byte)FrameKind.Request, .. BytesOf(id), (byte)kind, .. request];

    public static byte[] Chunk(uint id, ReadOnlySpan<byte> chunk) => [(byte)FrameKind.Chunk, .. BytesOf(id), .. chunk];

    public static byte[] End(uint id, ResponseCode code) => [(byte)FrameKind.End, .. BytesOf(id), (byte)code];

    /// <summary>Reads a frame; false where it is none.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out Frame frame)
    {
        frame = default;
        ReadOnlySpan<byte> span = bytes.Span;
        if (span.IsEmpty || span.Length > MaxLength)
            return false;
        FrameKind kind = (FrameKind)span[0];
        int header = kind switch { FrameKind.Hello => 6, FrameKind.Gossip => 3, FrameKind.Request or FrameKind.End => 6, FrameKind.Chunk => 5, _ => int.MaxValue };
        if (span.Length < header)
            return false;
        uint id = header >= 5 ? BinaryPrimitives.ReadUInt32LittleEndian(span[1..]) : 0;
        frame = kind switch
        {
            FrameKind.Hello => new(kind, BinaryPrimitives.ReadUInt32LittleEndian(span[2..]), span[1], 0, bytes[header..]),
            FrameKind.Gossip => new(kind, 0, span[1], span[2], bytes[header..]),
            FrameKind.Chunk => new(kind, id, 0, 0, bytes[header..]),
            _ => new(kind, id, span[5], 0, bytes[header..]),
        };
        return true;
    }

    /// <summary>Who a hello is from; false where it is no peer of ours.</summary>
    public bool TryReadHello(ReadOnlySpan<byte> digest, [NotNullWhen(true)] out PeerId? peer)
    {
        peer = null;
        bool isOurs = Kind == FrameKind.Hello && Code == Version && Id == BinaryPrimitives.ReadUInt32LittleEndian(digest);
        if (!isOurs || Data.Length is 0 or > PeerId.MaxLength)
            return false;
        peer = new PeerId(Encoding.UTF8.GetString(Data.Span));
        return true;
    }

    private static byte[] BytesOf(uint id)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, id);
        return bytes;
    }
}

/// <summary>The kinds of frames.</summary>
internal enum FrameKind : byte
{
    Hello = 0,
    Gossip = 1,
    Request = 2,
    Chunk = 3,
    End = 4,
}
