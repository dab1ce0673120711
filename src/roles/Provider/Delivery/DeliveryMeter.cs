using System.Diagnostics;
using System.Security.Cryptography;
using Flashback.Primitives;

namespace Flashback.Provider;

/// <summary>Measures bytes that are given: their digest, and when the first and the last of them were handed to the network.</summary>
/// <param name="asked">When they were asked for.</param>
internal sealed class DeliveryMeter(long asked) : IDisposable
{
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>From the request to the first bytes; null before.</summary>
    public TimeSpan? ToFirst { get; private set; }

    /// <summary>From the request to the last bytes so far.</summary>
    public TimeSpan ToLast { get; private set; }

    /// <summary>SHA-256 of the bytes so far; then it begins anew.</summary>
    public Hash32 TakeDigest() => Hash32.Read(_digest.GetHashAndReset());

    public void Take(ReadOnlySpan<byte> bytes) => _digest.AppendData(bytes);

    public void Flushed()
    {
        ToLast = Stopwatch.GetElapsedTime(asked);
        ToFirst ??= ToLast;
    }

    public void Dispose() => _digest.Dispose();
}
