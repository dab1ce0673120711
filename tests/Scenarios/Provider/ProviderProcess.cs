using System.Diagnostics;
using System.Net;
using Flashback.Chain.Beacon;
using Flashback.Node;
using Flashback.Provider;
using Microsoft.Extensions.Logging;

namespace Flashback.Scenarios.Provider;

/// <summary>The process that is killed: this test program started with <see cref="Verb"/>, a provider as <c>flashback provider</c> runs it, with proofs that cost nothing.</summary>
internal static class ProviderProcess
{
    public const string Verb = "provide-forever";

    public static string NetworkIn(string folder) => NodeFolder.Network(folder);

    public static string KeyIn(string folder, ulong validator = ProviderWorld.Validator) => Path.Combine(folder, $"operator-{validator}.key");

    public static string DataIn(string folder, ulong validator = ProviderWorld.Validator) => Path.Combine(folder, $"provider-{validator}");

    public static async Task<int> RunAsync(string folder, Uri rpc, ulong validator, int port)
    {
        NetworkGenesis network = NetworkFile.Read(NetworkIn(folder));
        using ILoggerFactory logging = new LogSettings(LogLevel.Information, IsJson: false).Open();
        ProviderNodeSettings settings = new(
            new ProviderSettings(DataIn(folder, validator)) { Deals = new DealPolicy { Takes = true }, PackingPatience = TimeSpan.FromSeconds(3) }, network, rpc, KeyIn(folder, validator), validator,
            Path.Combine(folder, "parents"));
        using ProviderNode provider = await ProviderNode.OpenAsync(settings, new SimulatedProver(network.Spacetime!.Seal), logging, CancellationToken.None);
        ProviderAnswers answers = new(new ProofRequests(new ParameterCache(folder))) { Status = () => provider.Service.Status, Pieces = provider.Service.Pieces };
        await using ProviderServer server = await ProviderServer.StartAsync(new IPEndPoint(IPAddress.Loopback, port), answers, logging, CancellationToken.None);
        await provider.Service.RunAsync(CancellationToken.None);
        return 0;
    }

    public static Process Start(string folder, Uri rpc, ulong validator, int port)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, [Verb, folder, rpc.ToString(), $"{validator}", $"{port}"]) { RedirectStandardOutput = true };
        Process process = Process.Start(start) ?? throw new InvalidOperationException("the process did not start");
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None); // so that it never waits for a reader
        return process;
    }
}
