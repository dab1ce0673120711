using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Chain.Beacon;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Node;

/// <summary><c>flashback genesis</c>: from parameters and a list of validators to a network.</summary>
internal static class GenesisCommand
{
    public static Command Create()
    {
        Command command = new("genesis", "Writes the genesis of a network from a parameter file and a validator list; without them, from those of a network of this machine.");
        Option<FileInfo> parameters = new Option<FileInfo>("--parameters") { Description = "The rules of both layers and the execution layer's first accounts: a network's file without its genesis. Without it, the devnet's." }.AcceptExistingOnly();
        Option<FileInfo> list = new Option<FileInfo>("--validators") { Description = "The first validators: a JSON list of pubkey, withdrawal_credentials, balance, or deposit data as staking tools write it." }.AcceptExistingOnly();
        Option<int> known = new Option<int>("--known-validators") { Description = "So many validators with keys that everybody knows, in place of a list.", DefaultValueFactory = _ => 0 }.Within(0, 65_536);
        Option<long> time = new("--time") { Description = "When slot 0 begins, in seconds since 1970; without it, so many seconds from now.", DefaultValueFactory = _ => 0 };
        Option<int> delay = new Option<int>("--delay") { Description = "Seconds from now to slot 0, where --time does not say it.", DefaultValueFactory = _ => 30 }.Within(0, 31_536_000);
        Option<string?> entropy = new("--entropy") { Description = "The first random mix, 32 bytes in hexadecimal; without it, a random one." };
        Option<string> output = new("--output") { Description = "The file to write.", DefaultValueFactory = _ => "network.json" };
        foreach (Option option in (Option[])[parameters, list, known, time, delay, entropy, output])
            command.Options.Add(option);
        entropy.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !FixedBytes.TryParse(text, out Hash32 _))
                result.AddError("--entropy takes 32 bytes in hexadecimal.");
        });
        command.SetAction(parsed => Answer.Run(() =>
        {
            JsonObject file = parsed.GetValue(parameters) is { } given ? NetworkFile.Parse(File.ReadAllBytes(given.FullName)) : DevnetParameters();
            ConsensusConfig config = NetworkFile.ReadConfig(file);
            List<GenesisValidator> validators = parsed.GetValue(list) is { } listed ? ReadList(listed.FullName) : [];
            validators.AddRange(LocalNetwork.Validators(config, LocalNetwork.ValidatorKeys(LocalNetwork.KnownMnemonic, 0, parsed.GetValue(known)), KnownAccounts()));
            ulong genesisTime = parsed.GetValue(time) is > 0 and long at ? (ulong)at : (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds() + (ulong)parsed.GetValue(delay);
            Hash32 mix = parsed.GetValue(entropy) is { } text ? FixedBytes.Parse<Hash32>(text) : Hash32.Read(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
            LocalNetwork.AddGenesis(file, genesisTime, mix, validators);
            byte[] bytes = LocalNetwork.ToBytes(file);
            NetworkGenesis genesis = NetworkFile.Read(bytes); // what is written can be read, and has a first state
            CachedState state = FirstState(genesis);
            File.WriteAllBytes(parsed.GetValue(output)!, bytes);
            Answer.Write(
                json: false, ("network", config.Name), ("genesis_time", genesisTime), ("validators", validators.Count), ("genesis_validators_root", state.State.GenesisValidatorsRoot.ToString()),
                ("genesis_state_root", state.HashTreeRoot().ToString()), ("genesis_block", state.State.LatestExecutionPayloadHeader.BlockHash.ToString()), ("output", parsed.GetValue(output)!));
        }));
        return command;
    }

    private static CachedState FirstState(NetworkGenesis genesis)
    {
        try
        {
            return genesis.BeaconState();
        }
        catch (OverflowException fault)
        {
            throw new InvalidDataException($"there is no first state: {fault.Message}", fault);
        }
    }

    private static Address[] KnownAccounts() => [.. new Api.Wallet(LocalNetwork.AccountKeys(LocalNetwork.KnownMnemonic, 10)).Addresses];

    private static JsonObject DevnetParameters()
    {
        JsonObject file = LocalNetwork.Parameters(ConsensusConfig.Devnet, Devnet.ChainId, Devnet.GasLimit, KnownAccounts(), Devnet.CoinsOfAccounts);
        SpacetimeSection.AddDevnet(file);
        return file;
    }

    private static List<GenesisValidator> ReadList(string path)
    {
        try
        {
            JsonArray list = JsonNode.Parse(File.ReadAllBytes(path)) as JsonArray ?? throw new InvalidDataException("a list of validators is a JSON list");
            return [.. list.Select(NetworkFile.ReadValidator)];
        }
        catch (Exception broken) when (broken is JsonException or InvalidDataException)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path}: {broken.Message}"), broken);
        }
    }
}
