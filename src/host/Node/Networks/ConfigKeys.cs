using System.Globalization;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Node;

/// <summary>The keys of a network's configuration, as the specification names them. spec: cs/configs/mainnet</summary>
internal static class ConfigKeys
{
    private static readonly Dictionary<string, Func<ConsensusConfig, string, ConsensusConfig>> Setters = new()
    {
        ["SECONDS_PER_SLOT"] = (config, value) => config with { SecondsPerSlot = Positive(value) },
        ["GENESIS_FORK_VERSION"] = (config, value) => config with { GenesisForkVersion = Version(value) },
        ["CAPELLA_FORK_VERSION"] = (config, value) => config with { CapellaForkVersion = Version(value) },
        ["DENEB_FORK_VERSION"] = (config, value) => config with { DenebForkVersion = Version(value) },
        ["ELECTRA_FORK_VERSION"] = (config, value) => config with { ElectraForkVersion = Version(value) },
        ["MIN_VALIDATOR_WITHDRAWABILITY_DELAY"] = (config, value) => config with { MinValidatorWithdrawabilityDelay = Number(value) },
        ["SHARD_COMMITTEE_PERIOD"] = (config, value) => config with { ShardCommitteePeriod = Number(value) },
        ["INACTIVITY_SCORE_BIAS"] = (config, value) => config with { InactivityScoreBias = Positive(value) },
        ["INACTIVITY_SCORE_RECOVERY_RATE"] = (config, value) => config with { InactivityScoreRecoveryRate = Number(value) },
        ["EJECTION_BALANCE"] = (config, value) => config with { EjectionBalance = new(Number(value)) },
        ["CHURN_LIMIT_QUOTIENT"] = (config, value) => config with { ChurnLimitQuotient = Positive(value) },
        ["MIN_PER_EPOCH_CHURN_LIMIT_ELECTRA"] = (config, value) => config with { MinPerEpochChurnLimit = new(Number(value)) },
        ["MAX_PER_EPOCH_ACTIVATION_EXIT_CHURN_LIMIT"] = (config, value) => config with { MaxPerEpochActivationExitChurnLimit = new(Number(value)) },
        ["MAX_BLOBS_PER_BLOCK_ELECTRA"] = (config, value) => config with { MaxBlobsPerBlock = Positive(value) },
    };

    /// <summary>The configuration with another value at a key.</summary>
    /// <exception cref="InvalidDataException">There is no such key, or the value is none of its.</exception>
    public static ConsensusConfig Set(ConsensusConfig config, string key, string value)
    {
        if (!Setters.TryGetValue(key, out Func<ConsensusConfig, string, ConsensusConfig>? setter))
            throw new InvalidDataException($"config: {key} is none of {string.Join(", ", Setters.Keys)}");
        try
        {
            return setter(config, value);
        }
        catch (FormatException wrong)
        {
            throw new InvalidDataException($"config: {key} cannot be {value}", wrong);
        }
    }

    private static ulong Number(string value) => ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : throw new FormatException();

    private static ulong Positive(string value) => Number(value) is > 0 and ulong number ? number : throw new FormatException();

    private static Bytes4 Version(string value) => FixedBytes.TryParse(value.AsSpan(), out Bytes4 version) ? version : throw new FormatException();
}
