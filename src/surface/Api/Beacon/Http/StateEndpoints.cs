using System.Text.Json;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Api.Beacon.Http;

/// <summary>What a state says but for its validators: <c>/eth/v1/beacon/states/{state_id}/…</c>. spec: beacon-APIs, Beacon</summary>
internal sealed class StateEndpoints(ChainLookup lookup)
{
    private const string States = "/eth/v1/beacon/states/{state_id}/";

    public void AddTo(BeaconTable table)
    {
        table.Get("/eth/v1/beacon/genesis", _ => Genesis());
        table.Get(States + "root", Root);
        table.Get(States + "fork", request => With(request, state => BeaconAnswer.Of(writer => Write(writer, state.State.Fork), state.Envelope)));
        table.Get(States + "finality_checkpoints", request => With(request, state => BeaconAnswer.Of(Finality(state.State), state.Envelope)));
        table.Get(States + "committees", request => With(request, state => Committees(request, state)));
        table.Get(States + "sync_committees", request => With(request, state => SyncCommittees(request, state)));
        table.Get(States + "randao", request => With(request, state => Randao(request, state)));
        table.Get(States + "pending_deposits", request => With(request, state => Waiting(state, state.State.PendingDeposits.ToArray())));
        table.Get(States + "pending_partial_withdrawals", request => With(request, state => Waiting(state, state.State.PendingPartialWithdrawals.ToArray())));
        table.Get(States + "pending_consolidations", request => With(request, state => Waiting(state, state.State.PendingConsolidations.ToArray())));
    }

    private BeaconAnswer With(BeaconRequest request, Func<NamedState, BeaconAnswer> tell) => tell(lookup.State(request.Route("state_id")));

    private BeaconAnswer Genesis() => BeaconAnswer.Of(JsonValues.Object(writer =>
    {
        writer.WriteDecimal("genesis_time", lookup.Chain.GenesisTime);
        writer.WriteHex("genesis_validators_root", lookup.Chain.GenesisValidatorsRoot.AsSpan());
        writer.WriteHex("genesis_fork_version", lookup.Chain.Config.GenesisForkVersion.AsSpan());
    }));

    private BeaconAnswer Root(BeaconRequest request) => With(request, state =>
    {
        Hash32 root = state.Cached.HashTreeRoot();
        return BeaconAnswer.Of(JsonValues.Object(writer => writer.WriteHex("root", root.AsSpan())), state.Envelope);
    });

    private static Action<Utf8JsonWriter> Finality(BeaconState state) => JsonValues.Object(writer =>
    {
        writer.WriteContainer("previous_justified", state.PreviousJustifiedCheckpoint);
        writer.WriteContainer("current_justified", state.CurrentJustifiedCheckpoint);
        writer.WriteContainer("finalized", state.FinalizedCheckpoint);
    });

    private BeaconAnswer Committees(BeaconRequest request, NamedState state)
    {
        Epoch epoch = EpochOf(request, state);
        ulong? index = request.QueryNumber("index"), slot = request.QueryNumber("slot");
        if (epoch < state.Cached.GetPreviousEpoch() || epoch > state.Cached.GetCurrentEpoch() + 1)
            throw BeaconApiException.Invalid($"the committees of {epoch} are not known in the state of {state.State.Slot}");
        if (slot is { } wanted && lookup.Preset.EpochAt(new Slot(wanted)) != epoch)
            throw BeaconApiException.Invalid($"slot {wanted} is not of {epoch}");
        Committees committees = state.Cached.GetCommittees(epoch);
        ulong first = lookup.Preset.StartSlotOf(epoch).Value;
        List<(ulong Slot, ulong Index)> places = [];
        for (ulong at = slot ?? first; at < (slot + 1 ?? first + lookup.Preset.SlotsPerEpoch); at++)
        {
            for (ulong committee = 0; committee < committees.PerSlot; committee++)
            {
                if (index is null || index == committee)
                    places.Add((at, committee));
            }
        }
        return BeaconAnswer.Of(JsonValues.Array(places, (writer, place) =>
        {
            writer.WriteDecimal("index", place.Index);
            writer.WriteDecimal("slot", place.Slot);
            writer.WriteNumbers("validators", committees.Get(new Slot(place.Slot), place.Index).ToArray().Select(member => (ulong)member));
        }), state.Envelope);
    }

    private BeaconAnswer SyncCommittees(BeaconRequest request, NamedState state)
    {
        Preset preset = lookup.Preset;
        ulong period = EpochOf(request, state).Value / preset.EpochsPerSyncCommitteePeriod, current = preset.SyncCommitteePeriodAt(state.State.Slot);
        if (period != current && period != current + 1)
            throw BeaconApiException.Invalid($"the sync committee of period {period} is not known in the state of {state.State.Slot}");
        SyncCommittee committee = period == current ? state.State.CurrentSyncCommittee : state.State.NextSyncCommittee;
        ulong[] members = [.. committee.PublicKeys.AsSpan().ToArray().Select(key => (ulong)state.State.Validators.IndexOf(in key))];
        return BeaconAnswer.Of(JsonValues.Object(writer =>
        {
            writer.WriteNumbers("validators", members);
            writer.WriteStartArray("validator_aggregates"u8);
            foreach (ulong[] part in members.Chunk((int)preset.SyncSubcommitteeSize))
            {
                writer.WriteStartArray();
                foreach (ulong member in part)
                    writer.WriteDecimalValue(member);
                writer.WriteEndArray();
            }
            writer.WriteEndArray();
        }), state.Envelope);
    }

    private BeaconAnswer Randao(BeaconRequest request, NamedState state)
    {
        Epoch epoch = EpochOf(request, state), current = state.Cached.GetCurrentEpoch();
        if (epoch > current || current - epoch >= lookup.Preset.EpochsPerHistoricalVector)
            throw BeaconApiException.Invalid($"the random mix of {epoch} is not known in the state of {state.State.Slot}");
        Hash32 mix = state.Cached.GetRandaoMix(epoch);
        return BeaconAnswer.Of(JsonValues.Object(writer => writer.WriteHex("randao", mix.AsSpan())), state.Envelope);
    }

    /// <summary>The epoch that is asked for, else the state's own; no farther ahead than numbers of slots reach.</summary>
    private Epoch EpochOf(BeaconRequest request, NamedState state) =>
        request.QueryNumber("epoch") is not { } epoch ? state.Cached.GetCurrentEpoch()
        : epoch <= ulong.MaxValue / lookup.Preset.SlotsPerEpoch - 2 ? new Epoch(epoch)
        : throw BeaconApiException.Invalid($"there is no epoch {epoch}");

    private BeaconAnswer Waiting<T>(NamedState state, T[] queue)
        where T : ISszContainer<T> => BeaconAnswer.OfList(lookup.Preset, queue, state.Envelope with { IsVersioned = true });

    private static void Write<T>(Utf8JsonWriter writer, T container)
        where T : ISszContainer<T> => container.WriteJson(null, writer);
}
