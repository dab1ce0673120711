using System.CommandLine;
using System.Globalization;
using System.Net;
using Flashback.Chain.Beacon;
using Flashback.Network;
using Flashback.Network.Sockets;
using Flashback.Primitives;
using Flashback.State.Store;
using Flashback.Validator;
using Microsoft.Extensions.Logging;

namespace Flashback.Node;

/// <summary><c>flashback node</c>: one node of a network, both layers and validators in one process.</summary>
internal static class NodeCommand
{
    /// <summary>The exit code where somebody else signs with one of the keys: whoever starts programs again must not do so then.</summary>
    private const int DoppelgangerExit = 3;

    private sealed record Settings(
        string NetworkPath, NetworkNodeSettings Node, int PeerPort, IReadOnlyList<IPEndPoint> Peers, string? KeyFolder, int? KeymanagerPort, (int First, int Count) KnownKeys, int KnownAccounts, LogSettings Log);

    public static Command Create()
    {
        Command command = new("node", "Runs one node of a network: execution, consensus and, with keys, its validators.");
        Option<FileInfo> network = new Option<FileInfo>("--network") { Description = "The network's file, as flashback genesis and flashback devnet write it.", Required = true }.AcceptExistingOnly();
        Option<string> name = new("--name") { Description = "The node's name among its peers: another for each.", DefaultValueFactory = _ => "node0" };
        Option<int> peerPort = new Option<int>("--p2p-port") { Description = "The port on 127.0.0.1 that peers of this machine find it at; 0 takes a free one.", DefaultValueFactory = _ => 9000 }.Within(0, IPEndPoint.MaxPort);
        Option<IPEndPoint[]> peers = new("--peer") { Description = "Peers of this machine that are dialled: 127.0.0.1:9001.", CustomParser = ParseEndpoints, DefaultValueFactory = _ => [] };
        Option<string?> keys = new("--keys") { Description = "The folder of keystores and passwords of its validators, as flashback keys makes it." };
        Option<int?> keymanager = new("--keymanager-port") { Description = "The port on 127.0.0.1 where the keys of --keys are managed, with the token in api-token.txt of that folder; 0 takes a free one." };
        Option<(int, int)> known = new("--known-keys") { Description = "Validators with keys that everybody knows, on networks of one machine: 0..15.", CustomParser = ParseRange };
        Option<int> accounts = new Option<int>("--known-accounts") { Description = "So many accounts with keys that everybody knows, which it signs for, on networks of one machine." }.Within(0, 1000);
        Option<string?> feeRecipient = new("--fee-recipient") { Description = "Who gets the fees of its blocks." };
        Option<string> graffiti = new("--graffiti") { Description = "What its blocks say, up to 32 bytes.", DefaultValueFactory = _ => "Flashback" };
        Option<bool> doppelganger = new("--doppelganger-check") { Description = "Before they sign, keys watch for two epochs that nobody else signs with them." };
        foreach (Option option in (Option[])[network, name, peerPort, peers, keys, keymanager, known, accounts, feeRecipient, graffiti, doppelganger])
            command.Options.Add(option);
        StoreOptions store = new(command);
        HttpOptions http = new(command);
        Option<int> beaconPort = HttpOptions.BeaconPort(command);
        LogOptions log = new(command);
        feeRecipient.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !FixedBytes.TryParse(text, out Address _))
                result.AddError("--fee-recipient takes an address.");
        });
        command.Validators.Add(result =>
        {
            if (result.GetValue(keys) is not null && result.GetResult(known) is { Implicit: false })
                result.AddError("--keys and --known-keys exclude each other.");
        });
        keymanager.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 0 or > IPEndPoint.MaxPort)
                result.AddError($"--keymanager-port takes a number from 0 to {IPEndPoint.MaxPort}.");
        });
        command.SetAction((parsed, stop) =>
        {
            StoreSettings kept = store.Read(parsed);
            Address recipient = parsed.GetValue(feeRecipient) is { } text ? FixedBytes.Parse<Address>(text) : default;
            NetworkNodeSettings node = new(
                parsed.GetValue(name)!, kept with { Folder = kept.Folder is { } own ? NodeFolder.Chain(own) : null },
                parsed.GetValue(keys) is { } folder ? new ValidatorFolder(folder).Protection : kept.Folder is { } data ? NodeFolder.Protection(data) : null,
                http.Read(parsed), parsed.GetValue(beaconPort), new DutySettings(recipient, DutySettings.GraffitiOf(parsed.GetValue(graffiti)!)))
            {
                ChecksForDoppelgangers = parsed.GetValue(doppelganger),
            };
            return RunAsync(
                new Settings(
                    parsed.GetRequiredValue(network).FullName, node, parsed.GetValue(peerPort), parsed.GetValue(peers)!, parsed.GetValue(keys), parsed.GetValue(keymanager), parsed.GetValue(known), parsed.GetValue(accounts), log.Read(parsed)),
                stop);
        });
        return command;
    }

    private static async Task<int> RunAsync(Settings settings, CancellationToken stop)
    {
        using ILoggerFactory logging = settings.Log.Open();
        TimeProvider clock = TimeProvider.System;
        try
        {
            using Api.ApiPort port = Api.ApiPort.Open(settings.Node.Http.Address, settings.Node.Http.Port);
            NetworkGenesis genesis = NetworkFile.Read(settings.NetworkPath);
            PeerNetwork peers = new(new PeerId(settings.Node.Name), genesis.ForkDigest(), clock, logging.CreateLogger<PeerNetwork>());
            using SocketLinks links = new(peers, new IPEndPoint(IPAddress.Loopback, settings.PeerPort), settings.Peers, logging.CreateLogger<SocketLinks>());
            await using NetworkNode node = new(settings.Node, port, genesis, peers, new Api.Wallet(LocalNetwork.AccountKeys(LocalNetwork.KnownMnemonic, settings.KnownAccounts)), clock, logging);
            node.Add(LocalNetwork.ValidatorKeys(LocalNetwork.KnownMnemonic, settings.KnownKeys.First, settings.KnownKeys.Count));
            await using FolderKeys? keys = settings.KeyFolder is { } folder
                ? await FolderKeys.OpenAsync(folder, node, settings.Node.Duties, settings.KeymanagerPort, logging, stop).ConfigureAwait(false)
                : null;
            foreach (KeyFailure failure in keys?.Failures ?? [])
                await Console.Error.WriteLineAsync($"node: the key {failure.Key} is not used: {failure.Reason}").ConfigureAwait(false);
            BeaconChain chain = node.Beacon.Chain;
            Console.WriteLine($"{settings.Node.Name}: {genesis.Config.Name} at slot {chain.Snapshot.Head.Slot.Value}, {chain.Snapshot.HeadRoot}; JSON-RPC at {node.Address}; Beacon API at {node.BeaconAddress}; peers at {links.Address}");
            if (keys?.Endpoint is { } endpoint)
                Console.WriteLine($"{settings.Node.Name}: keymanager API at http://{endpoint}");
            using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
            bool isDouble = false;
            node.DoppelgangerFound += found =>
            {
                isDouble = true;
                Console.Error.WriteLine($"node: somebody else signs with {found.PublicKey}, validator {found.Validator}: the node stops");
                ending.Cancel();
            };
            await Task.WhenAll(node.RunAsync(ending.Token), links.RunAsync(ending.Token)).ConfigureAwait(false);
            return isDouble ? DoppelgangerExit : 0;
        }
        catch (Exception failure) when (failure is StoreException or IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException)
        {
            await Console.Error.WriteLineAsync($"node: {failure.Message}").ConfigureAwait(false);
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
    }

    private static IPEndPoint[] ParseEndpoints(System.CommandLine.Parsing.ArgumentResult result)
    {
        List<IPEndPoint> endpoints = [];
        foreach (System.CommandLine.Parsing.Token token in result.Tokens)
        {
            if (IPEndPoint.TryParse(token.Value, out IPEndPoint? endpoint) && IPAddress.IsLoopback(endpoint.Address) && endpoint.Port > 0)
                endpoints.Add(endpoint);
            else
                result.AddError($"--peer takes an address of this machine such as 127.0.0.1:9001, not {token.Value}.");
        }
        return [.. endpoints];
    }

    private static (int First, int Count) ParseRange(System.CommandLine.Parsing.ArgumentResult result)
    {
        const int Most = 4096;
        string[] parts = result.Tokens[0].Value.Split("..");
        if (parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int last) && last >= first && last - first < Most)
            return (first, last - first + 1);
        result.AddError($"--known-keys takes a range such as 0..15, not {result.Tokens[0].Value}.");
        return default;
    }
}
