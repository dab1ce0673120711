using System.Globalization;
using System.Numerics;
using Flashback.Chain.Beacon;
using Flashback.Client;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Api.Beacon.Http;

/// <summary>What validators sign, and what they hand over signed: blocks, votes, aggregates, contributions. spec: beacon-APIs, Validator</summary>
internal sealed class ProductionEndpoints(INodeClient client, BeaconChain chain)
{
    private const string Path = "/eth/v1/validator/";
    private const string Path2 = "/eth/v2/validator/";
    private const int MostAggregates = 4096; // of one request
    private const ulong WeiPerGwei = 1_000_000_000;

    private Preset Preset => chain.Preset;

    public void AddTo(BeaconTable table)
    {
        table.Get("/eth/v3/validator/blocks/{slot}", BlockAsync);
        table.Get(Path + "attestation_data", AttestationDataAsync);
        table.Get(Path2 + "aggregate_attestation", AggregateAsync);
        table.Get(Path + "sync_committee_contribution", ContributionAsync);
        table.Post(Path2 + "aggregate_and_proofs", async request =>
        {
            SignedAggregateAndProof[] aggregates = await request.ReadListAsync<SignedAggregateAndProof>(Preset, MostAggregates).ConfigureAwait(false);
            return await Publication.EachAsync(aggregates, part => client.PublishAggregatesAsync(part, request.Cancellation)).ConfigureAwait(false);
        });
        table.Post(Path + "contribution_and_proofs", async request =>
        {
            SignedContributionAndProof[] contributions = await request.ReadListAsync<SignedContributionAndProof>(Preset, MostAggregates).ConfigureAwait(false);
            return await Publication.EachAsync(contributions, part => client.PublishContributionsAsync(part, request.Cancellation)).ConfigureAwait(false);
        });
    }

    /// <remarks>Blocks are built here, whatever <c>builder_boost_factor</c> says: there is no builder elsewhere.</remarks>
    private async Task<BeaconAnswer> BlockAsync(BeaconRequest request)
    {
        Slot slot = new(request.RouteNumber("slot"));
        _ = request.QueryNumber("builder_boost_factor");
        Bytes96 randao = request.RequiredBytes<Bytes96>("randao_reveal");
        Hash32 graffiti = request.QueryBytes<Hash32>("graffiti") ?? Hash32.Zero;
        ProducedBlock produced = await client.ProduceBlockAsync(slot, randao, graffiti, request.Cancellation).ConfigureAwait(false);
        BlockContents contents = new(produced.Block, [.. produced.Blobs.Proofs], [.. produced.Blobs.Blobs.Select(blob => blob.ToArray())]);
        BlockReward reward = chain.RewardOf(produced.Block) ?? throw new NodeException(NodeFault.Failed, $"what the block of {slot} pays is not known");
        string executionValue = ((BigInteger)produced.ExecutionValue).ToString(CultureInfo.InvariantCulture);
        string consensusValue = (new BigInteger(reward.Total.Value) * WeiPerGwei).ToString(CultureInfo.InvariantCulture);
        return new BeaconAnswer
        {
            WriteJson = JsonValues.Object(writer =>
            {
                Envelope.Versioned.WriteMembers(writer);
                writer.WriteBoolean("execution_payload_blinded"u8, false);
                writer.WriteString("execution_payload_value"u8, executionValue);
                writer.WriteString("consensus_block_value"u8, consensusValue);
                writer.WriteContainer("data", contents, Preset);
            }),
            Encode = () => contents.Encode(Preset),
            Headers =
            [
                ("Eth-Consensus-Version", Envelope.Version), ("Eth-Execution-Payload-Blinded", "false"),
                ("Eth-Execution-Payload-Value", executionValue), ("Eth-Consensus-Block-Value", consensusValue),
            ],
        };
    }

    private async Task<BeaconAnswer> AttestationDataAsync(BeaconRequest request)
    {
        Slot slot = new(request.RequiredNumber("slot"));
        _ = request.QueryNumber("committee_index"); // all committees of a slot vote for the same. spec: EIP-7549
        AttestationData data = await client.ProduceAttestationDataAsync(slot, request.Cancellation).ConfigureAwait(false);
        return BeaconAnswer.Of(Preset, data);
    }

    private async Task<BeaconAnswer> AggregateAsync(BeaconRequest request)
    {
        Hash32 root = request.RequiredBytes<Hash32>("attestation_data_root");
        Slot slot = new(request.RequiredNumber("slot"));
        CommitteeIndex committee = new(request.RequiredNumber("committee_index"));
        return await client.GetAggregateAsync(slot, root, committee, request.Cancellation).ConfigureAwait(false) is { } aggregate
            ? BeaconAnswer.Of(Preset, aggregate, Envelope.Versioned)
            : throw BeaconApiException.NotFound($"there are no votes of committee {committee.Value} for {root}");
    }

    private async Task<BeaconAnswer> ContributionAsync(BeaconRequest request)
    {
        Slot slot = new(request.RequiredNumber("slot"));
        ulong part = request.RequiredNumber("subcommittee_index");
        if (part >= Preset.SyncCommitteeSubnetCount)
            throw BeaconApiException.Invalid($"there is no part {part} of a sync committee");
        Hash32 root = request.RequiredBytes<Hash32>("beacon_block_root");
        return await client.ProduceContributionAsync(slot, part, root, request.Cancellation).ConfigureAwait(false) is { } contribution
            ? BeaconAnswer.Of(Preset, contribution)
            : throw BeaconApiException.NotFound($"there are no votes of part {part} for {root}");
    }
}
