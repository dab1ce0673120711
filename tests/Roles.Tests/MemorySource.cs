using Flashback.Files.Content;

namespace Flashback.Roles.Tests;

/// <summary>Bytes in memory.</summary>
internal sealed class MemorySource(byte[] bytes) : IRangeSource
{
    public long Length => bytes.Length;

    public ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellation)
    {
        bytes.AsSpan((int)offset, destination.Length).CopyTo(destination.Span);
        return ValueTask.CompletedTask;
    }
}
