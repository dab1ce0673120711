using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Flashback.Provider;

/// <summary>Logs alerts that are raised and lifted, and posts all that stand to a webhook when they change: <c>{"provider": …, "alerts": […]}</c>.</summary>
internal sealed partial class Alarm(ulong provider, Uri? webhook, ILogger log) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = new() { Timeout = Patience };
    private HashSet<string> _raised = [];

    public async Task TellAsync(IReadOnlyList<string> alerts, CancellationToken stop)
    {
        HashSet<string> now = [.. alerts];
        if (now.SetEquals(_raised))
            return;
        foreach (string alert in now.Except(_raised))
            LogRaised(alert);
        foreach (string alert in _raised.Except(now))
            LogLifted(alert);
        _raised = now;
        if (webhook is not null)
            await PostAsync(webhook, alerts, stop).ConfigureAwait(false);
    }

    public void Dispose() => _http.Dispose();

    private async Task PostAsync(Uri address, IReadOnlyList<string> alerts, CancellationToken stop)
    {
        JsonObject message = new() { ["provider"] = provider, ["alerts"] = new JsonArray([.. alerts.Select(alert => (JsonNode)JsonValue.Create(alert))]) };
        try
        {
            using StringContent body = new(message.ToJsonString(), new MediaTypeHeaderValue("application/json"));
            using HttpResponseMessage answer = await _http.PostAsync(address, body, stop).ConfigureAwait(false);
            answer.EnsureSuccessStatusCode();
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            LogNotPosted(fault.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Alert: {Alert}")]
    private partial void LogRaised(string alert);

    [LoggerMessage(Level = LogLevel.Information, Message = "No more: {Alert}")]
    private partial void LogLifted(string alert);

    [LoggerMessage(Level = LogLevel.Error, Message = "The webhook was not told: {Reason}")]
    private partial void LogNotPosted(string reason);
}
