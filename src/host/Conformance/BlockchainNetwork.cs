using System.Text.Json;
using Flashback.Execution;

namespace Flashback.Conformance;

/// <summary>The networks of the blockchain tests: a fork (<c>Prague</c>), or one that follows another at second 15,000 (<c>PragueToOsakaAtTime15k</c>).</summary>
internal static class BlockchainNetwork
{
    private const string At = "AtTime15k";
    private const ulong TransitionTime = 15_000;

    /// <summary>False when a fork before Cancun takes part.</summary>
    public static bool TryRead(JsonElement test, out ChainConfig? chain)
    {
        chain = null;
        JsonElement config = test.GetProperty("config");
        string network = test.GetProperty("network").GetString()!;
        List<RulesActivation> schedule = [];
        foreach (string fork in network.Replace(At, "", StringComparison.Ordinal).Split("To"))
        {
            if (RulesOf(fork, config) is not { } rules)
                return false;
            schedule.Add(new RulesActivation((ulong)schedule.Count * TransitionTime, rules));
        }
        chain = new ChainConfig(JsonWords.UInt64(config.GetProperty("chainid")), ChainConfig.MainnetDepositContract, schedule);
        return true;
    }

    private static ForkRules? RulesOf(string fork, JsonElement config)
    {
        ForkRules? rules = fork.StartsWith("BPO", StringComparison.Ordinal) ? ForkRules.Osaka : Enum.TryParse(fork, out Fork known) ? ForkRules.Of(known) : null;
        JsonElement blobs = default;
        bool hasBlobs = rules is not null && config.TryGetProperty("blobSchedule", out JsonElement schedules) && schedules.TryGetProperty(fork, out blobs);
        return !hasBlobs ? rules : rules! with
        {
            Blobs = new BlobSchedule(
                (int)JsonWords.UInt64(blobs.GetProperty("target")), (int)JsonWords.UInt64(blobs.GetProperty("max")), JsonWords.UInt64(blobs.GetProperty("baseFeeUpdateFraction"))),
        };
    }
}
