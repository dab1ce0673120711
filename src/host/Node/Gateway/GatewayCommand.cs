using System.CommandLine;
using System.Net;
using Flashback.Client;
using Flashback.Gateway;
using Flashback.Gateway.Market;
using Flashback.Gateway.S3;
using Flashback.Primitives;
using Microsoft.Extensions.Logging;

namespace Flashback.Node;

/// <summary><c>flashback gateway</c>: files, S3 and IPFS over pieces that storage providers are paid for.</summary>
internal static class GatewayCommand
{
    private static readonly Option<Uri?> Rpc = ProviderOptions.Rpc(required: true);
    private static readonly Option<FileInfo> Network = ProviderOptions.Network(required: true);
    private static readonly Option<FileInfo> Key = ProviderOptions.Key("--key", "wallet's", required: true);
    private static readonly Option<string> Folder = new("--data") { Description = "The folder with the gateway's index, and with the pieces that are on their way.", Required = true };
    private static readonly Option<string> Address = new Option<string>("--http-addr") { Description = "The address listened on.", DefaultValueFactory = _ => "127.0.0.1" }.AsAddress();
    private static readonly Option<int> Port = new Option<int>("--http-port") { Description = "The port for plain HTTP and IPFS; 0 takes a free one.", DefaultValueFactory = _ => 8700 }.Within(0, IPEndPoint.MaxPort);
    private static readonly Option<int> S3Port = new Option<int>("--s3-port") { Description = "The port for S3; 0 takes a free one.", DefaultValueFactory = _ => 8701 }.Within(0, IPEndPoint.MaxPort);
    private static readonly Option<string?> Domain = new("--s3-domain") { Description = "The domain whose subdomains are buckets; without it they stand in paths alone." };
    private static readonly Option<bool> Open = new("--no-token") { Description = "Answer plain HTTP and IPFS without a token." };
    private static readonly Option<int> Copies = new Option<int>("--copies") { Description = "By how many providers each piece is kept.", DefaultValueFactory = _ => 3 }.Within(1, 16);
    private static readonly Option<int> Region = new Option<int>("--region") { Description = "Where reading must be quick: an ISO 3166-1 numeric code; 0 for anywhere." }.Within(0, 999);
    private static readonly Option<double> Days = new Option<double>("--days") { Description = "How many days a piece is paid for at once.", DefaultValueFactory = _ => 180 }.Within(0.001, 1_825.0);
    private static readonly Option<double> Runway = new Option<double>("--runway") { Description = "How many days before its end a piece is paid for anew.", DefaultValueFactory = _ => 30 }.Within(0.0, 365.0);
    private static readonly Option<double> Sealing = new Option<double>("--sealing-time") { Description = "How many minutes providers have until a piece is in a live sector; 0 for a proving period." }.Within(0.0, 10_080.0);
    private static readonly Option<double?> HighestPrice = new Option<double?>("--highest-price") { Description = "The most that one copy may cost, in FLASH for a GiB and day; without it, what the best providers ask." };
    private static readonly Option<double> Wait = new Option<double>("--wait") { Description = "How many seconds small objects wait for others to share a piece with.", DefaultValueFactory = _ => 600 }.Within(0.0, 86_400.0);
    private static readonly Option<double> Kept = new Option<double>("--keep") { Description = "GiB of stored pieces that stay on this machine, to be read quickly.", DefaultValueFactory = _ => 64 }.Within(0.0, 1_048_576.0);

    private static readonly Option<bool> Rebuild = new("--rebuild") { Description = "The index was lost: make it anew first, out of the pieces that the wallet's deals name." };

    private static readonly Option<bool> Parent = ParentOption.Create();

    public static Command Create()
    {
        Command command = new("gateway", "Runs a gateway: what is put over S3, HTTP or IPFS is kept by storage providers.");
        foreach (Option option in (Option[])[Rpc, Network, Key, Folder, Address, Port, S3Port, Domain, Open, Copies, Region, Days, Runway, Sealing, HighestPrice, Wait, Kept, Rebuild, Parent])
            command.Options.Add(option);
        LogOptions log = new(command, LogLevel.Information);
        command.SetAction((parsed, stop) => ProviderOptions.RunAsync(() => RunAsync(parsed, log.Read(parsed), ParentOption.Until(parsed.GetValue(Parent), stop)), [.. MarketContract.Errors, .. DealContract.Errors]));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, LogSettings log, CancellationToken stop)
    {
        using ILoggerFactory logging = log.Open();
        string folder = Path.GetFullPath(parsed.GetRequiredValue(Folder));
        MarketOptions market = new()
        {
            Copies = parsed.GetValue(Copies), Region = (ulong)parsed.GetValue(Region), Duration = TimeSpan.FromDays(parsed.GetValue(Days)), Runway = TimeSpan.FromDays(parsed.GetValue(Runway)),
            SealingTime = parsed.GetValue(Sealing) is > 0 and var minutes ? TimeSpan.FromMinutes(minutes) : null,
            HighestPrice = parsed.GetValue(HighestPrice) is { } coins ? (UInt256)(System.Numerics.BigInteger)(coins * 1e18) : null,
        };
        GatewayOptions options = new() { Folder = folder, PieceAge = TimeSpan.FromSeconds(parsed.GetValue(Wait)), KeptBytes = (long)(parsed.GetValue(Kept) * (1L << 30)) };
        GatewayNodeSettings settings = new(
            options, market, NetworkFile.Read(parsed.GetRequiredValue(Network).FullName), parsed.GetRequiredValue(Rpc)!, parsed.GetRequiredValue(Key).FullName, () => EndpointsOf(parsed, folder)) { Rebuilds = parsed.GetValue(Rebuild) };
        await using GatewayNode gateway = await GatewayNode.OpenAsync(settings, logging, stop).ConfigureAwait(false);
        Console.WriteLine($"gateway: http://{gateway.Server.Files}, S3 at http://{gateway.Server.S3}");
        await gateway.RunAsync(stop).ConfigureAwait(false);
        return 0;
    }

    private static GatewayEndpoints EndpointsOf(ParseResult parsed, string folder)
    {
        IPAddress address = IPAddress.Parse(parsed.GetRequiredValue(Address));
        return new GatewayEndpoints(new IPEndPoint(address, parsed.GetValue(Port)), new IPEndPoint(address, parsed.GetValue(S3Port)))
        {
            Token = parsed.GetValue(Open) ? null : BearerToken.ReadOrCreate(Path.Combine(folder, "token")),
            Credentials = [S3Credentials.ReadOrCreate(Path.Combine(folder, "s3.key"))],
            Domain = parsed.GetValue(Domain),
        };
    }
}
