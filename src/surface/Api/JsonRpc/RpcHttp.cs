using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Flashback.Api.JsonRpc;

/// <summary>JSON-RPC over HTTP: a body in, a body out.</summary>
internal sealed class RpcHttp(RpcDispatcher dispatcher, RpcLimits limits)
{
    public async Task AnswerAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            await context.Response.WriteAsync("invalid content type, only application/json is supported\n", context.RequestAborted).ConfigureAwait(false);
            return;
        }
        if (await WebHosting.ReadBodyAsync(context, limits, context.RequestAborted).ConfigureAwait(false) is not { } body)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            context.Response.Headers.Connection = "close"; // nobody reads the rest
            await context.Response.WriteAsync($"the body is longer than {limits.MaxBodyBytes} bytes\n", context.RequestAborted).ConfigureAwait(false);
            return;
        }
        ArrayBufferWriter<byte> output = new(1024);
        await dispatcher.AnswerAsync(body, output, null, context.RequestAborted).ConfigureAwait(false);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = output.WrittenCount;
        await context.Response.Body.WriteAsync(output.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
    }
}
