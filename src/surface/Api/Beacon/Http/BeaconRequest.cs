using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Flashback.Api.JsonRpc;
using Flashback.Primitives;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Flashback.Api.Beacon.Http;

/// <summary>A request as endpoints read it: every reader throws <see cref="BeaconApiException"/> where the caller said something else than what is read.</summary>
/// <param name="context">The request.</param>
/// <param name="limits">How much one may ask for.</param>
/// <param name="cancellation">The caller has gone, or its time is up.</param>
internal sealed class BeaconRequest(HttpContext context, RpcLimits limits, CancellationToken cancellation)
{
    private const string JsonType = "application/json";
    private const string SszType = "application/octet-stream";

    /// <summary>The caller has gone, or its time is up.</summary>
    public CancellationToken Cancellation => cancellation;

    /// <summary>The request itself.</summary>
    public HttpContext Context => context;

    /// <summary>A part of the path.</summary>
    public string Route(string name) => (string)context.Request.RouteValues[name]!;

    /// <summary>A part of the path that is a number.</summary>
    public ulong RouteNumber(string name) => Number(name, Route(name));

    /// <summary>A query parameter; null where it is not there.</summary>
    public string? Query(string name) => context.Request.Query.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;

    /// <summary>A query parameter that may be repeated, or hold many with commas in between.</summary>
    public IReadOnlyList<string> QueryList(string name) =>
        context.Request.Query.TryGetValue(name, out var values) ? [.. values.SelectMany(value => value!.Split(',', StringSplitOptions.RemoveEmptyEntries))] : [];

    /// <summary>A query parameter that is a number; null where it is not there.</summary>
    public ulong? QueryNumber(string name) => Query(name) is { } text ? Number(name, text) : null;

    /// <summary>A query parameter that must be there.</summary>
    public ulong RequiredNumber(string name) => QueryNumber(name) ?? throw BeaconApiException.Invalid($"{name} is missing");

    /// <summary>A query parameter of bytes of a certain length; null where it is not there.</summary>
    public T? QueryBytes<T>(string name)
        where T : unmanaged, IFixedBytes<T> => Query(name) is { } text ? Bytes<T>(name, text) : null;

    /// <summary>A query parameter of bytes that must be there.</summary>
    public T RequiredBytes<T>(string name)
        where T : unmanaged, IFixedBytes<T> => QueryBytes<T>(name) ?? throw BeaconApiException.Invalid($"{name} is missing");

    /// <summary>Reads a number: decimal digits.</summary>
    public static ulong Number(string name, string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : throw BeaconApiException.Invalid($"{name} is no number: {Shown(text)}");

    /// <summary>Reads bytes in hexadecimal.</summary>
    public static T Bytes<T>(string name, string text)
        where T : unmanaged, IFixedBytes<T> => FixedBytes.TryParse(text, out T value) ? value : throw BeaconApiException.Invalid($"{name} is not 0x and the bytes of a {typeof(T).Name}: {Shown(text)}");

    /// <summary>What a caller sent, as it is quoted back.</summary>
    public static string Shown(string text) => text.Length <= 100 ? text : text[..100] + "…";

    /// <summary>Reads the body: SSZ or JSON, as its type says.</summary>
    public async Task<T> ReadAsync<T, TCodec>(TCodec codec)
        where TCodec : struct, ISszCodec<T>
    {
        bool isSsz = BodyType() switch
        {
            SszType => true,
            JsonType => false,
            _ => throw UnknownType($"{JsonType} or {SszType}"),
        };
        ReadOnlyMemory<byte> body = await ReadBodyAsync().ConfigureAwait(false);
        bool isRead = isSsz ? codec.TryDecode(body.Span, out T? value, out SszFault fault) : Ssz.TryParseJson<T, TCodec>(in codec, body.Span, out value, out fault);
        return isRead ? value! : throw BeaconApiException.Invalid($"invalid body: {fault.Rule}{(fault.Where.Length > 0 ? $" at {fault.Where}" : "")}");
    }

    /// <summary>Reads a container.</summary>
    public Task<T> ReadAsync<T>(ISszPreset preset)
        where T : ISszContainer<T> => ReadAsync<T, SszContainer<T>>(new SszContainer<T>(preset));

    /// <summary>Reads a list of containers.</summary>
    public Task<T[]> ReadListAsync<T>(ISszPreset preset, int most)
        where T : ISszContainer<T> => ReadAsync<T[], SszArray<T, SszContainer<T>>>(new(SszBound.List((ulong)most), new(preset)));

    /// <summary>Reads what has no form but JSON.</summary>
    public async Task<T> ReadJsonAsync<T>(JsonTypeInfo<T> type)
    {
        if (BodyType() != JsonType)
            throw UnknownType(JsonType);
        ReadOnlyMemory<byte> body = await ReadBodyAsync().ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(body.Span, type) ?? throw BeaconApiException.Invalid("invalid body: null");
        }
        catch (JsonException wrong)
        {
            throw BeaconApiException.Invalid($"invalid body: at {wrong.Path ?? "its beginning"}, line {wrong.LineNumber + 1}");
        }
    }

    /// <summary>Reads a list of what has no form but JSON.</summary>
    public async Task<T[]> ReadJsonListAsync<T>(JsonTypeInfo<T[]> type)
    {
        T[] items = await ReadJsonAsync(type).ConfigureAwait(false);
        int missing = Array.FindIndex(items, item => item is null);
        return missing < 0 ? items : throw BeaconApiException.Invalid($"invalid body: null at $[{missing}]");
    }

    /// <summary>Whether the answer is to be SSZ. spec: beacon-APIs, "Accept"</summary>
    /// <param name="answer">The answer, which may have no such form.</param>
    /// <exception cref="BeaconApiException">It has no form that the caller takes.</exception>
    public bool TakesSsz(BeaconAnswer answer)
    {
        IList<MediaTypeHeaderValue> accepted = new RequestHeaders(context.Request.Headers).Accept;
        if (accepted.Count == 0 && string.IsNullOrWhiteSpace(context.Request.Headers.Accept))
            return false;
        foreach (MediaTypeHeaderValue type in accepted.Where(type => type.Quality != 0).OrderByDescending(type => type.Quality ?? 1))
        {
            if (answer.Encode is not null && type.MediaType.Equals(SszType, StringComparison.OrdinalIgnoreCase))
                return true;
            if (type.MatchesAllTypes || type.MediaType.Equals(JsonType, StringComparison.OrdinalIgnoreCase) || type.MediaType.Equals("application/*", StringComparison.OrdinalIgnoreCase))
                return false;
        }
        throw new BeaconApiException(StatusCodes.Status406NotAcceptable, $"the answer is {JsonType}{(answer.Encode is null ? "" : $" or {SszType}")}");
    }

    private static BeaconApiException UnknownType(string known) => new(StatusCodes.Status415UnsupportedMediaType, $"the body must be {known}");

    private string? BodyType() =>
        MediaTypeHeaderValue.TryParse(context.Request.ContentType, out MediaTypeHeaderValue? type) ? type.MediaType.ToString().ToLowerInvariant() : null;

    private async Task<ReadOnlyMemory<byte>> ReadBodyAsync()
    {
        if (await WebHosting.ReadBodyAsync(context, limits, cancellation).ConfigureAwait(false) is { } body)
            return body;
        context.Response.Headers.Connection = "close"; // nobody reads the rest
        throw new BeaconApiException(StatusCodes.Status413PayloadTooLarge, $"the body is longer than {limits.MaxBodyBytes} bytes");
    }
}
