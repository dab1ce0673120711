using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Flashback.Gateway.S3;

/// <summary>A request's signature as it is claimed, and whether it holds. spec: AWS Signature Version 4</summary>
/// <remarks>It stands in the Authorization header or in the query (a presigned URL). Times are compared with the time here; the comparison of signatures takes the same time whatever they are.</remarks>
internal sealed class Signature
{
    public const string UnsignedPayload = "UNSIGNED-PAYLOAD";

    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";
    private static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(15);
    private const int MostExpiry = 7 * 24 * 3600;

    /// <summary>When it was signed, as it is written.</summary>
    public required string Time { get; init; }

    /// <summary>Day, region and service.</summary>
    public required string Scope { get; init; }

    /// <summary>Who signed.</summary>
    public required string AccessKey { get; init; }

    /// <summary>Which headers are signed, in order.</summary>
    public required string[] SignedHeaders { get; init; }

    /// <summary>The signature, in hexadecimal.</summary>
    public required string Value { get; init; }

    /// <summary>How many seconds a presigned URL holds; null for a header.</summary>
    public int? Expires { get; init; }

    /// <summary>What is said of the body: its SHA-256, or one of the words for bodies that are not signed as a whole.</summary>
    public string PayloadHash { get; private set; } = UnsignedPayload;

    /// <summary>The key it was verified with, which signs the chunks of a body too.</summary>
    public byte[] SigningKey { get; private set; } = [];

    /// <summary>Verifies a request.</summary>
    /// <exception cref="S3Exception">It is not signed, or not so that it holds.</exception>
    public static Signature Verify(HttpContext http, S3Uri uri, Func<string, S3Credentials?> find, DateTimeOffset now)
    {
        string? header = http.Request.Headers.Authorization;
        if (header is not null && uri.Query.ContainsKey("X-Amz-Signature"))
            throw S3Error.InvalidArgument("Only one way to sign a request is allowed at a time.");
        Signature claimed = header is not null ? FromHeader(http, header) : uri.Query.ContainsKey("X-Amz-Signature") ? FromQuery(uri.Query) : throw S3Error.AccessDenied("The request is not signed.");
        claimed.CheckTime(now);
        S3Credentials credentials = find(claimed.AccessKey) ?? throw S3Error.Of("InvalidAccessKeyId");
        claimed.CheckSignedHeaders(http);
        claimed.PayloadHash = (string?)http.Request.Headers["x-amz-content-sha256"] ?? (claimed.Expires is null ? throw S3Error.InvalidRequest("The header x-amz-content-sha256 is missing.") : UnsignedPayload);
        string[] scope = claimed.Scope.Split('/');
        claimed.SigningKey = credentials.SigningKey(scope[0], scope[1]);
        string request = claimed.CanonicalRequest(http, uri);
        string expected = claimed.Sign($"{Algorithm}\n{claimed.Time}\n{claimed.Scope}\n{HashOf(Encoding.UTF8.GetBytes(request))}");
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.UTF8.GetBytes(claimed.Value)) ? claimed : throw S3Error.Of("SignatureDoesNotMatch");
    }

    /// <summary>The signature of a text.</summary>
    public string Sign(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(SigningKey, Encoding.UTF8.GetBytes(text)));

    public static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static Signature FromHeader(HttpContext http, string header)
    {
        if (!header.StartsWith(Algorithm + " ", StringComparison.Ordinal))
            throw header.StartsWith("AWS ", StringComparison.Ordinal) ? S3Error.InvalidRequest($"Signatures are of version 4 here: {Algorithm}.") : S3Error.Of("AuthorizationHeaderMalformed");
        Dictionary<string, string> fields = [];
        foreach (string field in header[(Algorithm.Length + 1)..].Split(',', StringSplitOptions.TrimEntries))
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || !fields.TryAdd(field[..equals], field[(equals + 1)..]))
                throw S3Error.Of("AuthorizationHeaderMalformed");
        }
        if (!fields.TryGetValue("Credential", out string? credential) || !fields.TryGetValue("SignedHeaders", out string? headers) || !fields.TryGetValue("Signature", out string? value))
            throw S3Error.Of("AuthorizationHeaderMalformed");
        (string accessKey, string scope) = SplitCredential(credential, "AuthorizationHeaderMalformed");
        return new Signature { Time = TimeOf(http), Scope = scope, AccessKey = accessKey, SignedHeaders = headers.Split(';'), Value = value };
    }

    private static Signature FromQuery(IReadOnlyDictionary<string, string> query)
    {
        const string Malformed = "AuthorizationQueryParametersError";
        string Field(string name) => query.TryGetValue(name, out string? value) ? value : throw S3Error.Of(Malformed, $"The parameter {name} is missing.");
        if (Field("X-Amz-Algorithm") != Algorithm)
            throw S3Error.Of(Malformed, $"X-Amz-Algorithm is {Algorithm} here.");
        if (!int.TryParse(Field("X-Amz-Expires"), NumberStyles.None, CultureInfo.InvariantCulture, out int expires) || expires is < 1 or > MostExpiry)
            throw S3Error.Of(Malformed, $"X-Amz-Expires is from 1 to {MostExpiry} seconds.");
        (string accessKey, string scope) = SplitCredential(Field("X-Amz-Credential"), Malformed);
        return new Signature
        {
            Time = Field("X-Amz-Date"), Scope = scope, AccessKey = accessKey, SignedHeaders = Field("X-Amz-SignedHeaders").Split(';'), Value = Field("X-Amz-Signature"), Expires = expires,
        };
    }

    /// <summary>Access key, day, region, service and a fixed word; the access key may have slashes in it.</summary>
    private static (string AccessKey, string Scope) SplitCredential(string credential, string malformed)
    {
        string[] parts = credential.Split('/');
        return parts.Length >= 5 && parts[^2] == "s3" && parts[^1] == "aws4_request" && parts[^4].Length == 8
            ? (string.Join('/', parts[..^4]), string.Join('/', parts[^4..]))
            : throw S3Error.Of(malformed, "The credential is not of the form key/day/region/s3/aws4_request.");
    }

    private static string TimeOf(HttpContext http)
    {
        if ((string?)http.Request.Headers["x-amz-date"] is { } time)
            return time;
        return DateTimeOffset.TryParse(http.Request.Headers.Date, CultureInfo.InvariantCulture, out DateTimeOffset date)
            ? date.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)
            : throw S3Error.AccessDenied("The request has no x-amz-date and no Date.");
    }

    private void CheckTime(DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParseExact(Time, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset signed) || !Scope.StartsWith(Time[..8], StringComparison.Ordinal))
            throw S3Error.Of(Expires is null ? "AuthorizationHeaderMalformed" : "AuthorizationQueryParametersError", "The time is not of the form 20260101T000000Z, or of another day than the credential.");
        if (Expires is null && (now - signed).Duration() > MostSkew)
            throw S3Error.Of("RequestTimeTooSkewed");
        if (Expires is { } seconds && (signed - now > MostSkew || now > signed.AddSeconds(seconds)))
            throw S3Error.AccessDenied(now < signed ? "The request is not valid yet." : "The request has expired.");
    }

    /// <summary>What decides about a request must be signed: the host, and every header of S3's own.</summary>
    private void CheckSignedHeaders(HttpContext http)
    {
        if (!SignedHeaders.Contains("host"))
            throw S3Error.AccessDenied("The header host is not signed.");
        if (SignedHeaders.FirstOrDefault(name => !http.Request.Headers.ContainsKey(name)) is { } absent)
            throw S3Error.AccessDenied($"The header {absent} is signed and not there.");
        string? unsigned = http.Request.Headers.Keys.FirstOrDefault(name =>
            name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) && !name.Equals("x-amz-content-sha256", StringComparison.OrdinalIgnoreCase) && !SignedHeaders.Contains(name.ToLowerInvariant()));
        if (unsigned is not null)
            throw S3Error.AccessDenied($"The header {unsigned} is not signed.");
    }

    private string CanonicalRequest(HttpContext http, S3Uri uri)
    {
        StringBuilder text = new();
        text.Append(http.Request.Method).Append('\n').Append(S3Uri.Encode(uri.Path, keepSlashes: true)).Append('\n');
        text.AppendJoin('&', uri.Query.Where(field => field.Key != "X-Amz-Signature")
            .Select(field => (Name: S3Uri.Encode(field.Key, keepSlashes: false), Value: S3Uri.Encode(field.Value, keepSlashes: false)))
            .OrderBy(field => field.Name, StringComparer.Ordinal)
            .Select(field => $"{field.Name}={field.Value}")).Append('\n');
        foreach (string name in SignedHeaders)
            text.Append(name).Append(':').AppendJoin(',', http.Request.Headers[name].Select(Trimmed)).Append('\n');
        return text.Append('\n').AppendJoin(';', SignedHeaders).Append('\n').Append(PayloadHash).ToString();
    }

    private static string Trimmed(string? value) => string.Join(' ', (value ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
