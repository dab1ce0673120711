using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Flashback.Client;
using Flashback.Primitives;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Flashback.Provider;

/// <summary>Gives the provider's signature of what was delivered, and takes the reader's.</summary>
/// <remarks>
/// <code>
/// GET  /deliveries/{request}   the request's signing hash, 64 hexadecimal digits: 200 {"delivery":…}; 404 where it was not served lately
/// POST /deliveries             {"deal":"0x…","delivery":…,"countersigned":…}, the last the same delivery signed by the reader: 204 when it is on the disk, 409 with the reason when it is not taken
/// </code>
/// </remarks>
internal sealed class DeliveryEndpoint(ReadDesk reads)
{
    private const int LongestBody = 4_096;

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/deliveries/{request}", GiveAsync);
        app.MapPost("/deliveries", TakeAsync);
    }

    private Task GiveAsync(HttpContext context) =>
        context.Request.RouteValues["request"] is string text && FixedBytes.TryParse(text, out Hash32 request) && reads.Find(request) is { } delivery
            ? HttpAnswers.WriteAsync(context, StatusCodes.Status200OK, new JsonObject { ["delivery"] = delivery.ToText() })
            : HttpAnswers.RefuseAsync(context, StatusCodes.Status404NotFound, "unknown_request", "the request was not served lately");

    private async Task TakeAsync(HttpContext context)
    {
        if (await ReadAsync(context).ConfigureAwait(false) is not { } taken)
        {
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status400BadRequest, "invalid_request", "deal, delivery and countersigned are expected").ConfigureAwait(false);
            return;
        }
        try
        {
            if (await reads.CountersignAsync(taken.Deal, taken.Ours, taken.Theirs, context.RequestAborted).ConfigureAwait(false) is { } refusal)
                await HttpAnswers.RefuseAsync(context, StatusCodes.Status409Conflict, "not_taken", refusal).ConfigureAwait(false);
            else
                context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (NodeException fault)
        {
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "no_chain", fault.Message).ConfigureAwait(false);
        }
    }

    private static async Task<(Address Deal, SignedDelivery Ours, SignedDelivery Theirs)?> ReadAsync(HttpContext context)
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = LongestBody;
        try
        {
            Countersigned? body = await JsonSerializer.DeserializeAsync(context.Request.Body, CountersignedJson.Default.Countersigned, context.RequestAborted).ConfigureAwait(false);
            return body is { Deal: not null, Delivery: not null, CountersignedDelivery: not null } && FixedBytes.TryParse(body.Deal, out Address deal)
                && SignedDelivery.TryRead(body.Delivery) is { } ours && SignedDelivery.TryRead(body.CountersignedDelivery) is { } theirs
                ? (deal, ours, theirs)
                : null;
        }
        catch (Exception fault) when (fault is JsonException or Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            return null;
        }
    }
}

internal sealed record Countersigned(string Deal, string Delivery, [property: JsonPropertyName("countersigned")] string CountersignedDelivery);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Countersigned))]
internal sealed partial class CountersignedJson : JsonSerializerContext;
