using System.Buffers;

namespace Flashback.Files.Content;

/// <summary>The bytes of a block, on loan: they go back to the pool when the block is disposed.</summary>
public sealed class Block : IDisposable
{
    /// <summary>The largest block that is read or written, 2 MiB: what the network of IPFS carries.</summary>
    public const int MostBytes = 2 << 20;

    private readonly int _length;
    private byte[]? _rented;

    private Block(byte[] rented, int length) => (_rented, _length) = (rented, length);

    /// <summary>The bytes, to be filled and read.</summary>
    /// <exception cref="ObjectDisposedException">They went back.</exception>
    public Memory<byte> Memory => (_rented ?? throw new ObjectDisposedException(nameof(Block))).AsMemory(0, _length);

    /// <summary>A block to be filled.</summary>
    public static Block Rent(int length) => new(ArrayPool<byte>.Shared.Rent(length), length);

    /// <summary>A copy of bytes.</summary>
    public static Block CopyOf(ReadOnlySpan<byte> bytes)
    {
        Block block = Rent(bytes.Length);
        bytes.CopyTo(block.Memory.Span);
        return block;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _rented, null) is { } rented)
            ArrayPool<byte>.Shared.Return(rented);
    }
}

/// <summary>Where blocks are had from. What is handed out is the block that was asked for: whoever implements this verifies it.</summary>
public interface IBlockSource
{
    /// <summary>Reads a block; the caller disposes it.</summary>
    /// <exception cref="BlockUnavailableException">It is not to be had.</exception>
    ValueTask<Block> ReadAsync(Cid cid, CancellationToken cancellation);

    /// <summary>How long a block is, without its bytes where the source knows.</summary>
    /// <exception cref="BlockUnavailableException">It is not to be had.</exception>
    async ValueTask<int> GetLengthAsync(Cid cid, CancellationToken cancellation)
    {
        using Block block = await ReadAsync(cid, cancellation).ConfigureAwait(false);
        return block.Memory.Length;
    }

    /// <summary>A block at hand that was verified a short while ago; null where there is none.</summary>
    IVerifiedBlock? FindVerified(Cid cid) => null;
}

/// <summary>A block that need not be verified again, so that it can be read in parts.</summary>
public interface IVerifiedBlock
{
    /// <summary>Its bytes.</summary>
    int Length { get; }

    /// <summary>Fills a buffer; false where the block is not at hand any more.</summary>
    bool TryRead(int offset, Span<byte> destination);
}

/// <summary>Where blocks go to.</summary>
public interface IBlockSink
{
    /// <summary>Takes a block; its bytes are the caller's again when this returns.</summary>
    ValueTask AddAsync(Cid cid, ReadOnlyMemory<byte> block, CancellationToken cancellation);
}

/// <summary>A block is not to be had: nobody here has heard of it, or those who keep it do not answer.</summary>
public sealed class BlockUnavailableException(Cid cid, bool isKnown, string reason) : IOException($"{cid}: {reason}")
{
    /// <summary>The block.</summary>
    public Cid Cid { get; } = cid;

    /// <summary>True when it is stored somewhere, so that asking again later may help.</summary>
    public bool IsKnown { get; } = isKnown;
}
