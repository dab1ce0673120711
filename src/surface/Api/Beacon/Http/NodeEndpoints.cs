using System.Text.Json;
using Flashback.Client;
using Flashback.Network;
using Microsoft.AspNetCore.Http;

namespace Flashback.Api.Beacon.Http;

/// <summary>The node itself, and its peers: <c>/eth/v1/node/…</c>. spec: beacon-APIs, Node</summary>
/// <remarks>Peers have names here, not records of discovery: members that tell of those are empty or null.</remarks>
internal sealed class NodeEndpoints(BeaconApiNode node)
{
    private const string Path = "/eth/v1/node/";

    public void AddTo(BeaconTable table)
    {
        table.Get(Path + "identity", _ => Identity());
        table.Get(Path + "version", _ => BeaconAnswer.Of(JsonValues.Object(writer => writer.WriteString("version"u8, ClientVersion.Text))));
        table.Get(Path + "peers", Peers);
        table.Get(Path + "peers/{peer_id}", request => node.Node.Peers.Any(peer => peer.Name == request.Route("peer_id"))
            ? BeaconAnswer.Of(JsonValues.Object(writer => WritePeer(writer, new PeerId(request.Route("peer_id")))))
            : throw BeaconApiException.NotFound($"there is no peer {BeaconRequest.Shown(request.Route("peer_id"))}"));
        table.Get(Path + "peer_count", _ => PeerCount());
        table.Get(Path + "syncing", SyncingAsync);
        table.Get(Path + "health", HealthAsync);
    }

    private BeaconAnswer Identity() => BeaconAnswer.Of(JsonValues.Object(writer =>
    {
        writer.WriteString("peer_id"u8, node.Name);
        writer.WriteString("enr"u8, ""u8);
        foreach (string addresses in (string[])["p2p_addresses", "discovery_addresses"])
        {
            writer.WriteStartArray(addresses);
            writer.WriteEndArray();
        }
        writer.WriteStartObject("metadata"u8);
        writer.WriteDecimal("seq_number", 0);
        writer.WriteHex("attnets", [byte.MaxValue, byte.MaxValue, byte.MaxValue, byte.MaxValue, byte.MaxValue, byte.MaxValue, byte.MaxValue, byte.MaxValue]); // every message goes to all
        writer.WriteHex("syncnets", [0x0f]);
        writer.WriteEndObject();
    }));

    private BeaconAnswer Peers(BeaconRequest request)
    {
        IReadOnlyList<string> states = request.QueryList("state"), directions = request.QueryList("direction");
        if (states.FirstOrDefault(state => state is not ("connected" or "connecting" or "disconnected" or "disconnecting")) is { } unknown)
            throw BeaconApiException.Invalid($"there is no state {BeaconRequest.Shown(unknown)}");
        if (directions.FirstOrDefault(direction => direction is not ("inbound" or "outbound")) is { } odd)
            throw BeaconApiException.Invalid($"there is no direction {BeaconRequest.Shown(odd)}");
        PeerId[] peers = states.Count == 0 || states.Contains("connected") ? [.. node.Node.Peers] : [];
        return new BeaconAnswer
        {
            WriteJson = JsonValues.Object(writer =>
            {
                writer.WritePropertyName("data"u8);
                JsonValues.Array(peers, WritePeer)(writer);
                writer.WriteStartObject("meta"u8);
                writer.WriteNumber("count"u8, peers.Length);
                writer.WriteEndObject();
            }),
        };
    }

    private BeaconAnswer PeerCount() => BeaconAnswer.Of(JsonValues.Object(writer =>
    {
        writer.WriteDecimal("disconnected", 0);
        writer.WriteDecimal("connecting", 0);
        writer.WriteDecimal("connected", (ulong)node.Node.Peers.Count);
        writer.WriteDecimal("disconnecting", 0);
    }));

    private async Task<BeaconAnswer> SyncingAsync(BeaconRequest request)
    {
        NodeSyncing syncing = await node.Client.GetSyncingAsync(request.Cancellation).ConfigureAwait(false);
        return BeaconAnswer.Of(JsonValues.Object(writer =>
        {
            writer.WriteDecimal("head_slot", syncing.HeadSlot.Value);
            writer.WriteDecimal("sync_distance", syncing.SyncDistance);
            writer.WriteBoolean("is_syncing"u8, syncing.IsSyncing);
            writer.WriteBoolean("is_optimistic"u8, false);
            writer.WriteBoolean("el_offline"u8, false);
        }));
    }

    private async Task<BeaconAnswer> HealthAsync(BeaconRequest request)
    {
        ulong? wanted = request.QueryNumber("syncing_status");
        if (wanted is < 100 or > 599)
            throw BeaconApiException.Invalid("syncing_status is a status of HTTP");
        NodeSyncing syncing = await node.Client.GetSyncingAsync(request.Cancellation).ConfigureAwait(false);
        return new BeaconAnswer { Status = !syncing.IsSyncing ? StatusCodes.Status200OK : (int)(wanted ?? StatusCodes.Status206PartialContent) };
    }

    private static void WritePeer(Utf8JsonWriter writer, PeerId peer)
    {
        writer.WriteString("peer_id"u8, peer.Name);
        writer.WriteNull("enr"u8);
        writer.WriteString("last_seen_p2p_address"u8, ""u8);
        writer.WriteString("state"u8, "connected"u8);
        writer.WriteNull("direction"u8);
    }
}
