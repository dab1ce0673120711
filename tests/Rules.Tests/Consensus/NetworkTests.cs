using System.Globalization;
using System.Text.RegularExpressions;
using Flashback.Consensus;
using Flashback.Testing;

namespace Flashback.Rules.Tests.Consensus;

/// <summary>The numbers of our networks are those of docs/PROTOCOL.md.</summary>
public class NetworkTests
{
    private const ulong GweiPerFlash = 1_000_000_000;

    [Theory]
    [InlineData("MIN_ACTIVATION_BALANCE")]
    [InlineData("EFFECTIVE_BALANCE_INCREMENT")]
    [InlineData("MAX_EFFECTIVE_BALANCE_ELECTRA")]
    [InlineData("EJECTION_BALANCE")]
    [InlineData("MIN_PER_EPOCH_CHURN_LIMIT_ELECTRA")]
    [InlineData("MAX_PER_EPOCH_ACTIVATION_EXIT_CHURN_LIMIT")]
    public void Balances_are_those_of_the_protocol(string name)
    {
        ConsensusConfig config = ConsensusConfig.Flashback;
        Gwei ours = name switch
        {
            "MIN_ACTIVATION_BALANCE" => config.Preset.MinActivationBalance,
            "EFFECTIVE_BALANCE_INCREMENT" => config.Preset.EffectiveBalanceIncrement,
            "MAX_EFFECTIVE_BALANCE_ELECTRA" => config.Preset.MaxEffectiveBalance,
            "EJECTION_BALANCE" => config.EjectionBalance,
            "MIN_PER_EPOCH_CHURN_LIMIT_ELECTRA" => config.MinPerEpochChurnLimit,
            _ => config.MaxPerEpochActivationExitChurnLimit,
        };
        Assert.Equal(ours.Value, Flash(name) * GweiPerFlash);
    }

    [Theory]
    [InlineData("flashback")]
    [InlineData("devnet")]
    [InlineData("ethereum-mainnet")]
    public void Slots_are_those_of_the_protocol(string name)
    {
        ConsensusConfig config = new[] { ConsensusConfig.Flashback, ConsensusConfig.Devnet, ConsensusConfig.Mainnet }.Single(c => c.Name == name);
        Match row = Regex.Match(Protocol, $@"^\| `{name}`.*?\| (\d+) s.*?\| (\d+) ", RegexOptions.Multiline);
        Assert.Equal(config.SecondsPerSlot, Number(row.Groups[1].Value));
        Assert.Equal(config.Preset.SlotsPerEpoch, Number(row.Groups[2].Value));
    }

    /// <summary>Stake can leave and move on every network of ours: the churn of an epoch is no less than a validator.</summary>
    [Fact]
    public void The_churn_of_an_epoch_lets_a_validator_pass()
    {
        foreach (ConsensusConfig config in new[] { ConsensusConfig.Flashback, ConsensusConfig.Devnet })
            Assert.True(config.MinPerEpochChurnLimit >= config.Preset.MinActivationBalance, config.Name);
    }

    private static string Protocol { get; } = File.ReadAllText(Path.Combine(Vectors.Checkout, "docs", "PROTOCOL.md"));

    private static ulong Flash(string name) => Number(Regex.Match(Protocol, $@"^\| {name}.*?\| ([\d,]+) FLASH", RegexOptions.Multiline).Groups[1].Value.Replace(",", "", StringComparison.Ordinal));

    private static ulong Number(string text) => ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
