namespace Flashback.State.Trie;

/// <summary>Half bytes packed into bytes behind a flag that says whether they are odd in number and whether they end a key. spec: Ethereum Yellow Paper, appendix C</summary>
/// <remarks>
/// <code>
/// 00 ab cd   even, more follows      1a bc   odd, more follows
/// 20 ab cd   even, a key's end       3a bc   odd, a key's end
/// </code>
/// </remarks>
internal static class HexPrefix
{
    private const int OddFlag = 0x10;
    private const int LeafFlag = 0x20;

    public const int MaxLength = 1 + NodePath.MaxLength / 2;

    /// <summary>Writes a path and returns how many bytes that took.</summary>
    public static int Encode(ReadOnlySpan<byte> path, bool isLeaf, Span<byte> destination)
    {
        bool isOdd = path.Length % 2 != 0;
        destination[0] = (byte)((isLeaf ? LeafFlag : 0) | (isOdd ? OddFlag | path[0] : 0));
        int length = 1;
        for (int i = isOdd ? 1 : 0; i < path.Length; i += 2)
            destination[length++] = (byte)(path[i] << 4 | path[i + 1]);
        return length;
    }

    /// <summary>Reads a path in its one form: no other flags, and zero bits where an even path has none.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, out byte[] path, out bool isLeaf)
    {
        (path, isLeaf) = ([], false);
        if (encoded.Length is 0 or > MaxLength || encoded[0] >= 0x40)
            return false;
        isLeaf = (encoded[0] & LeafFlag) != 0;
        bool isOdd = (encoded[0] & OddFlag) != 0;
        int length = 2 * (encoded.Length - 1) + (isOdd ? 1 : 0);
        if ((!isOdd && (encoded[0] & 15) != 0) || length > NodePath.MaxLength)
            return false;
        path = new byte[length];
        int at = 0;
        if (isOdd)
            path[at++] = (byte)(encoded[0] & 15);
        foreach (byte pair in encoded[1..])
        {
            path[at++] = (byte)(pair >> 4);
            path[at++] = (byte)(pair & 15);
        }
        return true;
    }
}
