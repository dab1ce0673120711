using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>Requests of JSON-RPC over HTTP, and what their answers mean: each ends with a result or with a <see cref="NodeException"/>. Safe to share between threads. spec: JSON-RPC 2.0</summary>
internal sealed class JsonRpcHttp(HttpClient http, Uri node, TimeSpan patience, TimeProvider time)
{
    private const int LongestReason = 1000;

    /// <summary>The result of a method; null where the result is null.</summary>
    public async Task<JsonElement?> AskAsync(string method, JsonNode?[] parameters, CancellationToken cancellation)
    {
        JsonObject request = new() { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = new JsonArray(parameters) };
        using ByteArrayContent body = new(System.Text.Encoding.UTF8.GetBytes(request.ToJsonString()));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        byte[] answer = await SendAsync(method, body, cancellation).ConfigureAwait(false);
        return ResultOf(method, answer);
    }

    private async Task<byte[]> SendAsync(string method, HttpContent body, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = new(patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using HttpResponseMessage answer = await http.PostAsync(node, body, either.Token).ConfigureAwait(false);
            byte[] bytes = await answer.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false);
            return answer.IsSuccessStatusCode || bytes.AsSpan().TrimStart((byte)' ').StartsWith("{"u8)
                ? bytes
                : throw new NodeException(NodeFault.Failed, $"{method}: status {(int)answer.StatusCode}");
        }
        catch (HttpRequestException fault)
        {
            throw new NodeException(NodeFault.Unreachable, $"{method}: {fault.Message}", fault);
        }
        catch (OperationCanceledException fault) when (!cancellation.IsCancellationRequested)
        {
            throw new NodeException(NodeFault.Unreachable, $"{method}: no answer within {patience.TotalSeconds} s", fault);
        }
    }

    private static JsonElement? ResultOf(string method, byte[] answer)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(answer);
            JsonElement root = document.RootElement;
            if (root.TryGetProperty("error"u8, out JsonElement error))
                throw Refused(method, error);
            if (!root.TryGetProperty("result"u8, out JsonElement result))
                throw RpcJson.Nonsense(method, "has no result");
            return result.ValueKind == JsonValueKind.Null ? null : result.Clone();
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw RpcJson.Nonsense(method, fault.Message);
        }
    }

    private static NodeException Refused(string method, JsonElement error)
    {
        int code = error.TryGetProperty("code"u8, out JsonElement number) && number.TryGetInt32(out int told) ? told : 0;
        string text = error.TryGetProperty("message"u8, out JsonElement message) ? message.GetString() ?? "" : "";
        string reason = text[..Math.Min(text.Length, LongestReason)];
        byte[]? payload = null;
        if (error.TryGetProperty("data"u8, out JsonElement data) && data.ValueKind == JsonValueKind.String)
            _ = Hex.TryDecode(data.GetString(), out payload);
        return new NodeException(NodeFault.Refused, $"{method}: {reason}", new RpcErrorException(code, reason, payload ?? []));
    }
}
