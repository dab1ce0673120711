using System.CommandLine;
using Flashback.Chain.Beacon;
using Flashback.Client;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Node;

/// <summary><c>flashback provider register</c> and <c>refresh-stake</c>: what is sent with the stake's own key, or with anybody's.</summary>
internal static class RegisterCommand
{
    private static readonly Option<Uri?> Rpc = ProviderOptions.Rpc(required: true);
    private static readonly Option<Uri?> BeaconApi = ProviderOptions.BeaconApi();
    private static readonly Option<FileInfo> Network = ProviderOptions.Network(required: true);
    private static readonly Option<string?> Validator = ProviderOptions.Validator(required: true);
    private static readonly Option<bool> Json = Answer.JsonOption();

    public static Command Register()
    {
        Option<FileInfo> key = ProviderOptions.Key("--owner-key", "owner's (the withdrawal address's)", required: true);
        Option<string> @operator = new("--operator") { Description = "The account that claims for the provider: a hot key's.", Required = true };
        Option<string> endpoint = new("--endpoint") { Description = "The URL at which the provider answers.", DefaultValueFactory = _ => "" };
        Option<ulong> region = new("--region") { Description = "Where it is: ISO 3166-1 numeric, or 0.", DefaultValueFactory = _ => 0 };
        Option<ulong> fee = new("--fee") { Description = "What it asks for a GiB and day, in Gwei.", DefaultValueFactory = _ => 0 };
        @operator.Validators.Add(result =>
        {
            if (!FixedBytes.TryParse(result.GetValueOrDefault<string>(), out Address _))
                result.AddError("--operator takes an address.");
        });
        Command command = new("register", "Makes a validator a storage provider, in one transaction from its withdrawal address.") { Rpc, BeaconApi, Network, Validator, key, @operator, endpoint, region, fee, Json };
        command.SetAction((parsed, stop) => SendAsync(parsed, key, (proof, network) =>
        {
            ulong size = (ulong)(network.Spacetime ?? throw new InvalidDataException("the network has no storage")).Seal.Size.Bytes;
            ProviderAsk ask = new((UInt256)parsed.GetValue(fee) * 1_000_000_000UL, 0, size, ulong.MaxValue, parsed.GetValue(region), parsed.GetRequiredValue(endpoint));
            return ProvidersContract.Register(proof, FixedBytes.Parse<Address>(parsed.GetRequiredValue(@operator)), ask);
        }, stop));
        return command;
    }

    public static Command RefreshStake()
    {
        Option<FileInfo> key = ProviderOptions.Key("--key", "sender's (anybody's)", required: true);
        Command command = new("refresh-stake", "Proves a provider's stake anew: after it grew, or to end a provider whose validator leaves.") { Rpc, BeaconApi, Network, Validator, key, Json };
        command.SetAction((parsed, stop) => SendAsync(parsed, key, (proof, _) => ProvidersContract.RefreshStake(proof), stop));
        return command;
    }

    private static Task<int> SendAsync(ParseResult parsed, Option<FileInfo> keyOption, Func<ValidatorProof, NetworkGenesis, TransactionDraft> draft, CancellationToken stop) => ProviderOptions.RunAsync(
        async () =>
        {
            NetworkGenesis network = NetworkFile.Read(parsed.GetRequiredValue(Network)!.FullName);
            using Secp256k1SecretKey key = AccountKeyFile.Read(parsed.GetRequiredValue(keyOption)!.FullName);
            using ExecutionClient node = ProviderOptions.Connect(parsed.GetRequiredValue(Rpc)!);
            using HttpNodeClient beacon = new(parsed.GetRequiredValue(BeaconApi)!, network.Config, TimeProvider.System, patience: ProviderOptions.Patience);
            ulong validator = await ProviderOptions.ValidatorOfAsync(parsed.GetRequiredValue(Validator)!, beacon, stop).ConfigureAwait(false);
            ValidatorProof proof = await ValidatorProofs.GetAsync(beacon, network.Config.Preset, validator, stop).ConfigureAwait(false);
            using TransactionSender sender = ProviderOptions.SenderOf(node, key, new OneJournal(), network);
            ExecutionReceipt receipt = await sender.SendAsync(draft(proof, network), stop).ConfigureAwait(false) ?? throw new InvalidDataException("another transaction of this account took its place");
            Answer.Write(
                parsed.GetValue(Json), ("provider", (long)validator), ("transaction", receipt.TransactionHash), ("block", (long)receipt.BlockNumber), ("gas", (long)receipt.GasUsed), ("success", receipt.IsSuccess));
            return receipt.IsSuccess ? 0 : 1;
        },
        ProvidersContract.Errors);
}
