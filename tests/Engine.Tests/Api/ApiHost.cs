using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Flashback.Api;
using Flashback.Api.Engine;
using Flashback.Api.JsonRpc;
using Flashback.Chain;
using Flashback.Engine.Tests.Chain;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Engine.Tests.Api;

/// <summary>A chain with its server on two free ports, and somebody who asks it.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    public const string SecretText = "0x736563726574736563726574736563726574736563726574736563726574abcd";

    private readonly ExecutionEngine _engine;
    private readonly ApiServer _server;

    private ApiHost(DevChain dev, ApiOptions options, Action<RpcTable>? more)
    {
        Dev = dev;
        ApiPort port = ApiPort.Open(IPAddress.Loopback, 0), enginePort = ApiPort.Open(IPAddress.Loopback, 0);
        (Address, EngineAddress) = (port.Address, enginePort.Address);
        Assert.True(JwtSecret.TryParse(SecretText, out JwtSecret? secret));
        Secret = secret;
        _engine = new ExecutionEngine(dev.Chain, dev.Builder, new BuildingOptions { Budget = TimeSpan.FromSeconds(10) }, NullLogger<ExecutionEngine>.Instance);
        _server = ApiServer.Create(
            options, port, new ApiNode(dev.Chain, dev.Pool, dev.Builder, Wallet.Empty, dev.Time), more ?? (_ => { }), new EngineAccess(enginePort, secret, _engine),
            NullLoggerFactory.Instance);
    }

    public DevChain Dev { get; }

    public Uri Address { get; }

    public Uri EngineAddress { get; }

    public JwtSecret Secret { get; }

    public HttpClient Client { get; } = new();

    public static async Task<ApiHost> StartAsync(ApiOptions? options = null, Action<RpcTable>? more = null, string fork = "osaka")
    {
        ApiHost host = new(new DevChain(fork: fork), options ?? new ApiOptions(), more);
        await host._server.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    /// <summary>Sends a body and returns the answer.</summary>
    public async Task<HttpResponseMessage> PostAsync(string body, string contentType = "application/json", Action<HttpRequestMessage>? change = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, Address) { Content = new StringContent(body, Encoding.UTF8, contentType) };
        change?.Invoke(request);
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The JSON that answers a body.</summary>
    public async Task<JsonElement> AskAsync(string body)
    {
        using HttpResponseMessage response = await PostAsync(body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await ReadAsync(response);
    }

    /// <summary>The result of a method.</summary>
    public async Task<JsonElement> ResultAsync(string method, string parameters = "[]") => ResultOf(await AskAsync(Request(method, parameters)));

    /// <summary>The error of a method.</summary>
    public async Task<(int Code, string Message, string? Payload)> ErrorAsync(string method, string parameters = "[]") => ErrorOf(await AskAsync(Request(method, parameters)));

    /// <summary>The answer of a method of the Engine API.</summary>
    public async Task<JsonElement> EngineAsync(string method, string parameters)
    {
        using HttpResponseMessage response = await PostEngineAsync(Secret.Sign(Dev.Time.GetUtcNow()), Request(method, parameters));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await ReadAsync(response);
    }

    /// <summary>Sends a body to the Engine API's port with a token, or with none.</summary>
    public async Task<HttpResponseMessage> PostEngineAsync(string? token, string body)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, EngineAddress) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static string Request(string method, string parameters = "[]") => $$"""{"jsonrpc":"2.0","id":7,"method":"{{method}}","params":{{parameters}}}""";

    public static JsonElement ResultOf(JsonElement answer)
    {
        Assert.True(answer.TryGetProperty("result", out JsonElement result), answer.ToString());
        return result;
    }

    public static (int Code, string Message, string? Payload) ErrorOf(JsonElement answer)
    {
        Assert.True(answer.TryGetProperty("error", out JsonElement error), answer.ToString());
        return (error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()!, error.TryGetProperty("data", out JsonElement data) ? data.GetString() : null);
    }

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        using JsonDocument document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _engine.Dispose();
        Client.Dispose();
        Dev.Dispose();
    }
}
