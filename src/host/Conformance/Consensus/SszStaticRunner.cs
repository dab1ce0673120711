using System.Text.Json;
using Flashback.Consensus;
using Flashback.Primitives;
using YamlDotNet.RepresentationModel;

namespace Flashback.Conformance;

/// <summary>A container: its encoding is read, has the root given, and comes out again; in JSON it says what value.yaml says. spec: cs/tests/formats/ssz_static/core</summary>
internal static class SszStaticRunner
{
    private static readonly Dictionary<string, ConsensusRunner> Containers = new()
    {
        ["AggregateAndProof"] = Check<AggregateAndProof>,
        ["Attestation"] = Check<Attestation>,
        ["AttestationData"] = Check<AttestationData>,
        ["AttesterSlashing"] = Check<AttesterSlashing>,
        ["BLSToExecutionChange"] = Check<BlsToExecutionChange>,
        ["BeaconBlock"] = Check<BeaconBlock>,
        ["BeaconBlockBody"] = Check<BeaconBlockBody>,
        ["BeaconBlockHeader"] = Check<BeaconBlockHeader>,
        ["BeaconState"] = Check<BeaconState>,
        ["BlobIdentifier"] = Check<BlobIdentifier>,
        ["BlobSidecar"] = Check<BlobSidecar>,
        ["Checkpoint"] = Check<Checkpoint>,
        ["ConsolidationRequest"] = Check<ConsolidationRequest>,
        ["ContributionAndProof"] = Check<ContributionAndProof>,
        ["Deposit"] = Check<Deposit>,
        ["DepositData"] = Check<DepositData>,
        ["DepositMessage"] = Check<DepositMessage>,
        ["DepositRequest"] = Check<DepositRequest>,
        ["Eth1Block"] = Check<Eth1Block>,
        ["Eth1Data"] = Check<Eth1Data>,
        ["ExecutionPayload"] = Check<ExecutionPayload>,
        ["ExecutionPayloadHeader"] = Check<ExecutionPayloadHeader>,
        ["ExecutionRequests"] = Check<ExecutionRequests>,
        ["Fork"] = Check<Fork>,
        ["ForkData"] = Check<ForkData>,
        ["HistoricalBatch"] = Check<HistoricalBatch>,
        ["HistoricalSummary"] = Check<HistoricalSummary>,
        ["IndexedAttestation"] = Check<IndexedAttestation>,
        ["LightClientBootstrap"] = Check<LightClientBootstrap>,
        ["LightClientFinalityUpdate"] = Check<LightClientFinalityUpdate>,
        ["LightClientHeader"] = Check<LightClientHeader>,
        ["LightClientOptimisticUpdate"] = Check<LightClientOptimisticUpdate>,
        ["LightClientUpdate"] = Check<LightClientUpdate>,
        ["PendingAttestation"] = Check<PendingAttestation>,
        ["PendingConsolidation"] = Check<PendingConsolidation>,
        ["PendingDeposit"] = Check<PendingDeposit>,
        ["PendingPartialWithdrawal"] = Check<PendingPartialWithdrawal>,
        ["PowBlock"] = Check<PowBlock>,
        ["ProposerSlashing"] = Check<ProposerSlashing>,
        ["SignedAggregateAndProof"] = Check<SignedAggregateAndProof>,
        ["SignedBLSToExecutionChange"] = Check<SignedBlsToExecutionChange>,
        ["SignedBeaconBlock"] = Check<SignedBeaconBlock>,
        ["SignedBeaconBlockHeader"] = Check<SignedBeaconBlockHeader>,
        ["SignedContributionAndProof"] = Check<SignedContributionAndProof>,
        ["SignedVoluntaryExit"] = Check<SignedVoluntaryExit>,
        ["SigningData"] = Check<SigningData>,
        ["SingleAttestation"] = Check<SingleAttestation>,
        ["SyncAggregate"] = Check<SyncAggregate>,
        ["SyncAggregatorSelectionData"] = Check<SyncAggregatorSelectionData>,
        ["SyncCommittee"] = Check<SyncCommittee>,
        ["SyncCommitteeContribution"] = Check<SyncCommitteeContribution>,
        ["SyncCommitteeMessage"] = Check<SyncCommitteeMessage>,
        ["Validator"] = Check<Validator>,
        ["VoluntaryExit"] = Check<VoluntaryExit>,
        ["Withdrawal"] = Check<Withdrawal>,
        ["WithdrawalRequest"] = Check<WithdrawalRequest>,
    };

    public static SpecOutcome Run(ConsensusCase @case) =>
        Containers.TryGetValue(@case.Handler, out ConsensusRunner? check) ? check(@case) : throw new InvalidDataException($"no container is called {@case.Handler}");

    private static SpecOutcome Check<T>(ConsensusCase @case)
        where T : ISszContainer<T>
    {
        byte[] encoding = @case.Bytes("serialized");
        T value = @case.Read<T>("serialized");
        SszContainer<T> codec = new(@case.Preset);
        string root = codec.RootOf(in value).ToString();
        SpecOutcome outcome = SpecOutcome.Equal(Yaml.Text(@case.Yaml("roots.yaml")["root"]), root);
        if (outcome != SpecOutcome.Pass)
            return outcome;
        return encoding.AsSpan().SequenceEqual(Ssz.Encode(codec, in value)) ? CheckJson(@case.Yaml("value.yaml"), codec, in value, root) : new SpecOutcome.Failed("the same encoding again", "another");
    }

    /// <summary>The value in JSON has the names and values of value.yaml, and reads back to the same root. spec: cs/ssz/simple-serialize#json-mapping</summary>
    private static SpecOutcome CheckJson<T>(YamlNode words, SszContainer<T> codec, in T value, string root)
        where T : ISszContainer<T>
    {
        byte[] json = Ssz.ToJson(codec, in value);
        using JsonDocument document = JsonDocument.Parse(json);
        if (Difference(words, document.RootElement, typeof(T).Name) is { } difference)
            return difference;
        return Ssz.TryParseJson<T, SszContainer<T>>(codec, json, out T? again, out SszFault fault)
            ? SpecOutcome.Equal(root, codec.RootOf(in again).ToString())
            : new SpecOutcome.Failed("the JSON is read again", fault.ToString());
    }

    /// <summary>The first place where JSON says something else than the vector's words, or null.</summary>
    private static SpecOutcome.Failed? Difference(YamlNode words, JsonElement json, string where)
    {
        switch (words)
        {
            case YamlMappingNode map when json.ValueKind == JsonValueKind.Object:
                string[] names = [.. map.Children.Keys.Select(Yaml.Text)];
                string[] ours = [.. json.EnumerateObject().Select(field => field.Name)];
                return names.SequenceEqual(ours)
                    ? names.Select(name => Difference(map[name], json.GetProperty(name), $"{where}.{name}")).FirstOrDefault(found => found is not null)
                    : new SpecOutcome.Failed($"{where}: {string.Join(' ', names)}", string.Join(' ', ours));
            case YamlSequenceNode list when json.ValueKind == JsonValueKind.Array && json.GetArrayLength() == list.Children.Count:
                return json.EnumerateArray().Select((item, i) => Difference(list[i], item, $"{where}[{i}]")).FirstOrDefault(found => found is not null);
            case YamlScalarNode scalar:
                string text = json.ValueKind switch { JsonValueKind.String => json.GetString()!, JsonValueKind.True => "true", JsonValueKind.False => "false", _ => $"a {json.ValueKind}" };
                return text == Yaml.Text(scalar) ? null : new SpecOutcome.Failed($"{where}: {Yaml.Text(scalar)}", text);
            default:
                return new SpecOutcome.Failed($"{where}: a {words.NodeType}", $"a {json.ValueKind}");
        }
    }
}
