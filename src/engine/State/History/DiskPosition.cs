using System.Buffers.Binary;
using Flashback.Primitives;
using Flashback.State.Flat;
using Flashback.State.Store;

namespace Flashback.State.History;

/// <summary>Which block's state the tables hold, and the oldest block whose state can be read: <c>number (8) │ hash (32) │ root (32) │ oldest (8)</c>.</summary>
internal static class DiskPosition
{
    private const int Length = 8 + 32 + 32 + 8;

    public static void Write(WriteBatch batch, in StateBlock block, long oldest)
    {
        Span<byte> position = stackalloc byte[Length];
        BinaryPrimitives.WriteInt64BigEndian(position, block.Number);
        block.Hash.AsSpan().CopyTo(position[8..]);
        block.Root.AsSpan().CopyTo(position[40..]);
        BinaryPrimitives.WriteInt64BigEndian(position[72..], oldest);
        batch.Put(StateColumns.Position, [], position);
    }

    /// <exception cref="StoreException">It is damaged.</exception>
    public static (StateBlock Block, long Oldest) Read(IStoreReader store)
    {
        Span<byte> position = stackalloc byte[Length];
        int length = store.Read(StateColumns.Position, [], position);
        if (length < 0)
            return (StateBlock.BeforeGenesis, -1);
        if (length != Length)
            throw new StoreException($"the state's position is damaged: it has {length} bytes");
        StateBlock block = new(BinaryPrimitives.ReadInt64BigEndian(position), Hash32.Read(position.Slice(8, 32)), Hash32.Read(position.Slice(40, 32)));
        return (block, BinaryPrimitives.ReadInt64BigEndian(position[72..]));
    }
}
