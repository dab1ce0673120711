using System.Globalization;
using Flashback.Files.Content;

namespace Flashback.Gateway.Http;

/// <summary>What a Range header asks for. spec: RFC 9110 §14.2</summary>
internal static class RangeHeader
{
    /// <summary>The bytes that are asked for, or all where the header is absent, of another unit, malformed, or names several ranges.</summary>
    /// <param name="header">The header.</param>
    /// <param name="size">Bytes that there are.</param>
    /// <param name="range">The bytes.</param>
    /// <param name="isPart">True when they are fewer than all, or all of them were asked for by number.</param>
    /// <returns>False when nothing of what is asked for is there.</returns>
    public static bool TryRead(string? header, long size, out ByteRange range, out bool isPart)
    {
        (range, isPart) = (new ByteRange(0, size), false);
        const string Unit = "bytes=";
        if (header is null || !header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase) || header.Contains(',', StringComparison.Ordinal))
            return true;
        string[] ends = header[Unit.Length..].Split('-', 2, StringSplitOptions.TrimEntries);
        if (ends.Length != 2 || !IsNumberOrNone(ends[0], out long? first) || !IsNumberOrNone(ends[1], out long? last) || (first is null && last is null) || last < first)
            return true;
        isPart = true;
        long start = first ?? Math.Max(0, size - last!.Value);
        long end = first is null ? size : Math.Min(size, last is { } value && value < long.MaxValue ? value + 1 : long.MaxValue);
        range = new ByteRange(start, end - start);
        return start < end;
    }

    private static bool IsNumberOrNone(string text, out long? number)
    {
        bool isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value);
        number = isNumber ? value : null;
        return isNumber || text.Length == 0;
    }
}
