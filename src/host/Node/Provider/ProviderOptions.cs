using System.CommandLine;
using System.Globalization;
using Flashback.Chain.Beacon;
using Flashback.Client;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Node;

/// <summary>The options that the verbs of <c>flashback provider</c> share.</summary>
internal static class ProviderOptions
{
    /// <summary>How long a node's answer is waited for: a slot may be shorter than a busy machine takes.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Option<Uri?> Rpc(bool required) => Address("--rpc", "The JSON-RPC of a node of the network: http://127.0.0.1:8545.", required);

    public static Option<Uri?> BeaconApi() => Address("--beacon-api", "The Beacon API of the node: http://127.0.0.1:5052.", required: true);

    public static Option<FileInfo> Network(bool required) => new Option<FileInfo>("--network") { Description = "The network's file: its rules, and the keys that its storage proofs are verified with.", Required = required }.AcceptExistingOnly();

    public static Option<FileInfo> Key(string name, string whose, bool required) =>
        new Option<FileInfo>(name) { Description = $"A file with the {whose} secret key: 64 hexadecimal digits, as geth account import takes it; nobody else may read it.", Required = required }.AcceptExistingOnly();

    public static Option<string?> Validator(bool required)
    {
        Option<string?> option = new("--validator") { Description = "The validator: its index, or its public key.", Required = required };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) && !FixedBytes.TryParse(text, out Bytes48 _))
                result.AddError("--validator takes an index, or 48 bytes in hexadecimal.");
        });
        return option;
    }

    public static Option<string?> Folder(bool required) => new("--data") { Description = "The folder with the provider's sectors and its work.", Required = required };

    public static ExecutionClient Connect(Uri rpc) => new(rpc, Patience, TimeProvider.System);

    /// <summary>The validator's index; a public key is looked up at the Beacon API.</summary>
    /// <exception cref="InvalidDataException">The chain has no such validator.</exception>
    public static async Task<ulong> ValidatorOfAsync(string text, HttpNodeClient beacon, CancellationToken cancellation)
    {
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong index))
            return index;
        IReadOnlyList<KnownValidator> known = await beacon.GetValidatorsAsync([FixedBytes.Parse<Bytes48>(text)], cancellation).ConfigureAwait(false);
        return known.Count == 1 ? known[0].Index.Value : throw new InvalidDataException($"the chain has no validator with the key {text}");
    }

    public static TransactionSender SenderOf(ExecutionClient node, Secp256k1SecretKey key, ITransactionJournal journal, NetworkGenesis network) =>
        new(node, key, journal, network.ExecutionGenesis.Chain, TimeSpan.FromSeconds(network.Config.SecondsPerSlot), TimeProvider.System);

    /// <summary>Runs a command that asks a node; the reasons it may fail for become one line and the status 1.</summary>
    public static async Task<int> RunAsync(Func<Task<int>> command, IReadOnlyList<string> errors)
    {
        try
        {
            return await command().ConfigureAwait(false);
        }
        catch (NodeException fault)
        {
            await Console.Error.WriteLineAsync($"flashback: {RevertReason.Of(fault, errors) ?? fault.Message}").ConfigureAwait(false);
            return 1;
        }
        catch (Exception fault) when (Answer.IsTold(fault))
        {
            await Console.Error.WriteLineAsync($"flashback: {fault.Message}").ConfigureAwait(false);
            return 1;
        }
    }

    public static Option<Uri?> Address(string name, string description, bool required, string example = "http://127.0.0.1:8545") => new(name)
    {
        Description = description,
        Required = required,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https")
                return uri;
            result.AddError($"{name} takes an address such as {example}, not {text}.");
            return null;
        },
    };
}
