using Flashback.Client;
using Flashback.Consensus;
using Flashback.Primitives;
using Microsoft.AspNetCore.Http;

namespace Flashback.Api.Beacon.Http;

/// <summary>What validators tell the node beforehand: subscriptions, fee recipients. spec: beacon-APIs, Validator</summary>
internal sealed class PreparationEndpoints(INodeClient client)
{
    private const string Path = "/eth/v1/validator/";

    public void AddTo(BeaconTable table)
    {
        table.Post(Path + "beacon_committee_subscriptions", async request =>
        {
            CommitteeSubscriptionRequest[] wanted = await request.ReadJsonListAsync(BeaconJson.Default.CommitteeSubscriptionRequestArray).ConfigureAwait(false);
            CommitteeSubscription[] subscriptions = Array.ConvertAll(wanted, one => new CommitteeSubscription(
                new ValidatorIndex(one.ValidatorIndex), new CommitteeIndex(one.CommitteeIndex), one.CommitteesAtSlot, new Slot(one.Slot), one.IsAggregator));
            await client.SubscribeCommitteesAsync(subscriptions, request.Cancellation).ConfigureAwait(false);
            return BeaconAnswer.Empty;
        });
        table.Post(Path + "sync_committee_subscriptions", async request =>
        {
            SyncCommitteeSubscriptionRequest[] wanted = await request.ReadJsonListAsync(BeaconJson.Default.SyncCommitteeSubscriptionRequestArray).ConfigureAwait(false);
            SyncCommitteeSubscription[] subscriptions = Array.ConvertAll(wanted, one =>
                new SyncCommitteeSubscription(new ValidatorIndex(one.ValidatorIndex), one.SyncCommitteeIndices, new Epoch(one.UntilEpoch)));
            await client.SubscribeSyncCommitteesAsync(subscriptions, request.Cancellation).ConfigureAwait(false);
            return BeaconAnswer.Empty;
        });
        table.Post(Path + "prepare_beacon_proposer", async request =>
        {
            ProposerPreparationRequest[] wanted = await request.ReadJsonListAsync(BeaconJson.Default.ProposerPreparationRequestArray).ConfigureAwait(false);
            ProposerPreparation[] preparations = Array.ConvertAll(wanted, one =>
                new ProposerPreparation(new ValidatorIndex(one.ValidatorIndex), BeaconRequest.Bytes<Address>("fee_recipient", one.FeeRecipient)));
            await client.PrepareProposersAsync(preparations, request.Cancellation).ConfigureAwait(false);
            return BeaconAnswer.Empty;
        });
        // For builders elsewhere, of which there are none; validator clients register all the same.
        table.Post(Path + "register_validator", async request =>
        {
            _ = await request.ReadJsonListAsync(BeaconJson.Default.ValidatorRegistrationRequestArray).ConfigureAwait(false);
            return BeaconAnswer.Empty;
        });
        table.Post(Path + "beacon_committee_selections", _ => throw NotDistributed());
        table.Post(Path + "sync_committee_selections", _ => throw NotDistributed());
    }

    private static BeaconApiException NotDistributed() => new(StatusCodes.Status501NotImplemented, "only what joins the parts of a distributed validator answers this");
}
