using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Flashback.Scenarios;

/// <summary><c>flashback dev</c> as its users have it: a program with a port. Nothing of its inside is touched.</summary>
internal sealed class DevChain : IAsyncDisposable
{
    private const string BeforeAddress = "JSON-RPC at ";

    private readonly Process _process;
    private readonly HttpClient _client;

    private DevChain(Process process, Uri address)
    {
        (_process, Address) = (process, address);
        _client = new HttpClient { BaseAddress = address };
    }

    public Uri Address { get; }

    /// <summary>The most memory it had, in bytes.</summary>
    public long PeakMemory
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>Starts one and waits until it says where it answers.</summary>
    public static async Task<DevChain> StartAsync(params string[] arguments)
    {
        (Process process, string told) = await FlashbackProgram.StartAsync("Chain ", ["dev", "--http-port", "0", .. arguments]);
        return new DevChain(process, new Uri(told[(told.IndexOf(BeforeAddress, StringComparison.Ordinal) + BeforeAddress.Length)..]));
    }

    /// <summary>The result of a method. Parameters are JSON.</summary>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public async Task<JsonElement> AskAsync(string method, string parameters = "[]")
    {
        using StringContent body = new($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""", System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _client.PostAsync(Address, body, TestContext.Current.CancellationToken);
        JsonElement answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return answer.TryGetProperty("result", out JsonElement result) ? result : throw new InvalidOperationException($"{method} {parameters}: {answer}");
    }

    /// <summary>Ends it as a power cut does, with no chance to tidy up.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _client.Dispose();
    }
}
