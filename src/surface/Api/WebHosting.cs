using System.Buffers;
using System.Net;
using Flashback.Api.JsonRpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flashback.Api;

/// <summary>What all ports of the node have in common: who is answered, and how much of it is read.</summary>
internal static class WebHosting
{
    /// <summary>Puts an application together that listens on a port and answers nothing yet.</summary>
    /// <param name="options">For whom.</param>
    /// <param name="port">Where it listens; the application takes it over.</param>
    /// <param name="logging">Where logs go.</param>
    /// <param name="observe">Adds what watches the application.</param>
    public static WebApplication Build(ApiOptions options, ApiPort port, ILoggerFactory logging, Action<IServiceCollection>? observe = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(logging);
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options, port));
        builder.Services.AddRoutingCore();
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.WithOrigins([.. options.CorsOrigins]).AllowAnyHeader().WithMethods("POST", "GET")));
        observe?.Invoke(builder.Services);
        WebApplication app = builder.Build();
        app.Use((context, next) => IsAnswered(context, options.Hosts) ? next(context) : RefuseAsync(context, StatusCodes.Status403Forbidden, "invalid host specified"));
        app.UseCors();
        return app;
    }

    /// <summary>Answers with a status and a line for people.</summary>
    public static Task RefuseAsync(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(why + "\n", context.RequestAborted);
    }

    /// <summary>The whole body, or null when it is longer than allowed.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpContext context, RpcLimits limits, CancellationToken cancellation)
    {
        if (context.Request.ContentLength > limits.MaxBodyBytes)
            return null;
        ArrayBufferWriter<byte> body = new((int)(context.Request.ContentLength ?? 4096) + 1);
        while (true)
        {
            int read = await context.Request.Body.ReadAsync(body.GetMemory(4096), cancellation).ConfigureAwait(false);
            if (read == 0)
                return body.WrittenMemory;
            body.Advance(read);
            if (body.WrittenCount > limits.MaxBodyBytes)
                return null;
        }
    }

    private static void Configure(KestrelServerOptions kestrel, ApiOptions options, ApiPort port)
    {
        kestrel.ListenHandle(port.TakeHandle());
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.Limits.MaxBodyBytes;
        kestrel.Limits.MaxConcurrentConnections = options.Limits.MaxConnections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = options.Limits.MaxConnections / 2;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));
        kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));
    }

    /// <summary>A page whose name was bound to our address after it was loaded sends its own name: it is not answered. An address cannot be bound to.</summary>
    private static bool IsAnswered(HttpContext context, IReadOnlyList<string> hosts) =>
        hosts.Contains("*") || IPAddress.TryParse(context.Request.Host.Host, out _) || hosts.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase);
}
