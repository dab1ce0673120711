using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Flashback.Gateway.Http;

/// <summary>What came of the conditions of a request.</summary>
internal enum ConditionOutcome
{
    /// <summary>They hold, or there are none.</summary>
    Holds,

    /// <summary>The caller has it already.</summary>
    NotModified,

    /// <summary>They do not hold.</summary>
    Failed,
}

/// <summary>Conditions on what is there: If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since, in the order of their weight. spec: RFC 9110 §13.2.2</summary>
/// <param name="Match">If-Match.</param>
/// <param name="NoneMatch">If-None-Match.</param>
/// <param name="ModifiedSince">If-Modified-Since; what is no date counts as absent.</param>
/// <param name="UnmodifiedSince">If-Unmodified-Since.</param>
internal sealed record Conditions(string? Match, string? NoneMatch, DateTimeOffset? ModifiedSince, DateTimeOffset? UnmodifiedSince)
{
    /// <summary>Those of a request.</summary>
    /// <param name="headers">Its headers.</param>
    /// <param name="prefix">What stands before the names: S3 has such conditions on a copy's source too.</param>
    public static Conditions Of(IHeaderDictionary headers, string prefix = "") => new(
        headers[prefix + "If-Match"], headers[prefix + "If-None-Match"], DateOf(headers[prefix + "If-Modified-Since"]), DateOf(headers[prefix + "If-Unmodified-Since"]));

    /// <summary>Compares them with what is there.</summary>
    /// <param name="tag">Its ETag without quotation marks.</param>
    /// <param name="modified">When it was made; null when that is not known.</param>
    public ConditionOutcome Judge(string tag, DateTimeOffset? modified)
    {
        DateTimeOffset? second = modified is { } time ? DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds()) : null;
        if (Match is not null ? !Names(Match, tag) : UnmodifiedSince is { } before && second > before)
            return ConditionOutcome.Failed;
        return (NoneMatch is not null ? Names(NoneMatch, tag) : ModifiedSince is { } after && second <= after) ? ConditionOutcome.NotModified : ConditionOutcome.Holds;
    }

    /// <summary>Whether a list of tags, or *, names one.</summary>
    public static bool Names(string header, string tag) => header.Split(',', StringSplitOptions.TrimEntries).Any(named =>
        named == "*" || (named.StartsWith("W/", StringComparison.Ordinal) ? named[2..] : named).Trim('"') == tag);

    /// <summary>A date as HTTP writes it.</summary>
    public static string Write(DateTimeOffset time) => time.UtcDateTime.ToString("R", CultureInfo.InvariantCulture);

    private static DateTimeOffset? DateOf(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date) ? date : null;
}
