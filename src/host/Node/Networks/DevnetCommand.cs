using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Flashback.Chain.Beacon;
using Flashback.Client;
using Flashback.Consensus;
using Flashback.Network.Loopback;
using Flashback.Primitives;
using Flashback.State.Store;
using Microsoft.Extensions.Logging;

namespace Flashback.Node;

/// <summary><c>flashback devnet</c>: a whole network on one machine.</summary>
internal static class DevnetCommand
{
    public static Command Create()
    {
        Command command = new("devnet", "Runs a network of several nodes with all their validators on this machine, and prints a line for each slot.");
        StoreOptions store = new(command);
        HttpOptions http = new(command);
        Option<int> beaconPort = HttpOptions.BeaconPort(command);
        Option<int> nodes = new Option<int>("--nodes") { Description = "How many nodes.", DefaultValueFactory = _ => 4 }.Within(1, 64);
        Option<int> validators = new Option<int>("--validators") { Description = "How many validators, spread over the nodes.", DefaultValueFactory = _ => 64 }.Within(1, 4096);
        Option<int> accounts = new Option<int>("--accounts") { Description = "How many accounts have coins.", DefaultValueFactory = _ => 10 }.Within(1, 1000);
        Option<int> seed = new("--seed") { Description = "Decides delays, losses and the first randomness: with the same, all happens again.", DefaultValueFactory = _ => 1 };
        Option<TimeSpan> warp = new("--warp") { Description = "Passes first, as fast as the machine allows: 90s, 30m, 24h.", CustomParser = Durations.Parse };
        Option<TimeSpan?> until = new("--until") { Description = "Ends the program so long after the first slot: 90s, 30m, 24h.", CustomParser = result => Durations.Parse(result) };
        Option<int> providers = new Option<int>("--providers") { Description = "How many storage providers, on the first validators; with any there is a gateway.", DefaultValueFactory = _ => 3 }.Within(0, 16);
        Option<int> providerPort = new Option<int>("--provider-port") { Description = "The port of the first provider, the others take those after it; 0 takes free ones.", DefaultValueFactory = _ => 8600 }.Within(0, IPEndPoint.MaxPort - 16);
        Option<int> gatewayPort = new Option<int>("--gateway-port") { Description = "The port of the gateway's plain HTTP and IPFS, S3 takes the one after it; 0 takes free ones.", DefaultValueFactory = _ => 8700 }.Within(0, IPEndPoint.MaxPort - 1);
        Option<double> dealDays = new Option<double>("--deal-days") { Description = "How many days the gateway pays for at once.", DefaultValueFactory = _ => 1 }.Within(0.001, 1_825.0);
        Option<double> sealing = new Option<double>("--sealing-time") { Description = "How many minutes providers have until a piece is in a live sector.", DefaultValueFactory = _ => 30 }.Within(1.0, 10_080.0);
        Option<string?> devFile = new("--dev-file") { Description = $"Where endpoints and keys are written for programs; without it {DevFile.DefaultName} here, if there is storage." };
        Option<NetworkFault[]> faults = new("--fault") { Description = "What goes wrong, in seconds since the start: node3:offline@120..240, node1:delay=0.5@0..60, node2:loss=0.1@0..60, node0+node1:partition@60..120.", CustomParser = ParseFaults, DefaultValueFactory = _ => [] };
        foreach (Option option in (Option[])[nodes, validators, accounts, seed, warp, until, providers, providerPort, gatewayPort, dealDays, sealing, devFile, faults])
            command.Options.Add(option);
        LogOptions log = new(command, LogLevel.Warning);
        command.Validators.Add(result =>
        {
            if (result.GetValue(providers) > result.GetValue(validators))
                result.AddError("--providers: each needs a validator of its own.");
        });
        command.SetAction((parsed, stop) =>
        {
            StoreSettings kept = store.Read(parsed);
            return RunAsync(
                new DevnetSettings
                {
                    Nodes = parsed.GetValue(nodes),
                    Validators = parsed.GetValue(validators),
                    Accounts = parsed.GetValue(accounts),
                    Seed = parsed.GetValue(seed),
                    Warp = parsed.GetValue(warp),
                    Until = parsed.GetValue(until),
                    Faults = parsed.GetValue(faults)!,
                    Providers = parsed.GetValue(providers),
                    ProviderPort = parsed.GetValue(providerPort),
                    GatewayPort = parsed.GetValue(gatewayPort),
                    DealDays = parsed.GetValue(dealDays),
                    SealingMinutes = parsed.GetValue(sealing),
                    DevFile = parsed.GetValue(devFile) ?? (parsed.GetValue(providers) > 0 ? DevFile.DefaultName : null),
                    Folder = kept.Folder,
                    Store = kept,
                    Http = http.Read(parsed),
                    BeaconPort = parsed.GetValue(beaconPort),
                    Log = log.Read(parsed),
                },
                stop);
        });
        return command;
    }

    private static async Task<int> RunAsync(DevnetSettings settings, CancellationToken stop)
    {
        using ILoggerFactory logging = settings.Log.Open();
        // Providers and the gateway are programs of their own, which need a network on the disk.
        DirectoryInfo? temporary = settings.Providers > 0 && settings.Folder is null ? Directory.CreateTempSubdirectory("flashback-devnet-") : null;
        if (temporary is { FullName: var folder })
            settings = settings with { Folder = folder, Store = settings.Store with { Folder = folder } };
        try
        {
            await using Devnet devnet = new(settings, logging);
            Greet(settings, devnet);
            devnet.Nodes[0].Beacon.SlotBegan += slot => Tell(devnet, slot);
            JsonObject? told = settings.DevFile is { } file ? DevFile.Write(file, DevFile.Describe(devnet, settings.Accounts)) : null;
            if (told is null || settings.Providers == 0)
                await devnet.RunAsync(stop).ConfigureAwait(false);
            else
                await RunAsync(devnet, settings, told, stop).ConfigureAwait(false);
            return 0;
        }
        catch (Exception failure) when (failure is StoreException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"devnet: {failure.Message}").ConfigureAwait(false);
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        finally
        {
            temporary?.Delete(recursive: true);
        }
    }

    /// <summary>The network, and storage on it. Where that does not start the network goes on, and says why.</summary>
    private static async Task RunAsync(Devnet devnet, DevnetSettings settings, JsonObject told, CancellationToken stop)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using DevnetStorage storage = new(devnet, settings, told);
        Task starting = StartAsync(storage, ending.Token);
        try
        {
            await devnet.RunAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await starting.ConfigureAwait(false);
        }
    }

    private static async Task StartAsync(DevnetStorage storage, CancellationToken stop)
    {
        try
        {
            await storage.StartAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The network has ended first.
        }
        catch (Exception fault) when (Answer.IsTold(fault) || fault is NodeException)
        {
            await Console.Error.WriteLineAsync($"devnet: there is no storage: {fault.Message}").ConfigureAwait(false);
        }
    }

    private static void Greet(DevnetSettings settings, Devnet devnet)
    {
        foreach (Address address in devnet.Wallet.Addresses)
            Console.WriteLine($"{address}  1,000,000 FLASH");
        Console.WriteLine($"Keys: m/44'/60'/0'/0/n, and of validators m/12381/3600/n/0/0, of \"{LocalNetwork.KnownMnemonic}\" (everybody knows them: use them here only)");
        Console.WriteLine($"{settings.Nodes} nodes, {settings.Validators} validators, chain 31337{(devnet.NetworkPath is { } path ? $"; the network is written in {path}" : "")}");
        foreach (NetworkNode node in devnet.Nodes)
            Console.WriteLine($"{node.Name}: JSON-RPC at {node.Address}, Beacon API at {node.BeaconAddress}");
    }

    private static void Tell(Devnet devnet, Slot slot)
    {
        BeaconChain chain = devnet.Nodes[0].Beacon.Chain;
        BeaconSnapshot now = chain.Snapshot;
        int agreeing = devnet.Nodes.Count(node => node.Beacon.Chain.Snapshot.HeadRoot == now.HeadRoot);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"slot {slot.Value,5}  head {now.Head.Slot.Value,5} {now.HeadRoot.ToString()[..10]}  block {now.Head.Body.ExecutionPayload.BlockNumber,5}  nodes {agreeing}/{devnet.Nodes.Count}  justified {now.Justified.Epoch.Value}  finalized {now.Finalized.Epoch.Value}"));
    }

    private static NetworkFault[] ParseFaults(System.CommandLine.Parsing.ArgumentResult result)
    {
        List<NetworkFault> faults = [];
        foreach (System.CommandLine.Parsing.Token token in result.Tokens)
        {
            if (NetworkFault.TryParse(token.Value, out NetworkFault? fault))
                faults.Add(fault);
            else
                result.AddError($"--fault takes something like node3:offline@120..240, not {token.Value}.");
        }
        return [.. faults];
    }
}
