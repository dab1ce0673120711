using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Flashback.Gateway.S3;

/// <summary>What a request's target says: bucket, key and query, decoded once from the bytes that came. Nothing is normalised: a key may be called <c>../x</c>, and is no path of anything.</summary>
internal sealed class S3Uri
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, string> _query = [];

    private S3Uri(string path, string? bucket, string? key) => (Path, Bucket, Key) = (path, bucket, key);

    /// <summary>The decoded path.</summary>
    public string Path { get; }

    /// <summary>The bucket; null for the service itself.</summary>
    public string? Bucket { get; }

    /// <summary>The key; null for a bucket itself.</summary>
    public string? Key { get; }

    /// <summary>The query's parameters.</summary>
    public IReadOnlyDictionary<string, string> Query => _query;

    /// <summary>Reads a request's target.</summary>
    /// <param name="http">The request.</param>
    /// <param name="domain">The domain whose subdomains are buckets; null for none.</param>
    public static S3Uri Parse(HttpContext http, string? domain)
    {
        string target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!target.StartsWith('/'))
            throw S3Error.Of("InvalidURI");
        int mark = target.IndexOf('?', StringComparison.Ordinal);
        string path = Decode(mark < 0 ? target : target[..mark]);
        string host = http.Request.Host.Host;
        string? bucket = domain is not null && host.Length > domain.Length + 1 && host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase)
            ? host[..^(domain.Length + 1)].ToLowerInvariant()
            : null;
        string rest = path[1..];
        if (bucket is null && rest.Length > 0)
        {
            int slash = rest.IndexOf('/', StringComparison.Ordinal);
            (bucket, rest) = slash < 0 ? (rest, "") : (rest[..slash], rest[(slash + 1)..]);
        }
        S3Uri uri = new(path, bucket, rest.Length == 0 ? null : rest);
        if (mark >= 0)
            uri.ParseQuery(target[(mark + 1)..]);
        return uri;
    }

    /// <summary>Decodes what is written as %XX.</summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal) && text.All(char.IsAscii))
            return text;
        byte[] bytes = new byte[Strict.GetMaxByteCount(text.Length)];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '%')
            {
                if (i + 2 >= text.Length || !byte.TryParse(text.AsSpan(i + 1, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out bytes[length++]))
                    throw S3Error.Of("InvalidURI");
                i += 2;
            }
            else if (char.IsAscii(text[i]))
            {
                bytes[length++] = (byte)text[i];
            }
            else
            {
                throw S3Error.Of("InvalidURI");
            }
        }
        try
        {
            return Strict.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            throw S3Error.Of("InvalidURI");
        }
    }

    /// <summary>Writes all but letters, digits and <c>-._~</c> as %XX, as signatures and encoded lists ask for.</summary>
    public static string Encode(string text, bool keepSlashes)
    {
        StringBuilder encoded = new(text.Length + 16);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~' || (keepSlashes && b == (byte)'/'))
                encoded.Append((char)b);
            else
                encoded.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }
        return encoded.ToString();
    }

    private void ParseQuery(string query)
    {
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            string name = Decode((equals < 0 ? pair : pair[..equals]).Replace('+', ' '));
            if (!_query.TryAdd(name, equals < 0 ? "" : Decode(pair[(equals + 1)..].Replace('+', ' '))))
                throw S3Error.InvalidArgument($"The parameter {name} is there twice.");
        }
    }
}
