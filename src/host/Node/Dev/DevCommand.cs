using System.CommandLine;
using System.Net;
using Flashback.Execution;
using Microsoft.Extensions.Logging;

namespace Flashback.Node;

/// <summary><c>flashback dev</c>: a local chain for those who write contracts.</summary>
internal static class DevCommand
{
    /// <summary>The mnemonic whose accounts every tool for local chains knows.</summary>
    private const string KnownMnemonic = "test test test test test test test test test test test junk";

    public static Command Create()
    {
        Option<string?> data = new("--data") { Description = "The folder that keeps the chain; without it, the chain goes when the program does." };
        Option<StoreEngine> engine = new("--db") { Description = "The store in that folder.", DefaultValueFactory = _ => StoreEngine.Sqlite };
        Option<int> port = new("--http-port") { Description = "The port for JSON-RPC over HTTP and WebSocket; 0 takes a free one.", DefaultValueFactory = _ => 8545 };
        Option<string> address = new("--http-addr") { Description = "The address listened on.", DefaultValueFactory = _ => "127.0.0.1" };
        Option<string[]> origins = new("--http-cors") { Description = "Origins whose pages may ask; * for all.", DefaultValueFactory = _ => [] };
        Option<string[]> hosts = new("--http-hosts") { Description = "Host names that are answered; * for all.", DefaultValueFactory = _ => ["localhost"] };
        Option<double> blockTime = new("--block-time") { Description = "Seconds from block to block; 0 makes a block at each transaction." };
        Option<double> warp = new("--warp") { Description = "Seconds that the chain's clock is ahead of this machine's." };
        Option<int> accounts = new("--accounts") { Description = "How many accounts have coins.", DefaultValueFactory = _ => 10 };
        Option<string> mnemonic = new("--mnemonic") { Description = "The words that their keys come from.", DefaultValueFactory = _ => KnownMnemonic };
        Option<ulong> ether = new("--balance") { Description = "What each of them has, in ether.", DefaultValueFactory = _ => 10_000 };
        Option<ulong> chainId = new("--chain-id") { Description = "The chain's number.", DefaultValueFactory = _ => 31337 };
        Option<Fork> fork = new("--fork") { Description = "The rules.", DefaultValueFactory = _ => Fork.Prague };
        Option<ulong> gasLimit = new("--gas-limit") { Description = "The gas limit of blocks.", DefaultValueFactory = _ => 60_000_000 };
        Option<bool> archive = new("--archive") { Description = "Keep every old state." };
        Option<double> timeout = new("--rpc-timeout") { Description = "Longest time for a request, in seconds.", DefaultValueFactory = _ => 60 };
        Option<LogLevel> logLevel = new("--log-level") { Description = "What is logged.", DefaultValueFactory = _ => LogLevel.Information };
        Option<bool> logJson = new("--log-json") { Description = "Log in JSON, a line each." };
        Within(port, 0, IPEndPoint.MaxPort);
        Within(accounts, 0, 1000);
        Within(blockTime, 0.0, 86_400.0);
        Within(warp, 0.0, 1e9);
        Within(timeout, 0.1, 86_400.0);
        Within(gasLimit, 5000UL, 1UL << 40);
        address.Validators.Add(result =>
        {
            if (!IPAddress.TryParse(result.GetValueOrDefault<string>(), out _))
                result.AddError("--http-addr takes an IP address.");
        });

        Command command = new("dev", "Runs a local chain with accounts that have coins, for those who write contracts.")
        {
            data, engine, port, address, origins, hosts, blockTime, warp, accounts, mnemonic, ether, chainId, fork, gasLimit, archive, timeout, logLevel, logJson,
        };
        command.SetAction((parsed, stop) => DevNode.RunAsync(
            new DevSettings
            {
                DataFolder = parsed.GetValue(data),
                Engine = parsed.GetValue(engine),
                HttpPort = parsed.GetValue(port),
                HttpAddress = IPAddress.Parse(parsed.GetValue(address)!),
                CorsOrigins = parsed.GetValue(origins)!,
                Hosts = parsed.GetValue(hosts)!,
                BlockTime = TimeSpan.FromSeconds(parsed.GetValue(blockTime)),
                Warp = TimeSpan.FromSeconds(parsed.GetValue(warp)),
                Accounts = parsed.GetValue(accounts),
                Mnemonic = parsed.GetValue(mnemonic)!,
                Ether = parsed.GetValue(ether),
                ChainId = parsed.GetValue(chainId),
                Fork = parsed.GetValue(fork),
                GasLimit = parsed.GetValue(gasLimit),
                IsArchive = parsed.GetValue(archive),
                RequestTimeout = TimeSpan.FromSeconds(parsed.GetValue(timeout)),
                LogLevel = parsed.GetValue(logLevel),
                LogsJson = parsed.GetValue(logJson),
            },
            stop));
        return command;
    }

    private static void Within<T>(Option<T> option, T least, T most)
        where T : IComparable<T> => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<T>() is { } value && (value.CompareTo(least) < 0 || value.CompareTo(most) > 0))
            result.AddError($"{option.Name} takes a number from {least} to {most}.");
    });
}
