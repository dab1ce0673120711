namespace Flashback.State.Store;

/// <summary>Keys from one on and below another, in bytewise order; either end may be open.</summary>
/// <param name="From">The first key that counts; null begins at the first there is.</param>
/// <param name="Before">The first key that no longer counts; null goes to the last there is.</param>
public readonly record struct KeyRange(byte[]? From, byte[]? Before)
{
    /// <summary>Every key.</summary>
    public static KeyRange All => default;

    /// <summary>The keys that begin with these bytes; every key if there are none.</summary>
    public static KeyRange WithPrefix(ReadOnlySpan<byte> prefix) => new(prefix.ToArray(), Successor(prefix));

    /// <summary>The keys from this one on.</summary>
    public static KeyRange StartingAt(ReadOnlySpan<byte> key) => new(key.ToArray(), null);

    /// <summary>The keys up to and with this one: what "the last at or before" asks for, going backward.</summary>
    public static KeyRange UpTo(ReadOnlySpan<byte> key) => new(null, [.. key, 0]);

    /// <summary>The first key after all that begin with the prefix, or null when none comes after (a prefix of 0xff bytes only).</summary>
    private static byte[]? Successor(ReadOnlySpan<byte> prefix)
    {
        int last = prefix.Length - 1;
        while (last >= 0 && prefix[last] == 0xff)
            last--;
        if (last < 0)
            return null;
        byte[] successor = prefix[..(last + 1)].ToArray();
        successor[last]++;
        return successor;
    }
}

/// <summary>The order in which a cursor goes through a range.</summary>
public enum Direction
{
    /// <summary>From the lowest key to the highest.</summary>
    Forward,

    /// <summary>From the highest key to the lowest.</summary>
    Backward,
}
