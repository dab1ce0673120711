using System.CommandLine;
using System.Net;

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
        Option<ulong> coins = new("--balance") { Description = "What each of them has, in coins of 10^18.", DefaultValueFactory = _ => 10_000 };
        Option<ulong> chainId = new("--chain-id") { Description = "The chain's number.", DefaultValueFactory = _ => 31337 };
        Option<int> validators = new("--validators") { Description = "How many validators make and vote for blocks.", DefaultValueFactory = _ => 1 };
        Option<int?> beaconPort = new("--beacon-port") { Description = "The port for the Beacon API; 0 takes a free one. Without it there is none." };
        Option<ulong> gasLimit = new("--gas-limit") { Description = "The gas limit of blocks.", DefaultValueFactory = _ => 60_000_000 };
        foreach (Option option in (Option[])
            [blockTime.Within(0.0, 86_400.0), warp.Within(0.0, 1e9), accounts.Within(0, 1000), mnemonic, coins, chainId, validators.Within(1, 256), beaconPort, gasLimit.Within(5000UL, 1UL << 40)])
            command.Options.Add(option);
        LogOptions log = new(command);
        beaconPort.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 0 or > IPEndPoint.MaxPort)
                result.AddError($"--beacon-port takes a number from 0 to {IPEndPoint.MaxPort}.");
        });
        command.SetAction((parsed, stop) => DevNode.RunAsync(
            new DevSettings
            {
                Store = store.Read(parsed),
                Http = http.Read(parsed),
                BlockTime = TimeSpan.FromSeconds(parsed.GetValue(blockTime)),
                Warp = TimeSpan.FromSeconds(parsed.GetValue(warp)),
                Accounts = parsed.GetValue(accounts),
                Mnemonic = parsed.GetValue(mnemonic)!,
                Coins = parsed.GetValue(coins),
                ChainId = parsed.GetValue(chainId),
                Validators = parsed.GetValue(validators),
                BeaconPort = parsed.GetValue(beaconPort),
                GasLimit = parsed.GetValue(gasLimit),
                Log = log.Read(parsed),
            },
            stop));
        return command;
    }
}
