using System.CommandLine;
using System.Globalization;
using System.Text;
using Flashback.Client;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Primitives;
using Flashback.Validator;

namespace Flashback.Node;

/// <summary><c>flashback keys new | derive | bls-change</c>: what begins with a mnemonic.</summary>
internal static class MnemonicCommands
{
    private static readonly Option<string?> MnemonicFile = new("--mnemonic-file") { Description = "The file with the words; asked for without it." };
    private static readonly Option<string?> Passphrase = KeyOptions.PassphraseFile();
    private static readonly Option<string?> PasswordFile = KeyOptions.PasswordFile();
    private static readonly Option<string> Network = KeyOptions.Network();
    private static readonly Option<string> Output = new("--out") { Description = "The folder that the files go into.", Required = true };
    private static readonly Option<int> Count = new Option<int>("--count") { Description = "How many validators.", DefaultValueFactory = _ => 1 }.Within(1, 10_000);
    private static readonly Option<uint> Start = new("--start") { Description = "The first validator's number in the tree of keys.", DefaultValueFactory = _ => 0 };
    private static readonly Option<string?> Address = KeyOptions.Address(required: false);
    private static readonly Option<bool> Compounding = KeyOptions.Compounding();
    private static readonly Option<decimal?> Amount = KeyOptions.Amount("The stake of each validator in coins; without it, what it needs to become active.");
    private static readonly Option<string> Kdf = KeyOptions.Kdf();
    private static readonly Option<bool> Json = Answer.JsonOption();

    public static Command New()
    {
        Option<string?> words = new("--mnemonic-out") { Description = "Writes the words into a new file in place of showing them." };
        Command command = new("new", "Makes a mnemonic, shows it once, and writes keystores and deposit data.")
        {
            Network, Output, Count, Address, Compounding, Amount, PasswordFile, Passphrase, Kdf, words, Json,
        };
        command.SetAction(parsed => Answer.Run(() =>
        {
            using SecretBytes password = SecretInput.NewPassword(parsed.GetValue(PasswordFile));
            using Mnemonic mnemonic = Mnemonic.Create();
            Hand(mnemonic, parsed.GetValue(words));
            WriteKeys(parsed, mnemonic, password, start: 0);
        }));
        return command;
    }

    public static Command Derive()
    {
        Command command = new("derive", "Makes keystores and deposit data from a mnemonic that you have.")
        {
            Network, Output, MnemonicFile, Start, Count, Address, Compounding, Amount, PasswordFile, Passphrase, Kdf, Json,
        };
        command.Aliases.Add("from-mnemonic");
        command.SetAction(parsed => Answer.Run(() =>
        {
            using Mnemonic mnemonic = SecretInput.Mnemonic(parsed.GetValue(MnemonicFile));
            using SecretBytes password = SecretInput.NewPassword(parsed.GetValue(PasswordFile));
            WriteKeys(parsed, mnemonic, password, parsed.GetValue(Start));
        }));
        return command;
    }

    public static Command BlsChange()
    {
        Option<string?> root = KeyOptions.GenesisRoot(), address = KeyOptions.Address(required: true);
        Option<ulong[]> validators = new("--validator-index") { Description = "The validators' numbers on the chain, in the order of their keys.", Required = true, AllowMultipleArgumentsPerToken = true };
        Command command = new("bls-change", "Signs the change of credentials from a BLS key to an address: 0x00 to 0x01. It cannot be taken back.")
        {
            Network, root, Output, MnemonicFile, Passphrase, Start, validators, address, Json,
        };
        command.SetAction(parsed => Answer.Run(() =>
        {
            ConsensusConfig config = KeyOptions.NetworkOf(parsed, Network);
            Hash32 chain = KeyOptions.Value<Hash32>(parsed, root);
            using Mnemonic mnemonic = SecretInput.Mnemonic(parsed.GetValue(MnemonicFile));
            using SecretBytes seed = SecretInput.Seed(mnemonic, parsed.GetValue(Passphrase));
            List<SignedBlsToExecutionChange> changes = [];
            foreach (ulong validator in parsed.GetRequiredValue(validators))
            {
                using BlsSecretKey key = KeyPath.Withdrawal(parsed.GetValue(Start) + (uint)changes.Count).Derive(seed);
                changes.Add(StakingMessages.SignChange(config, chain, key, new(validator), KeyOptions.Value<Address>(parsed, address)));
            }
            SecretFile.CreateFolder(parsed.GetRequiredValue(Output));
            string file = KeyOptions.Stamped(parsed.GetRequiredValue(Output), "bls_to_execution_change");
            SecretFile.Write(file, StakingJson.Changes(config, chain, changes));
            Answer.Write(parsed.GetValue(Json), ("file", file), ("changes", changes.Count), ("next", "send it to a beacon node: POST /eth/v1/beacon/pool/bls_to_execution_changes"));
        }));
        return command;
    }

    /// <summary>Hands the words to their owner: on the terminal, or into a file of theirs alone.</summary>
    private static void Hand(Mnemonic mnemonic, string? file)
    {
        if (file is null)
        {
            Console.Error.WriteLine("These words are shown once. Write them down: whoever has them has the keys, and without them lost keystores are lost keys.");
            Console.Error.WriteLine();
            Console.Error.WriteLine(mnemonic.Words);
            Console.Error.WriteLine();
            return;
        }
        if (File.Exists(file))
            throw new InvalidDataException($"{file} is there already");
        using SecretBytes bytes = new(mnemonic.Words.Length + 1);
        Encoding.ASCII.GetBytes(mnemonic.Words, bytes.Span);
        bytes.Span[^1] = (byte)'\n';
        SecretFile.Write(file, bytes.Span);
    }

    private static void WriteKeys(ParseResult parsed, Mnemonic mnemonic, SecretBytes password, uint start)
    {
        ConsensusConfig config = KeyOptions.NetworkOf(parsed, Network);
        string folder = parsed.GetRequiredValue(Output);
        SecretFile.CreateFolder(folder);
        using SecretBytes seed = SecretInput.Seed(mnemonic, parsed.GetValue(Passphrase));
        List<DepositData> deposits = [];
        for (uint i = start; i < start + parsed.GetValue(Count); i++)
        {
            KeyPath path = KeyPath.Signing(i);
            using BlsSecretKey key = path.Derive(seed), withdrawal = KeyPath.Withdrawal(i).Derive(seed);
            deposits.Add(StakeCommands.SignDeposit(config, key, Credentials(parsed, withdrawal), parsed.GetValue(Amount)));
            byte[] keystore = Keystore.Encrypt(key, password, path.ToString(), KeyOptions.KdfOf(parsed.GetRequiredValue(Kdf))).ToJson();
            SecretFile.Write(KeyOptions.Stamped(folder, $"keystore-{path.ToString().Replace('/', '_')}"), keystore);
        }
        string file = KeyOptions.Stamped(folder, "deposit_data");
        SecretFile.Write(file, StakingJson.Deposits(config, deposits));
        Answer.Write(
            parsed.GetValue(Json), ("keys", string.Join(' ', deposits.Select(deposit => deposit.PublicKey))), ("network", config.Name),
            ("stake", string.Create(CultureInfo.InvariantCulture, $"{deposits[0].Amount}")), ("credentials", deposits[0].WithdrawalCredentials), ("folder", folder), ("depositData", file));
    }

    private static Hash32 Credentials(ParseResult parsed, BlsSecretKey withdrawal)
    {
        if (parsed.GetValue(Address) is not null)
            return StakeCommands.CredentialsOf(KeyOptions.Value<Address>(parsed, Address), parsed.GetValue(Compounding));
        return parsed.GetValue(Compounding)
            ? throw new InvalidDataException("--compounding needs --withdrawal-address")
            : WithdrawalCredentials.OfKey(StakingMessages.PublicKeyOf(withdrawal));
    }
}
