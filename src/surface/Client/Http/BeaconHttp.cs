using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>Requests to a Beacon API, and what their answers mean: each ends with what was asked for or with a <see cref="NodeException"/>. Safe to share between threads.</summary>
internal sealed class BeaconHttp(HttpClient http, ISszPreset preset, TimeSpan patience, TimeProvider time)
{
    /// <summary>The version of all messages: the only fork there is.</summary>
    public const string Version = "electra";

    private const string Json = "application/json";
    private const string Octets = "application/octet-stream";
    private const int LongestReason = 1000;

    /// <summary>Asks for a message.</summary>
    public async Task<Envelope<T>> GetAsync<T>(string path, JsonTypeInfo<Envelope<T>> type, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), Json, cancellation);
        return Parse(await BodyAsync(answer, cancellation), type);
    }

    /// <summary>Asks for a container in JSON; null where there is none.</summary>
    public async Task<T?> FindContainerAsync<T>(string path, CancellationToken cancellation)
        where T : class, ISszContainer<T>
    {
        try
        {
            return await GetContainerAsync<T>(path, cancellation);
        }
        catch (NodeException fault) when (fault.InnerException is HttpRequestException { StatusCode: HttpStatusCode.NotFound })
        {
            return null;
        }
    }

    /// <summary>Asks for a container in JSON.</summary>
    public async Task<T> GetContainerAsync<T>(string path, CancellationToken cancellation)
        where T : ISszContainer<T>
    {
        Envelope<JsonElement> envelope = await GetAsync(path, BeaconJson.Default.EnvelopeJsonElement, cancellation);
        return ReadContainer<T>(envelope.Data);
    }

    /// <summary>Asks for a container in SSZ.</summary>
    /// <returns>The container, and the answer with its headers, whose content is read.</returns>
    public async Task<(T Container, HttpResponseHeaders Headers)> GetEncodedAsync<T>(string path, CancellationToken cancellation)
        where T : ISszContainer<T>
    {
        using HttpResponseMessage answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), Octets, cancellation);
        byte[] body = await BodyAsync(answer, cancellation);
        if (answer.Content.Headers.ContentType?.MediaType != Octets)
            throw Nonsense(path, $"comes as {answer.Content.Headers.ContentType?.MediaType}, not in SSZ");
        return new SszContainer<T>(preset).TryDecode(body, out T? container, out SszFault fault) ? (container, answer.Headers) : throw Nonsense(path, $"is none: {fault}");
    }

    /// <summary>Sends a message and reads the answer.</summary>
    public async Task<Envelope<TAnswer>> PostAsync<T, TAnswer>(string path, T message, JsonTypeInfo<T> type, JsonTypeInfo<Envelope<TAnswer>> answerType, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(Post(path, JsonSerializer.SerializeToUtf8Bytes(message, type), Json), Json, cancellation);
        return Parse(await BodyAsync(answer, cancellation), answerType);
    }

    /// <summary>Sends a message.</summary>
    public async Task PostAsync<T>(string path, T message, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(Post(path, JsonSerializer.SerializeToUtf8Bytes(message, type), Json), Json, cancellation);
    }

    /// <summary>Sends containers as an array in JSON.</summary>
    public async Task PostContainersAsync<T>(string path, IReadOnlyList<T> containers, CancellationToken cancellation)
        where T : ISszContainer<T>
    {
        byte[] body = Write(writer =>
        {
            writer.WriteStartArray();
            foreach (T container in containers)
                container.WriteJson(preset, writer);
            writer.WriteEndArray();
        });
        using HttpResponseMessage answer = await SendAsync(Post(path, body, Json), Json, cancellation);
    }

    /// <summary>Sends a container in JSON.</summary>
    public async Task PostContainerAsync<T>(string path, T container, CancellationToken cancellation)
        where T : ISszContainer<T>
    {
        using HttpResponseMessage answer = await SendAsync(Post(path, Write(writer => container.WriteJson(preset, writer)), Json), Json, cancellation);
    }

    /// <summary>Sends a container in SSZ.</summary>
    public async Task<HttpStatusCode> PostEncodedAsync<T>(string path, T container, CancellationToken cancellation)
        where T : ISszContainer<T>
    {
        using HttpResponseMessage answer = await SendAsync(Post(path, Ssz.Encode(new SszContainer<T>(preset), container), Octets), Json, cancellation);
        return answer.StatusCode;
    }

    /// <summary>Opens a stream that ends when the node ends it.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string path, string accept, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return answer.EnsureSuccessStatusCode();
    }

    /// <summary>Reads a container from JSON.</summary>
    public T ReadContainer<T>(JsonElement element)
        where T : ISszContainer<T>
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Nonsense(typeof(T).Name, "is no object");
        return Ssz.TryParseJson<T, SszContainer<T>>(new SszContainer<T>(preset), JsonMarshal.GetRawUtf8Value(element), out T? container, out SszFault fault)
            ? container
            : throw Nonsense(typeof(T).Name, $"is none: {fault}");
    }

    /// <summary>The node answered, but not what it was asked for.</summary>
    public static NodeException Nonsense(string what, string how) => new(NodeFault.Failed, $"the node's answer makes no sense: {what} {how}");

    private static HttpRequestMessage Post(string path, byte[] body, string type)
    {
        HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        request.Headers.Add("Eth-Consensus-Version", Version);
        return request;
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
            write(writer);
        return buffer.WrittenSpan.ToArray();
    }

    private static Envelope<T> Parse<T>(byte[] body, JsonTypeInfo<Envelope<T>> type)
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) is { Data: not null } envelope ? envelope : throw Nonsense(typeof(T).Name, "is missing");
        }
        catch (JsonException fault)
        {
            throw Nonsense(typeof(T).Name, fault.Message);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string accept, CancellationToken cancellation)
    {
        using HttpRequestMessage sent = request;
        sent.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        string path = sent.RequestUri!.OriginalString.Split('?')[0];
        using CancellationTokenSource limit = new(patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        HttpResponseMessage answer;
        try
        {
            answer = await http.SendAsync(sent, either.Token);
        }
        catch (HttpRequestException fault)
        {
            throw new NodeException(NodeFault.Unreachable, $"{path}: {fault.Message}", fault);
        }
        catch (OperationCanceledException fault) when (!cancellation.IsCancellationRequested)
        {
            throw new NodeException(NodeFault.Unreachable, $"{path}: no answer within {patience.TotalSeconds} s", fault);
        }
        if (answer.IsSuccessStatusCode)
            return answer;
        using (answer)
            throw await RefusalAsync(path, answer, cancellation);
    }

    private static async Task<NodeException> RefusalAsync(string path, HttpResponseMessage answer, CancellationToken cancellation)
    {
        string text = await answer.Content.ReadAsStringAsync(cancellation);
        string reason = text;
        try
        {
            reason = JsonSerializer.Deserialize(text, BeaconJson.Default.ErrorMessage)?.Message ?? text;
        }
        catch (JsonException)
        {
            // The reason is in words of its own then.
        }
        NodeFault fault = (int)answer.StatusCode switch
        {
            503 => NodeFault.Syncing,
            >= 400 and < 500 => NodeFault.Refused,
            _ => NodeFault.Failed,
        };
        return new NodeException(fault, $"{path}: {(int)answer.StatusCode}: {reason[..Math.Min(reason.Length, LongestReason)]}", new HttpRequestException(null, null, answer.StatusCode));
    }

    private static Task<byte[]> BodyAsync(HttpResponseMessage answer, CancellationToken cancellation) => answer.Content.ReadAsByteArrayAsync(cancellation);
}
