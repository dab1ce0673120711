using System.CommandLine;
using System.Net;
using Flashback.Provider;
using Microsoft.Extensions.Logging;

namespace Flashback.Node;

/// <summary><c>flashback provider</c>: answers over HTTP for a storage provider.</summary>
internal static class ProviderCommand
{
    public static Command Create()
    {
        Option<int> port = new("--http-port") { Description = "The port; 0 takes a free one.", DefaultValueFactory = _ => 8600 };
        Option<string> address = new("--http-addr") { Description = "The address listened on.", DefaultValueFactory = _ => "127.0.0.1" };
        Option<string> cache = ParamsCommand.CacheOption();
        Option<string?> network = VerifyCommands.NetworkOption();
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > IPEndPoint.MaxPort)
                result.AddError($"--http-port is from 0 to {IPEndPoint.MaxPort}.");
        });
        address.Validators.Add(result =>
        {
            if (!IPAddress.TryParse(result.GetValueOrDefault<string>(), out _))
                result.AddError("--http-addr takes an IP address.");
        });
        Command command = new("provider", "Verifies proofs over HTTP: POST /verify-seal, /verify-post and /verify-update.") { port, address, cache, network };
        command.SetAction(async (parsed, stop) =>
        {
            using ILoggerFactory logging = LoggerFactory.Create(logs => logs.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning));
            IPEndPoint listen = new(IPAddress.Parse(parsed.GetRequiredValue(address)), parsed.GetValue(port));
            try
            {
                ProofRequests requests = VerifyCommands.Judge(parsed.GetRequiredValue(cache), parsed.GetValue(network));
                await using ProviderServer server = await ProviderServer.StartAsync(listen, requests, logging, stop);
                Console.WriteLine($"provider: http://{server.Endpoint}");
                await Task.Delay(Timeout.InfiniteTimeSpan, stop).ContinueWith(_ => { }, TaskScheduler.Default);
                return 0;
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"flashback: {e.Message}");
                return 1;
            }
        });
        return command;
    }
}
