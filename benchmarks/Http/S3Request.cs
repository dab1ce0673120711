using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Flashback.Benchmarks.Http;

/// <summary>Heads of requests to an S3 server, signed by version 4 without the body, as a client at as little cost as possible makes them. spec: Amazon S3 API reference, authenticating requests</summary>
internal static class S3Request
{
    private const string Unsigned = "UNSIGNED-PAYLOAD", Region = "us-east-1";

    /// <summary>A head for each path, with a PUT.</summary>
    public static IEnumerable<string> Put(int port, string accessKey, string secret, IEnumerable<string> paths)
    {
        string time = DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture), scope = $"{time[..8]}/{Region}/s3/aws4_request";
        byte[] key = new[] { time[..8], Region, "s3", "aws4_request" }.Aggregate(Encoding.UTF8.GetBytes("AWS4" + secret), Sign);
        foreach (string path in paths)
        {
            const string Names = "host;x-amz-content-sha256;x-amz-date";
            string canonical = $"PUT\n{path}\n\nhost:localhost:{port}\nx-amz-content-sha256:{Unsigned}\nx-amz-date:{time}\n\n{Names}\n{Unsigned}";
            string text = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
            yield return $"PUT {path} HTTP/1.1\r\nHost: localhost:{port}\r\nx-amz-content-sha256: {Unsigned}\r\nx-amz-date: {time}\r\n"
                + $"Authorization: AWS4-HMAC-SHA256 Credential={accessKey}/{scope}, SignedHeaders={Names}, Signature={Convert.ToHexStringLower(Sign(key, text))}\r\n";
        }
    }

    private static byte[] Sign(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
