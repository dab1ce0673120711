using System.CommandLine;
using System.Text;
using Flashback.Client;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Validator;

namespace Flashback.Node;

/// <summary><c>flashback keys deposit-data | exit | compound | withdraw</c>: what a stake's owner signs or sends once.</summary>
internal static class StakeCommands
{
    private static readonly Argument<FileInfo[]> Keystores = new Argument<FileInfo[]>("KEYSTORE") { Description = "Keystores, all with the same password.", Arity = ArgumentArity.OneOrMore }.AcceptExistingOnly();
    private static readonly Option<string?> PasswordFile = KeyOptions.PasswordFile();
    private static readonly Option<string> Network = KeyOptions.Network();
    private static readonly Option<bool> Json = Answer.JsonOption();

    public static Command DepositData()
    {
        Option<string?> address = KeyOptions.Address(required: true);
        Option<bool> compounding = KeyOptions.Compounding();
        Option<decimal?> amount = KeyOptions.Amount("The stake of each validator in coins; without it, what it needs to become active.");
        Option<string> output = new("--out") { Description = "The folder that the file goes into.", Required = true };
        Command command = new("deposit-data", "Signs deposits for keystores: the file deposit_data-TIME.json that staking tools write.") { Keystores, Network, address, compounding, amount, PasswordFile, output, Json };
        command.SetAction(parsed => Answer.Run(() =>
        {
            ConsensusConfig config = KeyOptions.NetworkOf(parsed, Network);
            Hash32 credentials = CredentialsOf(KeyOptions.Value<Address>(parsed, address), parsed.GetValue(compounding));
            List<DepositData> deposits = [];
            WithKeys(parsed, key => deposits.Add(SignDeposit(config, key, credentials, parsed.GetValue(amount))));
            Directory.CreateDirectory(parsed.GetRequiredValue(output));
            string file = KeyOptions.Stamped(parsed.GetRequiredValue(output), "deposit_data");
            SecretFile.Write(file, StakingJson.Deposits(config, deposits));
            Answer.Write(parsed.GetValue(Json), ("depositData", file), ("stake", $"{deposits[0].Amount}"), ("credentials", credentials));
        }));
        return command;
    }

    public static Command Exit()
    {
        Option<string?> root = KeyOptions.GenesisRoot();
        Option<ulong> epoch = new("--epoch") { Description = "The first epoch at which the exit counts.", DefaultValueFactory = _ => 0 };
        Option<ulong> validator = new("--validator-index") { Description = "The validator's number on the chain.", Required = true };
        Argument<FileInfo> keystore = new Argument<FileInfo>("KEYSTORE") { Description = "The validator's keystore." }.AcceptExistingOnly();
        Command command = new("exit", "Signs a voluntary exit and writes it on standard output, as beacon nodes take it. It counts on every fork, and cannot be taken back.") { keystore, Network, root, validator, epoch, PasswordFile };
        command.SetAction(parsed => Answer.Run(() => WithKeys(parsed, [parsed.GetRequiredValue(keystore)], key =>
        {
            VoluntaryExit exit = new(new(parsed.GetValue(epoch)), new(parsed.GetValue(validator)));
            SignedVoluntaryExit signed = StakingMessages.SignExit(KeyOptions.NetworkOf(parsed, Network), KeyOptions.Value<Hash32>(parsed, root), key, exit);
            Console.WriteLine(Encoding.UTF8.GetString(StakingJson.Exit(signed)));
        })));
        return command;
    }

    public static Command Compound()
    {
        Option<string?> key = KeyOptions.PublicKey("--public-key", "The validator's public key.");
        Command command = new("compound", "Tells the transaction that changes credentials 0x01 to 0x02, with which the stake grows by its rewards.") { key, Json };
        command.SetAction(parsed => Answer.Run(() => Tell(parsed, ClosingCall.ConsolidationRequests, StakeCalls.Compound(KeyOptions.Value<Bytes48>(parsed, key)))));
        return command;
    }

    public static Command Withdraw()
    {
        Option<string?> key = KeyOptions.PublicKey("--public-key", "The validator's public key.");
        Option<decimal?> amount = KeyOptions.Amount("How much in coins, of a stake with credentials 0x02; without it everything, and the validator leaves.");
        Command command = new("withdraw", "Tells the transaction that takes a part of a stake out, or all of it.") { key, amount, Json };
        command.SetAction(parsed => Answer.Run(() =>
        {
            Bytes48 validator = KeyOptions.Value<Bytes48>(parsed, key);
            Tell(parsed, ClosingCall.WithdrawalRequests, parsed.GetValue(amount) is { } coins ? StakeCalls.Withdraw(validator, KeyOptions.ToGwei(coins)) : StakeCalls.Exit(validator));
        }));
        return command;
    }

    public static Hash32 CredentialsOf(Address address, bool compounding) => compounding ? WithdrawalCredentials.Compounding(address) : WithdrawalCredentials.OfAddress(address);

    /// <exception cref="InvalidDataException">The amount is less than the contract takes, or more than counts.</exception>
    public static DepositData SignDeposit(ConsensusConfig config, BlsSecretKey key, Hash32 credentials, decimal? coins)
    {
        Gwei amount = coins is { } asked ? KeyOptions.ToGwei(asked) : config.Preset.MinActivationBalance, most = config.Preset.MaxEffectiveBalanceFor(in credentials);
        return amount >= StakingMessages.MinDepositAmount && amount <= most
            ? StakingMessages.SignDeposit(config, key, credentials, amount)
            : throw new InvalidDataException($"{amount} is no deposit with such credentials: from {StakingMessages.MinDepositAmount} to {most}");
    }

    private static void Tell(ParseResult parsed, ClosingCall call, byte[] input) => Answer.Write(
        parsed.GetValue(Json), ("to", call.Contract), ("data", Hex.Encode(input)),
        ("from", "the address in the validator's credentials"),
        ("value", $"the fee, in Wei: what eth_call to {call.Contract} without data returns; a little more, for it rises while others ask"));

    private static void WithKeys(ParseResult parsed, Action<BlsSecretKey> use) => WithKeys(parsed, parsed.GetRequiredValue(Keystores), use);

    private static void WithKeys(ParseResult parsed, FileInfo[] keystores, Action<BlsSecretKey> use)
    {
        using SecretBytes password = SecretInput.Password(parsed.GetValue(PasswordFile));
        foreach (FileInfo file in keystores)
        {
            if (ValidatorFolder.ReadKeystore(file.FullName).Decrypt(password, out BlsSecretKey? key) is { } invalid)
                throw new InvalidDataException($"{file.FullName}: {invalid}");
            using (key)
                use(key!);
        }
    }
}
