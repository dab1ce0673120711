namespace Flashback.Files.Content;

/// <summary>Neighbouring bytes of something.</summary>
/// <param name="Start">The first.</param>
/// <param name="Length">How many.</param>
public readonly record struct ByteRange(long Start, long Length)
{
    /// <summary>The first byte after them.</summary>
    public long End => Start + Length;

    /// <summary>Those that lie in a part, counted from the part's first byte; none where there are none.</summary>
    internal ByteRange Within(long offset, long size)
    {
        long start = Math.Max(Start, offset), end = Math.Min(End, offset + size);
        return end > start ? new(start - offset, end - start) : default;
    }
}
