using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.Validator;

namespace Flashback.Node;

/// <summary>The options that verbs about keys share.</summary>
internal static class KeyOptions
{
    private const ulong GweiPerCoin = 1_000_000_000;

    private static readonly ConsensusConfig[] Networks = [ConsensusConfig.Flashback, ConsensusConfig.Devnet, ConsensusConfig.Mainnet, ConsensusConfig.Minimal];

    public static Option<string> Network()
    {
        Option<string> option = new("--network") { Description = "The network.", DefaultValueFactory = _ => ConsensusConfig.Flashback.Name };
        option.AcceptOnlyFromAmong([.. Networks.Select(network => network.Name)]);
        return option;
    }

    public static ConsensusConfig NetworkOf(ParseResult parsed, Option<string> option) => Networks.First(network => network.Name == parsed.GetRequiredValue(option));

    public static Option<string> Folder() => new("--keys") { Description = "The folder of keystores, passwords and slashing protection.", Required = true };

    public static Option<string?> PasswordFile() => new("--password-file") { Description = "The file whose first line is the keystores' password; asked for without it." };

    public static Option<string?> PassphraseFile() => new("--passphrase-file") { Description = "The file whose first line is the mnemonic's passphrase, if it has one." };

    public static Option<string?> GenesisRoot() => Checked<Hash32>(new("--genesis-validators-root") { Description = "The chain: its genesis validators root, 32 bytes in hexadecimal.", Required = true });

    public static Option<string?> Address(bool required) => Checked<Address>(new("--withdrawal-address") { Description = "The address that the stake goes to, 20 bytes in hexadecimal.", Required = required });

    public static Option<string?> PublicKey(string name, string description) => Checked<Bytes48>(new(name) { Description = description + " 48 bytes in hexadecimal.", Required = true });

    public static Option<bool> Compounding() => new("--compounding") { Description = "Credentials 0x02, with which the stake grows by its rewards, in place of 0x01." };

    public static Option<decimal?> Amount(string description)
    {
        Option<decimal?> option = new("--amount") { Description = description };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<decimal?>() is { } coins && (coins <= 0 || coins > 1_000_000_000 || coins * GweiPerCoin != decimal.Truncate(coins * GweiPerCoin)))
                result.AddError("--amount takes a number of coins above 0, with nine decimals at most.");
        });
        return option;
    }

    public static Gwei ToGwei(decimal coins) => new(decimal.ToUInt64(coins * GweiPerCoin));

    public static T Value<T>(ParseResult parsed, Option<string?> option)
        where T : unmanaged, IFixedBytes<T> => FixedBytes.Parse<T>(parsed.GetRequiredValue(option));

    public static KeystoreKdf KdfOf(string name) => name switch
    {
        "scrypt" => KeystoreKdf.Scrypt,
        "pbkdf2" => KeystoreKdf.Pbkdf2,
        _ => throw new UnreachableException(),
    };

    public static Option<string> Kdf()
    {
        Option<string> option = new("--kdf") { Description = "How keystores guard their passwords: scrypt, which takes 256 MiB, or pbkdf2.", DefaultValueFactory = _ => "scrypt" };
        option.AcceptOnlyFromAmong("scrypt", "pbkdf2");
        return option;
    }

    /// <summary>A new file's name as the staking tools make it: what it is and when it was made, in seconds since 1970.</summary>
    public static string Stamped(string folder, string name) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}-{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}.json"));

    private static Option<string?> Checked<T>(Option<string?> option)
        where T : unmanaged, IFixedBytes<T>
    {
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !FixedBytes.TryParse(text, out T _))
                result.AddError($"{option.Name} takes bytes in hexadecimal: {option.Description}");
        });
        return option;
    }
}
