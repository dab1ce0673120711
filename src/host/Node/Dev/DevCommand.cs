using System.CommandLine;
using Flashback.Execution;

namespace Flashback.Node;

/// <summary><c>flashback dev</c>: a local chain for those who write contracts.</summary>
internal static class DevCommand
{
    public static Command Create()
    {
        Command command = new("dev", "Runs a local chain with accounts that have coins, for those who write contracts.");
        StoreOptions store = new(command);
        HttpOptions http = new(command);
        Option<double> blockTime = new("--block-time") { Description = "Seconds from block to block; 0 makes a block at each transaction." };
        Option<double> warp = new("--warp") { Description = "Seconds that the chain's clock is ahead of this machine's." };
        Option<int> accounts = new("--accounts") { Description = "How many accounts have coins.", DefaultValueFactory = _ => 10 };
        Option<string> mnemonic = new("--mnemonic") { Description = "The words that their keys come from.", DefaultValueFactory = _ => LocalNetwork.KnownMnemonic };
        Option<ulong> ether = new("--balance") { Description = "What each of them has, in ether.", DefaultValueFactory = _ => 10_000 };
        Option<ulong> chainId = new("--chain-id") { Description = "The chain's number.", DefaultValueFactory = _ => 31337 };
        Option<Fork> fork = new("--fork") { Description = "The rules.", DefaultValueFactory = _ => Fork.Prague };
        Option<ulong> gasLimit = new("--gas-limit") { Description = "The gas limit of blocks.", DefaultValueFactory = _ => 60_000_000 };
        foreach (Option option in (Option[])
            [blockTime.Within(0.0, 86_400.0), warp.Within(0.0, 1e9), accounts.Within(0, 1000), mnemonic, ether, chainId, fork, gasLimit.Within(5000UL, 1UL << 40)])
            command.Options.Add(option);
        LogOptions log = new(command);
        command.SetAction((parsed, stop) => DevNode.RunAsync(
            new DevSettings
            {
                Store = store.Read(parsed),
                Http = http.Read(parsed),
                BlockTime = TimeSpan.FromSeconds(parsed.GetValue(blockTime)),
                Warp = TimeSpan.FromSeconds(parsed.GetValue(warp)),
                Accounts = parsed.GetValue(accounts),
                Mnemonic = parsed.GetValue(mnemonic)!,
                Ether = parsed.GetValue(ether),
                ChainId = parsed.GetValue(chainId),
                Fork = parsed.GetValue(fork),
                GasLimit = parsed.GetValue(gasLimit),
                Log = log.Read(parsed),
            },
            stop));
        return command;
    }
}
