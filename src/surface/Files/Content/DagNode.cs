using System.Text;

namespace Flashback.Files.Content;

/// <summary>A link of a node: what it leads to, under which name, and how many bytes all blocks from there on are together.</summary>
public sealed record DagLink(Cid Cid, string? Name, long? Tsize);

/// <summary>A node of a Merkle DAG: links and data. spec: ipld/codecs/dag-pb</summary>
/// <remarks>
/// <code>
/// node   2 link …   1 data           the links come first, though their number is the higher
/// link   1 cid      2 name   3 tsize
/// </code>
/// </remarks>
public sealed record DagNode(IReadOnlyList<DagLink> Links, byte[]? Data)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a node; only the one canonical form is taken.</summary>
    /// <exception cref="InvalidDataException">These bytes are no node.</exception>
    public static DagNode Decode(ReadOnlySpan<byte> block)
    {
        List<DagLink> links = [];
        byte[]? data = null;
        ProtobufReader reader = new(block);
        while (reader.MoveNext())
        {
            if (reader is { Field: 2, IsBytes: true })
                links.Add(DecodeLink(reader.Bytes));
            else if (reader is { Field: 1, IsBytes: true })
                data = reader.Bytes.ToArray();
            else
                throw new InvalidDataException($"a node has no field {reader.Field}");
        }
        DagNode node = new(links, data);
        return node.Encode().AsSpan().SequenceEqual(block) ? node : throw new InvalidDataException("a node is not in canonical form");
    }

    /// <summary>The node as a block.</summary>
    public byte[] Encode()
    {
        ProtobufWriter writer = new();
        foreach (DagLink link in Links)
        {
            ProtobufWriter inner = new();
            inner.Bytes(1, link.Cid.Bytes.Span);
            if (link.Name is not null)
                inner.Bytes(2, Strict.GetBytes(link.Name));
            if (link.Tsize is { } size)
                inner.Number(3, (ulong)size);
            writer.Bytes(2, inner.Written);
        }
        if (Data is not null)
            writer.Bytes(1, Data);
        return writer.Written.ToArray();
    }

    private static DagLink DecodeLink(ReadOnlySpan<byte> bytes)
    {
        Cid? cid = null;
        string? name = null;
        long? size = null;
        ProtobufReader reader = new(bytes);
        while (reader.MoveNext())
        {
            if (reader is { Field: 1, IsBytes: true } && Cid.TryRead(reader.Bytes, out cid, out int length) && length == reader.Bytes.Length)
                continue;
            if (reader is { Field: 2, IsBytes: true })
                name = Text(reader.Bytes);
            else if (reader is { Field: 3, IsBytes: false })
                size = (long)reader.Number;
            else
                throw new InvalidDataException("a link of a node is malformed");
        }
        return new DagLink(cid ?? throw new InvalidDataException("a link of a node leads nowhere"), name, size);
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException("the name of a link is no UTF-8", e);
        }
    }
}
