using Flashback.State.Store;

namespace Flashback.Conformance;

/// <summary>A store that holds nothing and takes nothing: below states that live and die in memory.</summary>
internal sealed class EmptyStore : IStore
{
    public byte[]? Get(Column column, ReadOnlySpan<byte> key) => null;

    public int Read(Column column, ReadOnlySpan<byte> key, Span<byte> destination) => -1;

    public IStoreCursor Scan(Column column, KeyRange range, Direction direction = Direction.Forward) => new Nothing();

    public void Commit(WriteBatch batch, Durability durability = Durability.Synced) => throw new StoreException("an empty store stays empty");

    public IStoreSnapshot OpenSnapshot() => new Nothing();

    public void Dispose()
    {
    }

    private sealed class Nothing : IStoreCursor, IStoreSnapshot
    {
        public ReadOnlySpan<byte> Key => throw new InvalidOperationException("the cursor stands on nothing");

        public ReadOnlySpan<byte> Value => throw new InvalidOperationException("the cursor stands on nothing");

        public bool MoveNext() => false;

        public byte[]? Get(Column column, ReadOnlySpan<byte> key) => null;

        public int Read(Column column, ReadOnlySpan<byte> key, Span<byte> destination) => -1;

        public IStoreCursor Scan(Column column, KeyRange range, Direction direction = Direction.Forward) => this;

        public void Dispose()
        {
        }
    }
}
