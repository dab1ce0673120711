namespace Flashback.State.Store;

/// <summary>How certain a commit must be before it returns.</summary>
public enum Durability
{
    /// <summary>On the disk: it survives the loss of power. For everything that is acknowledged to somebody.</summary>
    Synced,

    /// <summary>With the operating system: it survives the death of the process, not the loss of power. For bulk work that can be done again.</summary>
    Buffered,
}

/// <summary>
/// An ordered key-value store with column families on one folder, used by one process: many readers, one writer at a time, every batch whole or not at
/// all. Reads see the last commit that returned.
/// </summary>
/// <remarks>
/// Safe for any number of threads. Every member throws <see cref="StoreException"/> when the disk fails or the files are damaged, and
/// <see cref="ObjectDisposedException"/> after disposal.
/// </remarks>
public interface IStore : IStoreReader, IDisposable
{
    /// <summary>Applies a batch in its order, whole or not at all.</summary>
    void Commit(WriteBatch batch, Durability durability = Durability.Synced);

    /// <summary>The store as it is now, unmoved by later commits until it is disposed. Keep it for minutes, not days: the space of what is overwritten meanwhile cannot be used again.</summary>
    IStoreSnapshot OpenSnapshot();
}

/// <summary>One consistent state of a store. Safe for any number of threads.</summary>
public interface IStoreSnapshot : IStoreReader, IDisposable;

/// <summary>What can be read from a store and from a snapshot of it.</summary>
public interface IStoreReader
{
    /// <summary>The value of a key in an array of its own, or null when the key is not there.</summary>
    byte[]? Get(Column column, ReadOnlySpan<byte> key);

    /// <summary>Copies the value of a key into the caller's buffer.</summary>
    /// <returns>The value's length, or −1 when the key is not there. A value longer than the buffer is not copied: call again with that many bytes.</returns>
    int Read(Column column, ReadOnlySpan<byte> key, Span<byte> destination);

    /// <summary>Goes through a range of keys as it is when the cursor is made. One thread at a time; dispose it soon.</summary>
    IStoreCursor Scan(Column column, KeyRange range, Direction direction = Direction.Forward);
}

/// <summary>A walk over keys in order. It stands before the first entry until <see cref="MoveNext"/> is called.</summary>
public interface IStoreCursor : IDisposable
{
    /// <summary>Steps to the next entry; false when there is none.</summary>
    bool MoveNext();

    /// <summary>The key stood on; valid until the next step.</summary>
    ReadOnlySpan<byte> Key { get; }

    /// <summary>The value stood on; valid until the next step.</summary>
    ReadOnlySpan<byte> Value { get; }
}
