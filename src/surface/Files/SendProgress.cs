namespace Flashback.Files;

/// <summary>How much of an upload was sent.</summary>
/// <param name="SentBytes">Bytes of its files that were sent; fewer than before where some are sent anew.</param>
/// <param name="TotalBytes">Bytes of all its files.</param>
public readonly record struct SendProgress(long SentBytes, long TotalBytes);

/// <summary>Counts what is sent of an upload, and tells it. One part is sent after the other.</summary>
internal sealed class SendMeter(IProgress<SendProgress>? progress)
{
    private long _sent, _total;

    /// <summary>So many bytes more are to be sent.</summary>
    public void Expect(long bytes) => _total += bytes;

    /// <summary>So many bytes were sent; fewer than zero where they will be sent anew.</summary>
    public void Count(long bytes)
    {
        _sent += bytes;
        progress?.Report(new SendProgress(_sent, _total));
    }
}
