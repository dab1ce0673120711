namespace Flashback.Files.Content;

/// <summary>Bytes that can be read from anywhere: a file, or a piece at a provider.</summary>
public interface IRangeSource
{
    /// <summary>How many there are.</summary>
    long Length { get; }

    /// <summary>Fills a buffer with the bytes from an offset on.</summary>
    /// <exception cref="IOException">They are not to be had.</exception>
    ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellation);
}
