using System.Text.Json;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Api.Beacon.Http;

/// <summary>The validators of a state: <c>/eth/v1/beacon/states/{state_id}/validator…</c>. spec: beacon-APIs, Beacon</summary>
internal sealed class ValidatorEndpoints(ChainLookup lookup)
{
    private const string States = "/eth/v1/beacon/states/{state_id}/";

    public void AddTo(BeaconTable table)
    {
        table.Get(States + "validators", request => Validators(request, request.QueryList("id"), request.QueryList("status")));
        table.Post(States + "validators", async request =>
        {
            ValidatorFilter filter = await request.ReadJsonAsync(BeaconJson.Default.ValidatorFilter).ConfigureAwait(false);
            return (filter.Ids?.Contains(null!) ?? false) || (filter.Statuses?.Contains(null!) ?? false)
                ? throw BeaconApiException.Invalid("invalid body: null in a list")
                : Validators(request, filter.Ids ?? [], filter.Statuses ?? []);
        });
        table.Get(States + "validators/{validator_id}", One);
        table.Get(States + "validator_balances", request => Balances(request, request.QueryList("id")));
        table.Post(States + "validator_balances", async request => Balances(request, await request.ReadJsonListAsync(BeaconJson.Default.StringArray).ConfigureAwait(false)));
        table.Post(States + "validator_identities", async request => Identities(request, await request.ReadJsonListAsync(BeaconJson.Default.StringArray).ConfigureAwait(false)));
    }

    private BeaconAnswer Validators(BeaconRequest request, IReadOnlyList<string> ids, IReadOnlyList<string> filters)
    {
        HashSet<string> statuses = [];
        foreach (string filter in filters)
        {
            if (!ValidatorStatus.TryExpand(filter, out IReadOnlyList<string>? meant))
                throw BeaconApiException.Invalid($"there is no status {BeaconRequest.Shown(filter)}");
            statuses.UnionWith(meant);
        }
        NamedState state = lookup.State(request.Route("state_id"));
        Epoch epoch = state.Cached.GetCurrentEpoch();
        IEnumerable<int> found = Places(state.State, ids)
            .Where(index => statuses.Count == 0 || statuses.Contains(ValidatorStatus.Of(state.State.Validators[index], state.State.Balances[index], epoch)));
        return BeaconAnswer.Of(JsonValues.Array(found, (writer, index) => Write(writer, state, epoch, index)), state.Envelope);
    }

    private BeaconAnswer One(BeaconRequest request)
    {
        NamedState state = lookup.State(request.Route("state_id"));
        string id = request.Route("validator_id");
        int[] places = [.. Places(state.State, [id])];
        return places.Length == 0
            ? throw BeaconApiException.NotFound($"there is no validator {BeaconRequest.Shown(id)}")
            : BeaconAnswer.Of(JsonValues.Object(writer => Write(writer, state, state.Cached.GetCurrentEpoch(), places[0])), state.Envelope);
    }

    private BeaconAnswer Balances(BeaconRequest request, IReadOnlyList<string> ids)
    {
        NamedState state = lookup.State(request.Route("state_id"));
        return BeaconAnswer.Of(JsonValues.Array(Places(state.State, ids), (writer, index) =>
        {
            writer.WriteDecimal("index", (ulong)index);
            writer.WriteDecimal("balance", state.State.Balances[index].Value);
        }), state.Envelope);
    }

    private BeaconAnswer Identities(BeaconRequest request, IReadOnlyList<string> ids)
    {
        NamedState state = lookup.State(request.Route("state_id"));
        return BeaconAnswer.Of(JsonValues.Array(Places(state.State, ids), (writer, index) =>
        {
            Validator validator = state.State.Validators[index];
            writer.WriteDecimal("index", (ulong)index);
            writer.WriteHex("pubkey", validator.PublicKey.AsSpan());
            writer.WriteDecimal("activation_epoch", validator.ActivationEpoch.Value);
        }), state.Envelope);
    }

    /// <summary>The validators that are named by index or key, in order, each once; all where none is named. Those that are not there are left out.</summary>
    private static IEnumerable<int> Places(BeaconState state, IReadOnlyList<string> ids)
    {
        ValidatorRegistry validators = state.Validators;
        if (ids.Count == 0)
            return Enumerable.Range(0, validators.Count);
        SortedSet<int> places = [];
        foreach (string id in ids)
        {
            int place = -1;
            if (id.StartsWith("0x", StringComparison.Ordinal))
                place = validators.IndexOf(BeaconRequest.Bytes<Bytes48>("validator_id", id));
            else if (BeaconRequest.Number("validator_id", id) is var index && index < (ulong)validators.Count)
                place = (int)index;
            if (place >= 0)
                _ = places.Add(place);
        }
        return places;
    }

    private static void Write(Utf8JsonWriter writer, NamedState state, Epoch epoch, int index)
    {
        Validator validator = state.State.Validators[index];
        Gwei balance = state.State.Balances[index];
        writer.WriteDecimal("index", (ulong)index);
        writer.WriteDecimal("balance", balance.Value);
        writer.WriteString("status"u8, ValidatorStatus.Of(validator, balance, epoch));
        writer.WriteContainer("validator", validator);
    }
}
