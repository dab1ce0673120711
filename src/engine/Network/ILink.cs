namespace Flashback.Network;

/// <summary>A way to one other node: frames arrive whole and in order, or the link is closed. Safe to share between threads.</summary>
public interface ILink
{
    /// <summary>Sends a frame, and returns at once. A link whose other side does not keep up closes.</summary>
    void Send(ReadOnlyMemory<byte> frame);

    /// <summary>Ends it. The other side, and who listens on this one, hear of it.</summary>
    void Close();
}

/// <summary>Who listens on one side of a link. Calls come one at a time.</summary>
public interface ILinkEnd
{
    /// <summary>Frames have come.</summary>
    void Receive(IReadOnlyList<ReadOnlyMemory<byte>> frames);

    /// <summary>Nothing comes any more.</summary>
    void Closed();
}
