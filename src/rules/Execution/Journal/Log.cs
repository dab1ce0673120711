using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>A log entry. spec: Ethereum Yellow Paper, section 4.3.1</summary>
/// <param name="Address">The account that ran LOG.</param>
/// <param name="Topics">Up to four words.</param>
/// <param name="Payload">The bytes logged.</param>
public sealed record Log(Address Address, IReadOnlyList<Hash32> Topics, ReadOnlyMemory<byte> Payload) : IRlpEncodable
{
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
}
