using System.Buffers.Binary;
using System.Text.Json;
using Flashback.Chain.Beacon;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Api.Beacon.Http;

/// <summary>What light clients ask: <c>/eth/v1/beacon/light_client/…</c>. spec: beacon-APIs, Light client</summary>
internal sealed class LightClientEndpoints(BeaconChain chain)
{
    private const string Path = "/eth/v1/beacon/light_client/";
    private const ulong MostUpdates = 128; // cs/altair/light-client/p2p-interface#configuration, MAX_REQUEST_LIGHT_CLIENT_UPDATES

    public void AddTo(BeaconTable table)
    {
        table.Get(Path + "bootstrap/{block_root}", Bootstrap);
        table.Get(Path + "updates", Updates);
        table.Get(Path + "finality_update", _ => chain.AskLightClientData(data => data.Latest) is { } latest && LightClientUpdates.HasFinality(latest)
            ? BeaconAnswer.Of(chain.Preset, LightClientUpdates.ToFinalityUpdate(latest), Envelope.Versioned)
            : throw BeaconApiException.NotFound("nothing that the sync committee signed is final yet"));
        table.Get(Path + "optimistic_update", _ => chain.AskLightClientData(data => data.Latest) is { } latest
            ? BeaconAnswer.Of(chain.Preset, LightClientUpdates.ToOptimisticUpdate(latest), Envelope.Versioned)
            : throw BeaconApiException.NotFound("the sync committee has not signed yet"));
    }

    private BeaconAnswer Bootstrap(BeaconRequest request)
    {
        string id = request.Route("block_root");
        Hash32 root = BeaconRequest.Bytes<Hash32>("block_root", id);
        return chain.AskLightClientData(data => data.Bootstrap(root)) is { } bootstrap
            ? BeaconAnswer.Of(chain.Preset, bootstrap, Envelope.Versioned)
            : throw BeaconApiException.NotFound($"{root} is no final block at the boundary of an epoch");
    }

    private BeaconAnswer Updates(BeaconRequest request)
    {
        ulong start = request.RequiredNumber("start_period"), count = Math.Min(request.RequiredNumber("count"), MostUpdates);
        if (count == 0 || start > ulong.MaxValue - count)
            throw BeaconApiException.Invalid("count is 1 at least, and start_period leaves room for it");
        List<LightClientUpdate> updates = chain.AskLightClientData(data =>
        {
            List<LightClientUpdate> found = [];
            for (ulong period = start; period < start + count; period++)
            {
                if (data.BestUpdate(period) is { } update)
                    found.Add(update);
            }
            return found;
        });
        return new BeaconAnswer { WriteJson = writer => Write(writer, updates), Encode = () => Encode(updates) };
    }

    private void Write(Utf8JsonWriter writer, List<LightClientUpdate> updates)
    {
        writer.WriteStartArray();
        foreach (LightClientUpdate update in updates)
        {
            writer.WriteStartObject();
            Envelope.Versioned.WriteMembers(writer);
            writer.WriteContainer("data", update, chain.Preset);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    /// <summary>Each update with its length and its fork before it. spec: beacon-APIs getLightClientUpdatesByRange, application/octet-stream</summary>
    private byte[] Encode(List<LightClientUpdate> updates)
    {
        const int LengthSize = sizeof(ulong);
        using MemoryStream output = new();
        byte[] digest = chain.ForkDigest.AsSpan().ToArray(), length = new byte[LengthSize];
        foreach (LightClientUpdate update in updates)
        {
            byte[] encoded = update.Encode(chain.Preset);
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)(digest.Length + encoded.Length));
            output.Write(length);
            output.Write(digest);
            output.Write(encoded);
        }
        return output.ToArray();
    }
}
