using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>A log entry. spec: Ethereum Yellow Paper, section 4.3.1</summary>
/// <param name="Address">The account that ran LOG.</param>
/// <param name="Topics">Up to four words.</param>
/// <param name="Payload">The bytes logged.</param>
public sealed record Log(Address Address, IReadOnlyList<Hash32> Topics, ReadOnlyMemory<byte> Payload) : IRlpEncodable
{
    private const int MostTopics = 4; // LOG4

    /// <inheritdoc/>
    public void WriteTo(ref RlpWriter writer)
    {
        RlpListMark log = writer.BeginList();
        writer.WriteFixed(Address);
        RlpListMark topics = writer.BeginList();
        foreach (Hash32 topic in Topics)
            writer.WriteFixed(topic);
        writer.EndList(topics);
        writer.Write(Payload.Span);
        writer.EndList(log);
    }

    internal static bool TryRead(ref RlpReader reader, out Log? log)
    {
        log = null;
        if (!reader.TryReadList(out RlpReader fields))
            return false;
        if (!fields.TryReadFixed(out Address address) || !TryReadTopics(ref fields, out Hash32[] topics) || !fields.TryReadBytes(out ReadOnlySpan<byte> payload) || !fields.TryEnd())
            return reader.Fail(fields.Fault);
        log = new Log(address, topics, payload.ToArray());
        return true;
    }

    private static bool TryReadTopics(ref RlpReader fields, out Hash32[] topics)
    {
        topics = [];
        if (!fields.TryReadList(out RlpReader list))
            return false;
        List<Hash32> read = [];
        while (!list.IsAtEnd)
        {
            if (!list.TryReadFixed(out Hash32 topic))
                return fields.Fail(list.Fault);
            if (read.Count == MostTopics)
                return fields.Fail(RlpFault.TrailingBytes);
            read.Add(topic);
        }
        topics = [.. read];
        return true;
    }
}
