using System.CommandLine;
using System.Globalization;
using System.Net;
using Flashback.Chain.Beacon;
using Flashback.Client;
using Flashback.Provider;
using Microsoft.Extensions.Logging;

namespace Flashback.Node;

/// <summary><c>flashback provider</c>: seals, proves in time, and answers over HTTP; without a node it only judges proofs.</summary>
internal static class ProviderCommand
{
    private static readonly Option<Uri?> Rpc = ProviderOptions.Rpc(required: false);
    private static readonly Option<FileInfo> Network = ProviderOptions.Network(required: false);
    private static readonly Option<FileInfo> Key = ProviderOptions.Key("--key", "operator's", required: false);
    private static readonly Option<string?> Validator = new("--validator") { Description = "The provider's number: its validator's index." };
    private static readonly Option<string?> Folder = ProviderOptions.Folder(required: false);
    private static readonly Option<string[]> Disks = new("--disk") { Description = "A folder on another disk, for sectors beside those in --data: new ones go where most room is. May be given again." };
    private static readonly Option<string> Cache = ParamsCommand.CacheOption();
    private static readonly Option<string> Parents = SectorCommand.ParentsOption();
    private static readonly Option<int> Seals = new Option<int>("--seals") { Description = "How many sectors are sealed at once.", DefaultValueFactory = _ => 1 }.Within(1, 256);
    private static readonly Option<Uri?> Webhook = ProviderOptions.Address("--webhook", "Where alerts are posted as JSON when they change.", required: false);
    private static readonly Option<int> Port = new Option<int>("--http-port") { Description = "The port; 0 takes a free one.", DefaultValueFactory = _ => 8600 }.Within(0, IPEndPoint.MaxPort);
    private static readonly Option<string> Address = new Option<string>("--http-addr") { Description = "The address listened on.", DefaultValueFactory = _ => "127.0.0.1" }.AsAddress();

    private static readonly Option<bool> Parent = ParentOption.Create();

    public static Command Create()
    {
        Command command = new("provider", "Runs a storage provider: seals sectors and proves them in time. Without --rpc it only verifies proofs over HTTP.")
        {
            RegisterCommand.Register(), RegisterCommand.RefreshStake(), OrderCommands.Pledge(), OrderCommands.Extend(), OrderCommands.Terminate(), OrderCommands.Status(), WithdrawCommand.Create(), WhatIfCommand.Create(), NewKey(),
        };
        foreach (Option option in (Option[])[Rpc, Network, Key, Validator, Folder, Disks, Cache, Parents, Seals, Webhook, Port, Address, Parent, .. DealOptions.All])
            command.Options.Add(option);
        LogOptions log = new(command, LogLevel.Warning);
        command.Validators.Add(result =>
        {
            if (result.GetValue(Rpc) is not null && (result.GetValue(Network) is null || result.GetValue(Key) is null || result.GetValue(Validator) is null || result.GetValue(Folder) is null))
                result.AddError("with --rpc, a provider takes --network, --key, --validator and --data.");
        });
        command.SetAction((parsed, stop) => ProviderOptions.RunAsync(() => RunAsync(parsed, log.Read(parsed), ParentOption.Until(parsed.GetValue(Parent), stop)), SectorsContract.Errors));
        return command;
    }

    private static Command NewKey()
    {
        Argument<string> file = new("FILE") { Description = "The file to write; it must not be there yet." };
        Option<bool> json = Answer.JsonOption();
        Command command = new("new-key", "Draws an operator's key and writes it into a file that nobody else may read.") { file, json };
        command.SetAction(parsed => Answer.Run(() => Answer.Write(parsed.GetValue(json), ("operator", AccountKeyFile.Create(parsed.GetRequiredValue(file))))));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, LogSettings log, CancellationToken stop)
    {
        using ILoggerFactory logging = log.Open();
        IPEndPoint listen = new(IPAddress.Parse(parsed.GetRequiredValue(Address)), parsed.GetValue(Port));
        ParameterCache cache = new(parsed.GetRequiredValue(Cache));
        ProofRequests requests = VerifyCommands.Judge(parsed.GetRequiredValue(Cache), parsed.GetValue(Network)?.FullName);
        using ProviderNode? provider = parsed.GetValue(Rpc) is { } rpc ? await OpenAsync(parsed, rpc, cache, logging, stop).ConfigureAwait(false) : null;
        ProviderAnswers answers = new(requests) { Status = provider is null ? null : () => provider.Service.Status, Pieces = provider?.Service.Pieces };
        await using ProviderServer server = await ProviderServer.StartAsync(listen, answers, logging, stop).ConfigureAwait(false);
        Console.WriteLine($"provider: http://{server.Endpoint}");
        if (provider is null)
            await Task.Delay(Timeout.InfiniteTimeSpan, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        else
            await provider.Service.RunAsync(stop).ConfigureAwait(false);
        return 0;
    }

    private static Task<ProviderNode> OpenAsync(ParseResult parsed, Uri rpc, ParameterCache cache, ILoggerFactory logging, CancellationToken stop)
    {
        NetworkGenesis network = NetworkFile.Read(parsed.GetRequiredValue(Network)!.FullName);
        ProviderNode.RequireKeys(cache, network);
        if (!ulong.TryParse(parsed.GetRequiredValue(Validator), NumberStyles.None, CultureInfo.InvariantCulture, out ulong validator))
            throw new InvalidDataException("--validator takes the validator's index");
        ProviderSettings settings = new(parsed.GetRequiredValue(Folder)!) { Disks = parsed.GetValue(Disks) ?? [], Seals = parsed.GetValue(Seals), Webhook = parsed.GetValue(Webhook), Deals = DealOptions.Policy(parsed), PackingPatience = DealOptions.Patience(parsed) };
        return ProviderNode.OpenAsync(
            new ProviderNodeSettings(settings, network, rpc, parsed.GetRequiredValue(Key)!.FullName, validator, parsed.GetRequiredValue(Parents)), new SnarkProver(cache, progress: null), logging, stop);
    }
}
