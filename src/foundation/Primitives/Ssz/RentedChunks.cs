using System.Buffers;

namespace Flashback.Primitives;

/// <summary>Room for chunks from the shared pool, given back at the end of the scope. What it holds at first is anything.</summary>
internal readonly ref struct RentedChunks : IDisposable
{
    private readonly byte[] _rented;

    public RentedChunks(int count)
    {
        int length = checked(count * Merkle.ChunkLength);
        _rented = ArrayPool<byte>.Shared.Rent(length);
        Span = _rented.AsSpan(0, length);
    }

    /// <summary>The chunks.</summary>
    public Span<byte> Span { get; }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_rented);
}
