using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Flashback.Roles.Tests.Client;

/// <summary>What a Beacon API was sent.</summary>
internal sealed record ApiRequest(string Method, string Path, byte[] Body, string? ContentType, string? Version, string Accept)
{
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>A Beacon API whose answers a test gives, and which keeps what it was sent.</summary>
internal sealed class ScriptedApi(Func<ApiRequest, HttpResponseMessage> answer) : HttpMessageHandler
{
    public List<ApiRequest> Requests { get; } = [];

    public static HttpResponseMessage Json(string text, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(text, Encoding.UTF8, "application/json") };

    public static HttpResponseMessage Octets(byte[] body) =>
        new(HttpStatusCode.OK) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } } };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        byte[] body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        ApiRequest sent = new(
            request.Method.Method, request.RequestUri!.PathAndQuery, body, request.Content?.Headers.ContentType?.MediaType,
            request.Headers.TryGetValues("Eth-Consensus-Version", out IEnumerable<string>? versions) ? versions.Single() : null, request.Headers.Accept.ToString());
        lock (Requests)
            Requests.Add(sent);
        return answer(sent);
    }
}
