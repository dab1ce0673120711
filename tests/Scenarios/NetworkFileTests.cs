using System.Text;
using System.Text.Json.Nodes;
using Flashback.Chain.Beacon;
using Flashback.Chain.Spacetime;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Node;
using Flashback.Primitives;

namespace Flashback.Scenarios;

public sealed class NetworkFileTests
{
    private static readonly BlsSecretKey[] Keys = LocalNetwork.ValidatorKeys(LocalNetwork.KnownMnemonic, 0, 3);
    private static readonly Address[] Accounts = [((UInt256)0xaUL).ToAddress(), ((UInt256)0xbUL).ToAddress()];

    [Fact]
    public void What_is_written_is_read_again()
    {
        NetworkGenesis read = NetworkFile.Read(LocalNetwork.ToBytes(Whole()));
        Assert.Equal((1_700_000_000UL, Sha256.Hash([1])), (read.Time, read.Entropy));
        Assert.Equal(LocalNetwork.Validators(ConsensusConfig.Devnet, Keys, Accounts), read.Validators);
        Assert.Equal(ConsensusConfig.Devnet.SecondsPerSlot, read.Config.SecondsPerSlot);
        NetworkGenesis again = NetworkFile.Read(LocalNetwork.ToBytes(Whole()));
        Assert.Equal(read.BeaconState().HashTreeRoot(), again.BeaconState().HashTreeRoot());
    }

    [Fact]
    public void A_key_changes_the_rules()
    {
        JsonObject file = Whole();
        file["config"] = new JsonObject { ["SECONDS_PER_SLOT"] = "7", ["EJECTION_BALANCE"] = "5" };
        ConsensusConfig config = NetworkFile.Read(LocalNetwork.ToBytes(file)).Config;
        Assert.Equal((7UL, 5UL), (config.SecondsPerSlot, config.EjectionBalance.Value));
    }

    [Theory]
    [InlineData("[]", "a network file is an object")]
    [InlineData("{", "no JSON")]
    [InlineData("{\"a\":1,\"a\":2}", "no JSON")]
    [InlineData("{}", "genesis is missing, or no object")]
    [InlineData("{\"genesis\":1}", "genesis is missing, or no object")]
    [InlineData("{\"genesis\":{}}", "validators is missing, or no list")]
    [InlineData("{\"genesis\":{\"validators\":[1]}}", "a validator is an object")]
    [InlineData("{\"genesis\":{\"validators\":[{}]}}", "pubkey is missing")]
    [InlineData("{\"genesis\":{\"validators\":[{\"pubkey\":\"0x12\"}]}}", "pubkey is not 48 bytes in hexadecimal")]
    [InlineData("{\"genesis\":{\"validators\":[]}}", "base is missing")]
    [InlineData("{\"genesis\":{\"validators\":[]},\"base\":\"moon\"}", "base: moon is none of")]
    public void Says_what_is_wrong_with_a_file(string json, string told) =>
        Assert.StartsWith(told, Assert.Throws<InvalidDataException>(() => NetworkFile.Read(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("SECONDS_PER_SLOT", "0", "config: SECONDS_PER_SLOT cannot be 0")]
    [InlineData("SECONDS_PER_SLOT", "-1", "config: SECONDS_PER_SLOT cannot be -1")]
    [InlineData("SECONDS_PER_SLOT", "2.5", "config: SECONDS_PER_SLOT cannot be 2.5")]
    [InlineData("GENESIS_FORK_VERSION", "0x0102", "config: GENESIS_FORK_VERSION cannot be 0x0102")]
    [InlineData("SLOTS_PER_EPOCH", "8", "config: SLOTS_PER_EPOCH is none of")]
    public void Says_which_rule_cannot_be(string key, string value, string told)
    {
        JsonObject file = Whole();
        file["config"] = new JsonObject { [key] = value };
        Assert.StartsWith(told, Assert.Throws<InvalidDataException>(() => NetworkFile.Read(LocalNetwork.ToBytes(file))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("time", "soon", "time is no number")]
    [InlineData("entropy", "0x", "entropy is not 32 bytes in hexadecimal")]
    public void Says_what_is_wrong_with_a_genesis(string name, string value, string told)
    {
        JsonObject file = Whole();
        file["genesis"]![name] = value;
        Assert.Equal(told, Assert.Throws<InvalidDataException>(() => NetworkFile.Read(LocalNetwork.ToBytes(file))).Message);
    }

    [Fact]
    public void A_config_that_is_no_object_is_not_passed_over()
    {
        JsonObject file = Whole();
        file["config"] = "SECONDS_PER_SLOT=3";
        Assert.Equal("config is missing, or no object", Assert.Throws<InvalidDataException>(() => NetworkFile.Read(LocalNetwork.ToBytes(file))).Message);
    }

    [Fact]
    public void A_network_with_storage_has_its_contracts_keys_and_requests()
    {
        NetworkGenesis plain = NetworkFile.Read(LocalNetwork.ToBytes(Whole()));
        Assert.Null(plain.Spacetime);
        Assert.False(plain.Config.Preset.HasStoragePenalties);
        NetworkGenesis read = NetworkFile.Read(LocalNetwork.ToBytes(WithStorage()));
        Assert.True(read.Config.Preset.HasStoragePenalties);
        Assert.Equal(SpacetimeParameters.Devnet(1_700_000_000), read.Spacetime);
        Assert.NotNull(read.SpacetimeFork);
        foreach (Execution.GenesisAccount contract in GenesisContracts.Spacetime(read.Spacetime!))
            Assert.Equal(contract.Code.ToArray(), read.Execution.Accounts.Single(account => account.Address == contract.Address).Code.ToArray());
        Assert.NotEqual(plain.BeaconState().HashTreeRoot(), read.BeaconState().HashTreeRoot());
    }

    [Theory]
    [InlineData("PROVING_PERIOD", "0", "spacetime: PROVING_PERIOD must be a number from 1 to 1073741824")]
    [InlineData("PROVING_PERIOD", "a day", "spacetime: PROVING_PERIOD must be a number from 1 to 1073741824")]
    [InlineData("DEADLINES", "7", "spacetime: DEADLINES must divide PROVING_PERIOD")]
    [InlineData("CHALLENGE_LOOKBACK", "21", "spacetime: CHALLENGE_LOOKBACK must be a number from 1 to 20")]
    [InlineData("FAULT_MAX_AGE", "64", "spacetime: FAULT_MAX_AGE must be a number from 1 to 63")]
    [InlineData("SEAL_PROOF", "4242", "spacetime: SEAL_PROOF 4242 is no interactive registered proof")]
    [InlineData("SEAL_PROOF", "18446744073709551615", "spacetime: SEAL_PROOF must be a number from 0 to 2147483647")]
    [InlineData("SEAL_PROOF", "8", "verifying_keys: seal-32GiB is missing, which spacetime asks for")]
    [InlineData("MIN_LIFETIME", "241", "spacetime: MIN_LIFETIME must be whole proving periods")]
    [InlineData("FAULT_FEE", null, "spacetime: FAULT_FEE must be a number from 0 to 18446744073709551615")]
    public void Says_what_is_wrong_about_storage(string key, string? value, string told)
    {
        JsonObject file = WithStorage();
        file["spacetime"]![key] = value;
        Assert.Equal(told, Assert.Throws<InvalidDataException>(() => NetworkFile.Read(LocalNetwork.ToBytes(file))).Message);
    }

    [Fact]
    public void A_network_with_storage_but_without_its_contracts_is_none()
    {
        JsonObject file = WithStorage();
        _ = ((JsonObject)file["execution"]!["alloc"]!).Remove(GenesisContracts.Sectors.ToString());
        Assert.Contains("there is no contract at", Assert.Throws<InvalidDataException>(() => NetworkFile.Read(LocalNetwork.ToBytes(file))).Message, StringComparison.Ordinal);
        file["spacetime"] = "yes";
        Assert.Equal("spacetime is no object", Assert.Throws<InvalidDataException>(() => NetworkFile.Read(LocalNetwork.ToBytes(file))).Message);
    }

    private static JsonObject WithStorage()
    {
        JsonObject file = LocalNetwork.Parameters(ConsensusConfig.Devnet, 31337, 60_000_000, Accounts, 1000);
        SpacetimeSection.AddDevnet(file);
        LocalNetwork.AddGenesis(file, 1_700_000_000, Sha256.Hash([1]), LocalNetwork.Validators(ConsensusConfig.Devnet, Keys, Accounts));
        return file;
    }

    private static JsonObject Whole()
    {
        JsonObject file = LocalNetwork.Parameters(ConsensusConfig.Devnet, 31337, 60_000_000, Accounts, 1000);
        LocalNetwork.AddGenesis(file, 1_700_000_000, Sha256.Hash([1]), LocalNetwork.Validators(ConsensusConfig.Devnet, Keys, Accounts));
        return file;
    }
}
