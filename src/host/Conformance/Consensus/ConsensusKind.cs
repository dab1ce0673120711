using Flashback.Consensus;

namespace Flashback.Conformance;

/// <summary>
/// The consensus vectors of Electra: <c>…/CONFIG/FORK/RUNNER/HANDLER/SUITE/CASE/</c>, a folder for each case. spec: cs/tests/formats
/// </summary>
/// <remarks>A runner is a folder name with its own layout of files, or one with its handler's below it; each has its class, and a line in the table below.</remarks>
internal sealed class ConsensusKind : ISpecKind
{
    private static readonly Dictionary<string, ConsensusRunner> Runners = new()
    {
        ["epoch_processing"] = EpochProcessingRunner.Run,
        ["finality"] = BlocksRunner.Run,
        ["fork_choice"] = ForkChoiceRunner.Run,
        ["light_client/data_collection"] = LightClientRunner.RunData,
        ["light_client/single_merkle_proof"] = MerkleProofRunner.Run,
        ["light_client/sync"] = LightClientRunner.RunSync,
        ["light_client/update_ranking"] = LightClientRunner.RunRanking,
        ["merkle_proof"] = MerkleProofRunner.Run,
        ["operations"] = OperationsRunner.Run,
        ["random"] = BlocksRunner.Run,
        ["rewards"] = RewardsRunner.Run,
        ["sanity"] = SanityRunner.Run,
        ["shuffling"] = ShufflingRunner.Run,
        ["ssz_static"] = SszStaticRunner.Run,
    };

    private static readonly Dictionary<string, ConsensusConfig> Configs = new()
    {
        ["mainnet"] = ConsensusConfig.Mainnet,
        ["minimal"] = ConsensusConfig.Minimal,
    };

    public string Name => "consensus";

    public string Description => "state transition, fork choice, light client and containers of the consensus tests, folders minimal/electra, mainnet/electra and minimal/phase0/shuffling";

    public IEnumerable<SpecUnit> Find(string path)
    {
        foreach (IGrouping<string, string> folder in VectorFiles.Below(path, "*").GroupBy(file => Path.GetDirectoryName(file)!).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            string[] folders = folder.Key.Split(Path.DirectorySeparatorChar);
            if (folders.Length < 6 || !Configs.TryGetValue(folders[^6], out ConsensusConfig? config) || RunnerOf(folders[^4], folders[^3]) is not { } run)
                continue;
            string[] files = [.. folder];
            string name = VectorFiles.NameBelow(path, folder.Key);
            yield return new SpecUnit(name, files, opened => [new SpecCase(folders[^1], () => run(new ConsensusCase(config, folders[^3], folders[^2], folder.Key, files, opened)))]);
        }
    }

    private static ConsensusRunner? RunnerOf(string runner, string handler) => Runners.GetValueOrDefault($"{runner}/{handler}") ?? Runners.GetValueOrDefault(runner);
}

/// <summary>Comes to the verdict on a case.</summary>
internal delegate SpecOutcome ConsensusRunner(ConsensusCase @case);
