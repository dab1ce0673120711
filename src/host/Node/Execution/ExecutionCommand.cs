using System.CommandLine;
using System.Net;

namespace Flashback.Node;

/// <summary><c>flashback execution</c>: an Ethereum execution client for any consensus client.</summary>
internal static class ExecutionCommand
{
    public static Command Create()
    {
        Command command = new("execution", "Runs as an execution client: any Ethereum consensus client drives it through the Engine API.");
        Option<string> genesis = new("--genesis") { Description = "How the chain begins: a genesis.json as go-ethereum reads it.", Required = true };
        Option<string> secret = new("--jwt-secret") { Description = "The file with the secret that the consensus client knows, 64 hexadecimal digits; made if it is not there.", Required = true };
        Option<int> port = new Option<int>("--authrpc-port") { Description = "The port for the Engine API; 0 takes a free one.", DefaultValueFactory = _ => 8551 }.Within(0, IPEndPoint.MaxPort);
        Option<string> address = new Option<string>("--authrpc-addr") { Description = "The address the Engine API listens on.", DefaultValueFactory = _ => "127.0.0.1" }.AsAddress();
        Option<ulong> gasLimit = new Option<ulong>("--gas-limit") { Description = "The gas limit that blocks built here move toward.", DefaultValueFactory = _ => 60_000_000 }.Within(5000UL, 1UL << 40);
        foreach (Option option in (Option[])[genesis, secret, port, address, gasLimit])
            command.Options.Add(option);
        StoreOptions store = new(command);
        HttpOptions http = new(command);
        LogOptions log = new(command);
        command.SetAction((parsed, stop) => ExecutionNode.RunAsync(
            new ExecutionSettings
            {
                Store = store.Read(parsed),
                Http = http.Read(parsed),
                Log = log.Read(parsed),
                GenesisFile = parsed.GetRequiredValue(genesis),
                SecretFile = parsed.GetRequiredValue(secret),
                EngineAddress = IPAddress.Parse(parsed.GetValue(address)!),
                EnginePort = parsed.GetValue(port),
                GasLimit = parsed.GetValue(gasLimit),
            },
            stop));
        return command;
    }
}
