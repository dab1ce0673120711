using Flashback.Client;
using Flashback.Consensus;

namespace Flashback.Api.Beacon.Http;

/// <summary>Who has to do what and when, and who did: <c>/eth/v1/validator/duties/…</c>, <c>liveness</c>. spec: beacon-APIs, Validator</summary>
internal sealed class DutyEndpoints(INodeClient client, Preset preset)
{
    private const string Path = "/eth/v1/validator/";

    public void AddTo(BeaconTable table)
    {
        table.Get(Path + "duties/proposer/{epoch}", ProposersAsync);
        table.Post(Path + "duties/attester/{epoch}", AttestersAsync);
        table.Post(Path + "duties/sync/{epoch}", SyncCommitteeAsync);
        table.Post(Path + "liveness/{epoch}", LivenessAsync);
    }

    private async Task<BeaconAnswer> ProposersAsync(BeaconRequest request)
    {
        Duties<ProposerDuty> duties = await client.GetProposerDutiesAsync(EpochOf(request), request.Cancellation).ConfigureAwait(false);
        return BeaconAnswer.Of(JsonValues.Array(duties.Items, (writer, duty) =>
        {
            writer.WriteHex("pubkey", duty.PublicKey.AsSpan());
            writer.WriteDecimal("validator_index", duty.Validator.Value);
            writer.WriteDecimal("slot", duty.Slot.Value);
        }), new Envelope { DependentRoot = duties.DependentRoot });
    }

    private async Task<BeaconAnswer> AttestersAsync(BeaconRequest request)
    {
        Epoch epoch = EpochOf(request);
        Duties<AttesterDuty> duties = await client.GetAttesterDutiesAsync(epoch, await ValidatorsAsync(request).ConfigureAwait(false), request.Cancellation).ConfigureAwait(false);
        return BeaconAnswer.Of(JsonValues.Array(duties.Items, (writer, duty) =>
        {
            writer.WriteHex("pubkey", duty.PublicKey.AsSpan());
            writer.WriteDecimal("validator_index", duty.Validator.Value);
            writer.WriteDecimal("committee_index", duty.Committee.Value);
            writer.WriteDecimal("committee_length", (ulong)duty.CommitteeLength);
            writer.WriteDecimal("committees_at_slot", duty.CommitteesAtSlot);
            writer.WriteDecimal("validator_committee_index", (ulong)duty.Position);
            writer.WriteDecimal("slot", duty.Slot.Value);
        }), new Envelope { DependentRoot = duties.DependentRoot });
    }

    private async Task<BeaconAnswer> SyncCommitteeAsync(BeaconRequest request)
    {
        Epoch epoch = EpochOf(request);
        IReadOnlyList<SyncCommitteeDuty> duties =
            await client.GetSyncCommitteeDutiesAsync(epoch, await ValidatorsAsync(request).ConfigureAwait(false), request.Cancellation).ConfigureAwait(false);
        return new BeaconAnswer
        {
            WriteJson = JsonValues.Object(root =>
            {
                root.WriteBoolean("execution_optimistic"u8, false);
                root.WritePropertyName("data"u8);
                JsonValues.Array(duties, (writer, duty) =>
                {
                    writer.WriteHex("pubkey", duty.PublicKey.AsSpan());
                    writer.WriteDecimal("validator_index", duty.Validator.Value);
                    writer.WriteNumbers("validator_sync_committee_indices", duty.Places.Select(place => (ulong)place));
                })(root);
            }),
        };
    }

    private async Task<BeaconAnswer> LivenessAsync(BeaconRequest request)
    {
        Epoch epoch = EpochOf(request);
        IReadOnlyList<ValidatorLiveness> seen =
            await client.GetLivenessAsync(epoch, await ValidatorsAsync(request).ConfigureAwait(false), request.Cancellation).ConfigureAwait(false);
        return BeaconAnswer.Of(JsonValues.Array(seen, (writer, validator) =>
        {
            writer.WriteDecimal("index", validator.Validator.Value);
            writer.WriteBoolean("is_live"u8, validator.IsLive);
        }));
    }

    /// <summary>An epoch whose slots have numbers, as those after it.</summary>
    private Epoch EpochOf(BeaconRequest request)
    {
        ulong epoch = request.RouteNumber("epoch");
        return epoch <= ulong.MaxValue / preset.SlotsPerEpoch - 2 ? new Epoch(epoch) : throw BeaconApiException.Invalid($"there is no epoch {epoch}");
    }

    private static async Task<ValidatorIndex[]> ValidatorsAsync(BeaconRequest request)
    {
        string[] indices = await request.ReadJsonListAsync(BeaconJson.Default.StringArray).ConfigureAwait(false);
        return Array.ConvertAll(indices, index => new ValidatorIndex(BeaconRequest.Number("validator_index", index)));
    }
}
