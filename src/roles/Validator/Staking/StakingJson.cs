using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>The files of Ethereum's staking tools, as launchpads and beacon nodes take them.</summary>
public static class StakingJson
{
    /// <summary>The version of the staking tools whose files these are: launchpads ask for it.</summary>
    private const string ToolVersion = "2.8.0";

    private const string EthereumPrefix = "ethereum-";

    /// <summary>A file <c>deposit_data-TIME.json</c>.</summary>
    public static byte[] Deposits(ConsensusConfig config, IEnumerable<DepositData> deposits) => JsonSerializer.SerializeToUtf8Bytes(
        [.. deposits.Select(deposit => new DepositDatum(
            Digits(deposit.PublicKey.AsSpan()), Digits(deposit.WithdrawalCredentials.AsSpan()), deposit.Amount.Value, Digits(deposit.Signature.AsSpan()),
            Digits(new DepositMessage(deposit.PublicKey, deposit.WithdrawalCredentials, deposit.Amount).HashTreeRoot().AsSpan()),
            Digits(deposit.HashTreeRoot().AsSpan()), Digits(config.GenesisForkVersion.AsSpan()), NetworkName(config), ToolVersion))],
        StakingContext.Default.DepositDatumArray);

    /// <summary>A signed exit, as <c>POST /eth/v1/beacon/pool/voluntary_exits</c> takes it.</summary>
    public static byte[] Exit(SignedVoluntaryExit exit) => JsonSerializer.SerializeToUtf8Bytes(
        new ExitJson(new(Text(exit.Message.Epoch.Value), Text(exit.Message.ValidatorIndex.Value)), Hex.Encode(exit.Signature.AsSpan())), StakingContext.Default.ExitJson);

    /// <summary>A file <c>bls_to_execution_change-TIME.json</c>, as <c>POST /eth/v1/beacon/pool/bls_to_execution_changes</c> takes it.</summary>
    public static byte[] Changes(ConsensusConfig config, Hash32 genesisValidatorsRoot, IEnumerable<SignedBlsToExecutionChange> changes) => JsonSerializer.SerializeToUtf8Bytes(
        [.. changes.Select(change => new ChangeJson(
            new(Text(change.Message.ValidatorIndex.Value), Hex.Encode(change.Message.FromBlsPublicKey.AsSpan()), change.Message.ToExecutionAddress.ToString()),
            Hex.Encode(change.Signature.AsSpan()),
            new(NetworkName(config), Hex.Encode(genesisValidatorsRoot.AsSpan()), ToolVersion)))],
        StakingContext.Default.ChangeJsonArray);

    /// <summary>A network's name as the tools have it: without "ethereum-".</summary>
    private static string NetworkName(ConsensusConfig config) =>
        config.Name.StartsWith(EthereumPrefix, StringComparison.Ordinal) ? config.Name[EthereumPrefix.Length..] : config.Name;

    private static string Digits(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}

internal sealed record DepositDatum(
    string Pubkey, string WithdrawalCredentials, ulong Amount, string Signature, string DepositMessageRoot, string DepositDataRoot, string ForkVersion, string NetworkName,
    string DepositCliVersion);

internal sealed record ExitJson(ExitMessageJson Message, string Signature);

internal sealed record ExitMessageJson(string Epoch, string ValidatorIndex);

internal sealed record ChangeJson(ChangeMessageJson Message, string Signature, ChangeMetadata Metadata);

internal sealed record ChangeMessageJson(string ValidatorIndex, string FromBlsPubkey, string ToExecutionAddress);

internal sealed record ChangeMetadata(string NetworkName, string GenesisValidatorsRoot, string DepositCliVersion);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DepositDatum[]))]
[JsonSerializable(typeof(ExitJson))]
[JsonSerializable(typeof(ChangeJson[]))]
internal sealed partial class StakingContext : JsonSerializerContext;
