using System.Text.Json.Serialization;

namespace Flashback.Api.Beacon.Http;

/// <summary>Which validators are asked for. spec: beacon-APIs postStateValidators</summary>
internal sealed record ValidatorFilter(string[]? Ids = null, string[]? Statuses = null);

/// <summary>spec: beacon-APIs prepareBeaconCommitteeSubnet</summary>
internal sealed record CommitteeSubscriptionRequest(ulong ValidatorIndex, ulong CommitteeIndex, ulong CommitteesAtSlot, ulong Slot, bool IsAggregator);

/// <summary>spec: beacon-APIs prepareSyncCommitteeSubnets</summary>
internal sealed record SyncCommitteeSubscriptionRequest(ulong ValidatorIndex, int[] SyncCommitteeIndices, ulong UntilEpoch);

/// <summary>spec: beacon-APIs prepareBeaconProposer</summary>
internal sealed record ProposerPreparationRequest(ulong ValidatorIndex, string FeeRecipient);

/// <summary>spec: beacon-APIs registerValidator</summary>
internal sealed record ValidatorRegistrationRequest(ValidatorRegistrationMessage Message, string Signature);

/// <summary>spec: builder-specs ValidatorRegistrationV1</summary>
internal sealed record ValidatorRegistrationMessage(string FeeRecipient, ulong GasLimit, ulong Timestamp, [property: JsonPropertyName("pubkey")] string PublicKey);

/// <summary>The bodies that have no form but JSON, read without reflection: every member must be there, numbers are text, nesting has a bound.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowReadingFromString, MaxDepth = 8,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(ulong[]))]
[JsonSerializable(typeof(ValidatorFilter))]
[JsonSerializable(typeof(CommitteeSubscriptionRequest[]))]
[JsonSerializable(typeof(SyncCommitteeSubscriptionRequest[]))]
[JsonSerializable(typeof(ProposerPreparationRequest[]))]
[JsonSerializable(typeof(ValidatorRegistrationRequest[]))]
internal sealed partial class BeaconJson : JsonSerializerContext;
