using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flashback.Client;

// What the Beacon API's messages look like where they are no containers of the consensus: names in snake case, numbers as text. spec: beacon-APIs v3

internal sealed record GenesisMessage(ulong GenesisTime, string GenesisValidatorsRoot, string GenesisForkVersion);

internal sealed record SyncingMessage(ulong HeadSlot, ulong SyncDistance, bool IsSyncing, bool IsOptimistic);

internal sealed record ValidatorMessage(ulong Index, ulong Balance, JsonElement Validator);

internal sealed record ValidatorsRequest(IEnumerable<string> Ids);

internal sealed record ProposerDutyMessage(string Pubkey, ulong ValidatorIndex, ulong Slot);

internal sealed record AttesterDutyMessage(
    string Pubkey, ulong ValidatorIndex, ulong CommitteeIndex, int CommitteeLength, ulong CommitteesAtSlot, int ValidatorCommitteeIndex, ulong Slot);

internal sealed record SyncDutyMessage(string Pubkey, ulong ValidatorIndex, int[] ValidatorSyncCommitteeIndices);

internal sealed record LivenessMessage(ulong Index, bool IsLive);

internal sealed record PreparationMessage(ulong ValidatorIndex, string FeeRecipient);

internal sealed record CommitteeSubscriptionMessage(ulong ValidatorIndex, ulong CommitteeIndex, ulong CommitteesAtSlot, ulong Slot, bool IsAggregator);

internal sealed record SyncSubscriptionMessage(ulong ValidatorIndex, IReadOnlyList<int> SyncCommitteeIndices, ulong UntilEpoch);

internal sealed record RootMessage(string Root);

/// <summary>What the node says when it does not do something.</summary>
internal sealed record ErrorMessage(string? Message);

/// <summary>A head that the event stream tells. Of its fields only this one is needed.</summary>
internal sealed record HeadMessage(ulong Slot);

/// <summary>What an answer is wrapped in.</summary>
internal sealed record Envelope<T>(T? Data, string? DependentRoot = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Envelope<GenesisMessage>))]
[JsonSerializable(typeof(Envelope<SyncingMessage>))]
[JsonSerializable(typeof(Envelope<ValidatorMessage[]>))]
[JsonSerializable(typeof(Envelope<ProposerDutyMessage[]>))]
[JsonSerializable(typeof(Envelope<AttesterDutyMessage[]>))]
[JsonSerializable(typeof(Envelope<SyncDutyMessage[]>))]
[JsonSerializable(typeof(Envelope<LivenessMessage[]>))]
[JsonSerializable(typeof(Envelope<RootMessage>))]
[JsonSerializable(typeof(Envelope<JsonElement>))]
[JsonSerializable(typeof(ErrorMessage))]
[JsonSerializable(typeof(HeadMessage))]
[JsonSerializable(typeof(ValidatorsRequest))]
[JsonSerializable(typeof(IEnumerable<ulong>))]
[JsonSerializable(typeof(IEnumerable<PreparationMessage>))]
[JsonSerializable(typeof(IEnumerable<CommitteeSubscriptionMessage>))]
[JsonSerializable(typeof(IEnumerable<SyncSubscriptionMessage>))]
internal sealed partial class BeaconJson : JsonSerializerContext;
