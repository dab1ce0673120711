using System.Text.Json;
using Flashback.Chain.Beacon;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Api.Beacon.Http;

/// <summary>What happens on the chain, as topics with their data. spec: beacon-APIs eventstream</summary>
/// <remarks>Not among them: <c>block_gossip</c>, for a block is checked whole before it is passed on and <c>block</c> tells of it; <c>payload_attributes</c>, which is for builders of others.</remarks>
internal static class EventTopics
{
    /// <summary>The topics that are told of.</summary>
    public static IReadOnlySet<string> All { get; } = new HashSet<string>
    {
        "head", "block", "attestation", "single_attestation", "voluntary_exit", "bls_to_execution_change", "proposer_slashing", "attester_slashing", "finalized_checkpoint",
        "chain_reorg", "contribution_and_proof", "light_client_finality_update", "light_client_optimistic_update", "blob_sidecar",
    };

    /// <summary>The topics of an event, each with what writes its data.</summary>
    public static IEnumerable<(string Topic, Action<Utf8JsonWriter> Data)> Of(BeaconEvent happened, Preset preset) => happened switch
    {
        BeaconEvent.Head head => [("head", HeadData(head))],
        BeaconEvent.BlockImported block => [("block", JsonValues.Object(writer =>
        {
            writer.WriteDecimal("slot", block.Slot.Value);
            writer.WriteHex("block", block.Root.AsSpan());
            writer.WriteBoolean("execution_optimistic"u8, false);
        }))],
        BeaconEvent.Reorganisation reorganisation => [("chain_reorg", ReorganisationData(reorganisation, preset))],
        BeaconEvent.Finalized finalized => [("finalized_checkpoint", JsonValues.Object(writer =>
        {
            writer.WriteHex("block", finalized.Checkpoint.Root.AsSpan());
            writer.WriteHex("state", finalized.StateRoot.AsSpan());
            writer.WriteDecimal("epoch", finalized.Checkpoint.Epoch.Value);
            writer.WriteBoolean("execution_optimistic"u8, false);
        }))],
        BeaconEvent.Vote vote => [("single_attestation", Container(vote.Attestation, preset))],
        BeaconEvent.Aggregate aggregate => [("attestation", Container(aggregate.Attestation.Message.Aggregate, preset))],
        BeaconEvent.Contribution contribution => [("contribution_and_proof", Container(contribution.Signed, preset))],
        BeaconEvent.Exit exit => [("voluntary_exit", Container(exit.Signed, preset))],
        BeaconEvent.ProposerCaught caught => [("proposer_slashing", Container(caught.Slashing, preset))],
        BeaconEvent.AttestersCaught caught => [("attester_slashing", Container(caught.Slashing, preset))],
        BeaconEvent.CredentialsChange change => [("bls_to_execution_change", Container(change.Signed, preset))],
        BeaconEvent.Blob blob => [("blob_sidecar", BlobData(blob))],
        BeaconEvent.LightClientNews news => LightClientData(news.Update, preset),
        _ => [],
    };

    private static Action<Utf8JsonWriter> Container<T>(T value, Preset preset)
        where T : ISszContainer<T> => writer => value.WriteJson(preset, writer);

    private static Action<Utf8JsonWriter> HeadData(BeaconEvent.Head head) => JsonValues.Object(writer =>
    {
        writer.WriteDecimal("slot", head.Slot.Value);
        writer.WriteHex("block", head.Block.AsSpan());
        writer.WriteHex("state", head.StateRoot.AsSpan());
        writer.WriteBoolean("epoch_transition"u8, head.IsEpochTransition);
        writer.WriteHex("previous_duty_dependent_root", head.PreviousDutyDependentRoot.AsSpan());
        writer.WriteHex("current_duty_dependent_root", head.CurrentDutyDependentRoot.AsSpan());
        writer.WriteBoolean("execution_optimistic"u8, false);
    });

    private static Action<Utf8JsonWriter> ReorganisationData(BeaconEvent.Reorganisation reorganisation, Preset preset) => JsonValues.Object(writer =>
    {
        writer.WriteDecimal("slot", reorganisation.Slot.Value);
        writer.WriteDecimal("depth", reorganisation.Depth);
        writer.WriteHex("old_head_block", reorganisation.OldHead.AsSpan());
        writer.WriteHex("new_head_block", reorganisation.NewHead.AsSpan());
        writer.WriteHex("old_head_state", reorganisation.OldState.AsSpan());
        writer.WriteHex("new_head_state", reorganisation.NewState.AsSpan());
        writer.WriteDecimal("epoch", preset.EpochAt(reorganisation.Slot).Value);
        writer.WriteBoolean("execution_optimistic"u8, false);
    });

    private static Action<Utf8JsonWriter> BlobData(BeaconEvent.Blob blob) => JsonValues.Object(writer =>
    {
        byte[] versionedHash = [1, .. Sha256.Hash(blob.Commitment.AsSpan()).AsSpan()[1..]]; // EIP-4844, kzg_to_versioned_hash
        writer.WriteHex("block_root", blob.Block.AsSpan());
        writer.WriteDecimal("index", blob.Index);
        writer.WriteDecimal("slot", blob.Slot.Value);
        writer.WriteHex("kzg_commitment", blob.Commitment.AsSpan());
        writer.WriteHex("versioned_hash", versionedHash);
    });

    private static IEnumerable<(string, Action<Utf8JsonWriter>)> LightClientData(LightClientUpdate update, Preset preset)
    {
        yield return ("light_client_optimistic_update", Versioned(LightClientUpdates.ToOptimisticUpdate(update), preset));
        if (LightClientUpdates.HasFinality(update))
            yield return ("light_client_finality_update", Versioned(LightClientUpdates.ToFinalityUpdate(update), preset));
    }

    private static Action<Utf8JsonWriter> Versioned<T>(T value, Preset preset)
        where T : ISszContainer<T> => JsonValues.Object(writer =>
        {
            Envelope.Versioned.WriteMembers(writer);
            writer.WriteContainer("data", value, preset);
        });
}
