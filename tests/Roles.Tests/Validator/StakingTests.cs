using System.Text.Json.Nodes;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Primitives;
using Flashback.Validator;

namespace Flashback.Roles.Tests.Validator;

public sealed class StakingTests : IDisposable
{
    private const string Words = "sister protect peanut hill ready work profit fit wish want small inflict flip member tail between sick setup bright duck morning sell paper worry";

    private static readonly ConsensusConfig Config = ConsensusConfig.Devnet;
    private static readonly Hash32 Chain = ProtectionTests.RootOf(1);
    private static readonly Address Owner = FixedBytes.Parse<Address>("0x3434343434343434343434343434343434343434");

    private readonly SecretBytes _seed;

    public StakingTests()
    {
        Assert.Null(Mnemonic.Parse(Words, out Mnemonic? mnemonic));
        using (mnemonic)
            _seed = mnemonic!.DeriveSeed("");
    }

    public void Dispose() => _seed.Dispose();

    /// <summary>vectors: staking-deposit-cli, test_generate_bls_to_execution_change</summary>
    [Fact]
    public void Credentials_of_a_mnemonic_are_those_of_the_staking_tools()
    {
        using BlsSecretKey withdrawal = KeyPath.Withdrawal(0).Derive(_seed);
        Assert.Equal("0x00bd0b5a34de5fb17df08410b5e615dda87caf4fb72d0aac91ce5e52fc6aa8de", WithdrawalCredentials.OfKey(StakingMessages.PublicKeyOf(withdrawal)).ToString());
        Assert.Equal("0x0100000000000000000000003434343434343434343434343434343434343434", WithdrawalCredentials.OfAddress(Owner).ToString());
        Assert.Equal("0x0200000000000000000000003434343434343434343434343434343434343434", WithdrawalCredentials.Compounding(Owner).ToString());
    }

    [Fact]
    public void Deposits_are_signed_and_written_as_the_staking_tools_do()
    {
        using BlsSecretKey key = KeyPath.Signing(0).Derive(_seed);
        Hash32 credentials = WithdrawalCredentials.Compounding(Owner);
        DepositData deposit = StakingMessages.SignDeposit(Config, key, credentials, Config.Preset.MaxEffectiveBalance);
        DepositMessage message = new(deposit.PublicKey, credentials, deposit.Amount);
        Assert.True(DepositSignature.IsValid(Config, message, deposit.Signature));
        Assert.False(DepositSignature.IsValid(ConsensusConfig.Mainnet, message, deposit.Signature));

        JsonObject datum = Assert.Single(JsonNode.Parse(StakingJson.Deposits(Config, [deposit]))!.AsArray())!.AsObject();
        Assert.Equal(
            ["pubkey", "withdrawal_credentials", "amount", "signature", "deposit_message_root", "deposit_data_root", "fork_version", "network_name", "deposit_cli_version"],
            datum.Select(field => field.Key));
        Assert.Equal(Config.Preset.MaxEffectiveBalance.Value, datum["amount"]!.GetValue<ulong>());
        Assert.Equal(deposit.HashTreeRoot().ToString()[2..], datum["deposit_data_root"]!.GetValue<string>());
        Assert.Equal(message.HashTreeRoot().ToString()[2..], datum["deposit_message_root"]!.GetValue<string>());
        Assert.Equal("000000fd", datum["fork_version"]!.GetValue<string>());
        Assert.Equal("devnet", datum["network_name"]!.GetValue<string>());
        Assert.Equal("mainnet", JsonNode.Parse(StakingJson.Deposits(ConsensusConfig.Mainnet, [deposit]))![0]!["network_name"]!.GetValue<string>());
    }

    [Fact]
    public void A_deposit_of_more_than_counts_or_less_than_is_taken_is_not_signed()
    {
        using BlsSecretKey key = KeyPath.Signing(0).Derive(_seed);
        Hash32 plain = WithdrawalCredentials.OfAddress(Owner), compounding = WithdrawalCredentials.Compounding(Owner);
        Gwei least = Config.Preset.MinActivationBalance, one = new(1);
        Assert.Equal(least, StakingMessages.SignDeposit(Config, key, plain, least).Amount);
        Assert.Throws<ArgumentOutOfRangeException>(() => StakingMessages.SignDeposit(Config, key, plain, least + one));
        Assert.Equal(least + one, StakingMessages.SignDeposit(Config, key, compounding, least + one).Amount);
        Assert.Throws<ArgumentOutOfRangeException>(() => StakingMessages.SignDeposit(Config, key, compounding, Config.Preset.MaxEffectiveBalance + one));
        Assert.Throws<ArgumentOutOfRangeException>(() => StakingMessages.SignDeposit(Config, key, compounding, StakingMessages.MinDepositAmount - one));
    }

    [Fact]
    public void Exits_are_signed_under_Capella_s_version()
    {
        using BlsSecretKey key = KeyPath.Signing(0).Derive(_seed);
        SignedVoluntaryExit exit = StakingMessages.SignExit(Config, Chain, key, new(new(7), new(9)));
        Assert.True(IsSigned(key, exit.Message.HashTreeRoot(), DomainType.VoluntaryExit, Config.CapellaForkVersion, exit.Signature));
        JsonNode json = JsonNode.Parse(StakingJson.Exit(exit))!;
        Assert.Equal("7", json["message"]!["epoch"]!.GetValue<string>());
        Assert.Equal("9", json["message"]!["validator_index"]!.GetValue<string>());
        Assert.Equal(exit.Signature.ToString(), json["signature"]!.GetValue<string>());
    }

    [Fact]
    public void Changes_of_credentials_are_signed_under_the_version_of_genesis()
    {
        using BlsSecretKey key = KeyPath.Withdrawal(0).Derive(_seed);
        SignedBlsToExecutionChange change = StakingMessages.SignChange(Config, Chain, key, new(1), Owner);
        Assert.True(IsSigned(key, change.Message.HashTreeRoot(), DomainType.BlsToExecutionChange, Config.GenesisForkVersion, change.Signature));
        JsonNode json = JsonNode.Parse(StakingJson.Changes(Config, Chain, [change]))![0]!;
        Assert.Equal(Owner.ToString(), json["message"]!["to_execution_address"]!.GetValue<string>());
        Assert.Equal(StakingMessages.PublicKeyOf(key).ToString(), json["message"]!["from_bls_pubkey"]!.GetValue<string>());
        Assert.Equal("1", json["message"]!["validator_index"]!.GetValue<string>());
        Assert.Equal(Chain.ToString(), json["metadata"]!["genesis_validators_root"]!.GetValue<string>());
    }

    [Fact]
    public void Calls_hold_what_the_contracts_of_requests_read()
    {
        Bytes48 key = ProtectionTests.KeyOf(1), target = ProtectionTests.KeyOf(2);
        Assert.Equal([.. key.AsSpan(), 0, 0, 0, 0, 0, 0, 1, 2], StakeCalls.Withdraw(key, new(258)));
        Assert.Equal([.. key.AsSpan(), 0, 0, 0, 0, 0, 0, 0, 0], StakeCalls.Exit(key));
        Assert.Equal([.. key.AsSpan(), .. target.AsSpan()], StakeCalls.Consolidate(key, target));
        Assert.Equal([.. key.AsSpan(), .. key.AsSpan()], StakeCalls.Compound(key));
    }

    private static bool IsSigned(BlsSecretKey key, Hash32 root, DomainType type, Bytes4 version, Bytes96 signature) =>
        BlsSignature.TryDecode(signature.AsSpan(), out BlsSignature? decoded, out _)
        && Bls.Verify(key.ToPublicKey(), Signing.ComputeSigningRoot(root, Signing.ComputeDomain(type, version, Chain)).AsSpan(), decoded);
}
