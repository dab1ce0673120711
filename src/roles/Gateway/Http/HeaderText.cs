using Microsoft.AspNetCore.Http;

namespace Flashback.Gateway.Http;

/// <summary>Texts that come in headers, are kept, and are given back in headers.</summary>
internal static class HeaderText
{
    private const int LongestType = 255;

    /// <summary>Whether a text can be given back: no answer may have control characters in its headers.</summary>
    public static bool IsSendable(string text) => !text.AsSpan().ContainsAnyInRange('\0', '\u001f') && !text.Contains('\u007f');

    /// <summary>A content type that can be kept, or none.</summary>
    /// <exception cref="BadHttpRequestException">It cannot be.</exception>
    public static string? CheckType(string? type) => type is null || (type.Length <= LongestType && IsSendable(type))
        ? type
        : throw new BadHttpRequestException($"a content type has at most {LongestType} characters, and no control characters");
}
