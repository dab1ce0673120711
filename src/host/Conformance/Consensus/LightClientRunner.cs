using System.Globalization;
using Flashback.Consensus;
using Flashback.Primitives;
using YamlDotNet.RepresentationModel;

namespace Flashback.Conformance;

/// <summary>Light clients that follow updates, the order of updates, and what a full node tells. spec: cs/tests/formats/light_client</summary>
internal static class LightClientRunner
{
    public static SpecOutcome RunSync(ConsensusCase @case)
    {
        if (RequireElectra(@case) is SpecOutcome.Skipped skipped)
            return skipped;
        YamlNode meta = @case.Yaml("meta.yaml");
        Invalid<LightClientRule>? invalid = LightClientStore.TryBegin(
            @case.Config, Hash(meta["genesis_validators_root"]), Hash(meta["trusted_block_root"]), @case.Read<LightClientBootstrap>("bootstrap"), out LightClientStore? store);
        if (store is null)
            return new SpecOutcome.Failed("a client", $"{invalid}");
        foreach (YamlNode step in Yaml.Items(@case.Yaml("steps.yaml")))
        {
            (YamlNode name, YamlNode what) = ((YamlMappingNode)step).Children.Single();
            Slot now = new(Number(what["current_slot"]));
            if (Yaml.Text(name) == "process_update")
                _ = store.Process<BlsVerifier>(@case.Read<LightClientUpdate>(Yaml.Text(what["update"])), now); // an invalid one changes nothing: the checks show it
            else if (Yaml.Text(name) == "force_update")
                store.ForceUpdate(now);
            else
                return new SpecOutcome.Failed("a step that is known", Yaml.Text(name));
            SpecOutcome outcome = SpecOutcome.Equal(
                Yaml.Flatten(what["checks"]), $"{{finalized_header:{Flatten(store.FinalizedHeader)},optimistic_header:{Flatten(store.OptimisticHeader)}}}");
            if (outcome is SpecOutcome.Failed)
                return outcome;
        }
        return SpecOutcome.Pass;
    }

    /// <summary>The vector's updates stand in order, the best first.</summary>
    public static SpecOutcome RunRanking(ConsensusCase @case)
    {
        int count = (int)Number(@case.Yaml("meta.yaml")["updates_count"]);
        LightClientUpdate[] updates = [.. Enumerable.Range(0, count).Select(i => @case.Read<LightClientUpdate>($"updates_{i}"))];
        for (int i = 0; i < count; i++)
        {
            for (int j = i + 1; j < count; j++)
            {
                if (LightClientUpdates.IsBetter(@case.Preset, updates[j], updates[i]))
                    return new SpecOutcome.Failed($"update {i} before {j}", "the other way");
            }
        }
        return SpecOutcome.Pass;
    }

    public static SpecOutcome RunData(ConsensusCase @case)
    {
        if (RequireElectra(@case) is SpecOutcome.Skipped skipped)
            return skipped;
        CachedState genesis = @case.ReadState("initial_state");
        BeaconBlock first = GenesisBlock(genesis);
        LightClientData data = new(first, genesis);
        Dictionary<Hash32, CachedState> states = new() { [first.HashTreeRoot(@case.Preset)] = genesis };
        foreach (YamlNode step in Yaml.Items(@case.Yaml("steps.yaml")))
        {
            (YamlNode name, YamlNode what) = ((YamlMappingNode)step).Children.Single();
            if (Yaml.Text(name) == "new_block")
            {
                SignedBeaconBlock block = @case.Read<SignedBeaconBlock>(Yaml.Text(what["data"]));
                if (StateTransition.Apply<UnverifiedSignatures>(states[block.Message.ParentRoot], block, new AnsweringEngine(true), out CachedState after) is { } invalid)
                    return new SpecOutcome.Failed("valid", invalid.ToString());
                states[block.Message.HashTreeRoot(@case.Preset)] = after;
                data.Add(block.Message, after);
                continue;
            }
            data.SetHead(Hash(what["head_block_root"]));
            if (Check(@case, data, (YamlMappingNode)what["checks"]) is SpecOutcome.Failed failed)
                return failed;
        }
        return SpecOutcome.Pass;
    }

    /// <summary>The case's network must be under Electra's rules from genesis on.</summary>
    private static SpecOutcome RequireElectra(ConsensusCase @case)
    {
        YamlNode config = @case.Yaml("config.yaml");
        return Yaml.Text(config["ELECTRA_FORK_EPOCH"]) == "0" && FixedBytes.Parse<Bytes4>(Yaml.Text(config["ELECTRA_FORK_VERSION"])) == @case.Config.ElectraForkVersion
            ? SpecOutcome.Pass
            : new SpecOutcome.Skipped("the network begins under an older fork");
    }

    private static SpecOutcome Check(ConsensusCase @case, LightClientData data, YamlMappingNode checks)
    {
        foreach (YamlNode bootstrap in Yaml.Items(checks["bootstraps"]))
        {
            if (Compare(@case, (YamlMappingNode)bootstrap, "bootstrap", data.Bootstrap(Hash(bootstrap["block_root"]))) is SpecOutcome.Failed failed)
                return failed;
        }
        foreach (YamlNode update in Yaml.Items(checks["best_updates"]))
        {
            if (Compare(@case, (YamlMappingNode)update, "update", data.BestUpdate(Number(update["period"]))) is SpecOutcome.Failed failed)
                return failed;
        }
        SpecOutcome finality = Compare(@case, checks, "latest_finality_update", data.Latest is null ? null : LightClientUpdates.ToFinalityUpdate(data.Latest));
        return finality is SpecOutcome.Failed
            ? finality
            : Compare(@case, checks, "latest_optimistic_update", data.Latest is null ? null : LightClientUpdates.ToOptimisticUpdate(data.Latest));
    }

    private static SpecOutcome Compare<T>(ConsensusCase @case, YamlMappingNode parent, string name, T? actual)
        where T : class, ISszContainer<T>
    {
        string expected = parent.Children.TryGetValue(name, out YamlNode? node) ? RootOf(@case, @case.Read<T>(Yaml.Text(node["data"]))) : "none";
        return SpecOutcome.Equal($"{name} {expected}", $"{name} {(actual is null ? "none" : RootOf(@case, actual))}");
    }

    private static string RootOf<T>(ConsensusCase @case, T value)
        where T : ISszContainer<T> => new SszContainer<T>(@case.Preset).RootOf(in value).ToString();

    /// <summary>The block that a genesis state is after: nobody has sent it, and it says nothing. spec: cs/phase0/beacon-chain#genesis-block</summary>
    private static BeaconBlock GenesisBlock(CachedState genesis) => new(Slot.Genesis, default, default, genesis.HashTreeRoot(), BeaconBlockBody.Empty(genesis.Preset));

    private static string Flatten(LightClientHeader header) => FormattableString.Invariant(
        $"{{slot:{header.Beacon.Slot.Value},beacon_root:{header.Beacon.HashTreeRoot()},execution_root:{header.Execution.HashTreeRoot()}}}");

    private static Hash32 Hash(YamlNode node) => FixedBytes.Parse<Hash32>(Yaml.Text(node));

    private static ulong Number(YamlNode node) => ulong.Parse(Yaml.Text(node), NumberStyles.None, CultureInfo.InvariantCulture);
}
