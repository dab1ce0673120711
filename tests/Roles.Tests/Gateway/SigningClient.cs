using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Flashback.Gateway.S3;

namespace Flashback.Roles.Tests.Gateway;

/// <summary>Sends requests of S3 that are signed as they should be, with everything else as the test wants it.</summary>
internal sealed class SigningClient(Uri address, string? host = null) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectCallback = async (_, cancellation) =>
    {
        System.Net.Sockets.Socket socket = new(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, address.Port, cancellation);
        return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
    } });

    public void Dispose() => _http.Dispose();

    /// <summary>Sends a request; the target is sent as it is written.</summary>
    public async Task<(int Status, string Code, string Body)> SendAsync(string method, string target, byte[]? body = null, string? payloadHash = null, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = Sign(method, target, body, payloadHash, headers);
        using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        int start = text.IndexOf("<Code>", StringComparison.Ordinal);
        return ((int)response.StatusCode, start < 0 ? "" : text[(start + 6)..text.IndexOf("</Code>", StringComparison.Ordinal)], text);
    }

    /// <summary>The head of a request, for those who write to the socket themselves.</summary>
    public string Head(string method, string target, long length, string payloadHash, params (string Name, string Value)[] headers)
    {
        StringBuilder head = new($"{method} {target} HTTP/1.1\r\n");
        foreach ((string name, string value) in SignedHeaders(method, target, payloadHash, headers))
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        return head.Append("Content-Length: ").Append(length).Append("\r\n\r\n").ToString();
    }

    private HttpRequestMessage Sign(string method, string target, byte[]? body, string? payloadHash, (string Name, string Value)[] headers)
    {
        Uri uri = new($"http://{Authority}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        HttpRequestMessage request = new(new HttpMethod(method), uri);
        if (body is not null)
            request.Content = new ByteArrayContent(body);
        foreach ((string name, string value) in SignedHeaders(method, target, payloadHash ?? Signature.HashOf(body ?? []), headers))
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                (request.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(name, value);
        }
        return request;
    }

    private string Authority => host is null ? address.Authority : $"{host}:{address.Port}";

    private List<(string Name, string Value)> SignedHeaders(string method, string target, string payloadHash, (string Name, string Value)[] headers)
    {
        string time = DateTimeOffset.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture), scope = $"{time[..8]}/us-east-1/s3/aws4_request";
        List<(string Name, string Value)> signed = [("host", Authority), ("x-amz-content-sha256", payloadHash), ("x-amz-date", time), .. headers.Select(header => (header.Name.ToLowerInvariant(), header.Value))];
        signed.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        string[] parts = target.Split('?', 2);
        string query = parts.Length < 2 ? "" : string.Join('&', parts[1].Split('&').Select(field => field.Contains('=', StringComparison.Ordinal) ? field : field + "=").Order(StringComparer.Ordinal));
        string names = string.Join(';', signed.Select(header => header.Name));
        string canonical = $"{method}\n{parts[0]}\n{query}\n{string.Concat(signed.Select(header => $"{header.Name}:{header.Value}\n"))}\n{names}\n{payloadHash}";
        string text = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Signature.HashOf(Encoding.UTF8.GetBytes(canonical))}";
        string signature = Convert.ToHexStringLower(HMACSHA256.HashData(new S3Credentials(GatewayHost.AccessKey, GatewayHost.Secret).SigningKey(time[..8], "us-east-1"), Encoding.UTF8.GetBytes(text)));
        signed.Add(("authorization", $"AWS4-HMAC-SHA256 Credential={GatewayHost.AccessKey}/{scope}, SignedHeaders={names}, Signature={signature}"));
        return signed;
    }
}
