using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using Flashback.Consensus;
using Flashback.Testing;

namespace Flashback.Rules.Tests.Consensus;

/// <summary>Another client's state transition on our chains: it checks every state root and signature we wrote.</summary>
public class LodestarTests
{
    private static readonly ConsensusConfig Config = RandomChain.Lively;

    [Fact]
    [Trait("Speed", "Slow")]
    public void Lodestar_comes_to_the_same_roots_over_two_hundred_epochs()
    {
        string node = FindNode();
        string folder = Directory.CreateTempSubdirectory("flashback-lodestar-").FullName;
        try
        {
            Seeds.Check(random =>
            {
                int blocks = WriteChain(folder, random, new Epoch(200));
                Assert.Equal($"same {blocks}", Run(node, folder));
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int WriteChain(string folder, Random random, Epoch end)
    {
        RandomChain chain = new(random, Config) { Silence = (new(40), new(50)) };
        BeaconState genesis = chain.World.Head.State;
        File.WriteAllBytes(Path.Combine(folder, "genesis.ssz"), genesis.Encode(Config.Preset));
        File.WriteAllText(Path.Combine(folder, "config.json"), JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["genesisValidatorsRoot"] = genesis.GenesisValidatorsRoot.ToString(),
            ["GENESIS_FORK_VERSION"] = Config.GenesisForkVersion.ToString(),
            ["CAPELLA_FORK_VERSION"] = Config.CapellaForkVersion.ToString(),
            ["DENEB_FORK_VERSION"] = Config.DenebForkVersion.ToString(),
            ["ELECTRA_FORK_VERSION"] = Config.ElectraForkVersion.ToString(),
            ["SHARD_COMMITTEE_PERIOD"] = Config.ShardCommitteePeriod,
            ["MIN_VALIDATOR_WITHDRAWABILITY_DELAY"] = Config.MinValidatorWithdrawabilityDelay,
            ["CHURN_LIMIT_QUOTIENT"] = Config.ChurnLimitQuotient,
            ["MAX_PER_EPOCH_ACTIVATION_EXIT_CHURN_LIMIT"] = Config.MaxPerEpochActivationExitChurnLimit.Value,
            ["SECONDS_PER_SLOT"] = Config.SecondsPerSlot,
            ["SLOT_DURATION_MS"] = Config.SecondsPerSlot * 1000,
        }));
        using FileStream file = File.Create(Path.Combine(folder, "blocks.bin"));
        int count = 0;
        byte[] length = new byte[4];
        for (; chain.World.Head.GetCurrentEpoch() < end; count++)
        {
            byte[] block = chain.Next().Encode(Config.Preset);
            BinaryPrimitives.WriteInt32LittleEndian(length, block.Length);
            file.Write(length);
            file.Write(block);
        }
        TestContext.Current.TestOutputHelper?.WriteLine(Describe(chain, count));
        return count;
    }

    private static string Describe(RandomChain chain, int blocks)
    {
        BeaconState state = chain.World.Head.State;
        Validator[] validators = [.. Enumerable.Range(0, state.Validators.Count).Select(i => state.Validators[i])];
        return $"{blocks} blocks to {state.Slot}: {validators.Length} validators, {validators.Count(v => v.Slashed)} slashed, {validators.Count(v => v.ExitEpoch != Epoch.FarFuture)} gone or going, "
            + $"{validators.Count(v => Predicates.PrefixOf(v.WithdrawalCredentials) == Predicates.CompoundingPrefix)} compounding, {state.PendingDeposits.Count} deposits and "
            + $"{state.PendingConsolidations.Count} consolidations of {chain.Consolidations} wait, {state.NextWithdrawalIndex}, final at {state.FinalizedCheckpoint.Epoch}";
    }

    private static string Run(string node, string folder)
    {
        string script = Path.Combine(Vectors.Checkout, "tests", "Rules.Tests", "Consensus", "lodestar.mjs");
        ProcessStartInfo start = new(node, [script, folder]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LODESTAR_PRESET"] = "minimal";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 || output.Length > 0 ? output.Trim() : errors.Result;
    }

    /// <summary>The Node.js that Lodestar is installed with; skips the test where neither is.</summary>
    private static string FindNode()
    {
        string home = Environment.GetEnvironmentVariable("PEERS_HOME") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "flashback-peers");
        string packages = Path.Combine(home, "st", "node_modules", ".pnpm");
        string? node = Directory.Exists(packages) ? Directory.GetDirectories(packages, "node@24*").Select(path => Path.Combine(path, "node_modules", "node", "bin", "node")).FirstOrDefault(File.Exists) : null;
        Assert.SkipUnless(node is not null, "Lodestar is not installed: ../shared/peers/setup.sh consensus installs it");
        return node;
    }
}
