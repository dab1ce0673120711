using Flashback.State.Store;

namespace Flashback.Engine.Tests.Store;

/// <summary>The slow twin of a column: a sorted dictionary.</summary>
internal sealed class StoreModel
{
    private readonly SortedDictionary<byte[], byte[]> _entries = new(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));

    /// <summary>Short keys over few bytes, so that changes meet.</summary>
    public static byte[] Key(Random random)
    {
        byte[] letters = [0x00, 0x01, 0x7f, 0xff];
        return [.. Enumerable.Range(0, random.Next(4)).Select(_ => letters[random.Next(letters.Length)])];
    }

    public static KeyRange Range(Random random) => random.Next(5) switch
    {
        0 => KeyRange.All,
        1 => KeyRange.WithPrefix(Key(random)),
        2 => KeyRange.StartingAt(Key(random)),
        3 => KeyRange.UpTo(Key(random)),
        _ => new KeyRange(Key(random), Key(random)),
    };

    public void Put(byte[] key, byte[] value) => _entries[key] = value;

    public void Delete(byte[] key) => _entries.Remove(key);

    public void DeleteRange(KeyRange range)
    {
        foreach (byte[] key in Within(range))
            _entries.Remove(key);
    }

    public void AssertSame(Random random, IStoreReader store, Column column)
    {
        byte[] probe = Key(random);
        Assert.Equal(_entries.GetValueOrDefault(probe), store.Get(column, probe));
        KeyRange range = Range(random);
        Direction direction = random.Next(2) == 0 ? Direction.Forward : Direction.Backward;
        byte[][] expected = Within(range);
        if (direction == Direction.Backward)
            Array.Reverse(expected);
        using IStoreCursor cursor = store.Scan(column, range, direction);
        foreach (byte[] key in expected)
        {
            Assert.True(cursor.MoveNext());
            Assert.Equal(key, cursor.Key.ToArray());
            Assert.True(cursor.Value.SequenceEqual(_entries[key]));
        }
        Assert.False(cursor.MoveNext());
    }

    private byte[][] Within(KeyRange range) => [.. _entries.Keys.Where(key =>
        (range.From is null || key.AsSpan().SequenceCompareTo(range.From) >= 0) && (range.Before is null || key.AsSpan().SequenceCompareTo(range.Before) < 0))];
}
