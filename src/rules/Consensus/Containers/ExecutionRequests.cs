using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>A deposit that the execution layer saw in its own logs. spec: EIP-6110</summary>
/// <param name="PublicKey">The validator's key.</param>
/// <param name="WithdrawalCredentials">Where its stake shall go.</param>
/// <param name="Amount">How much is deposited.</param>
/// <param name="Signature">The depositor's signature.</param>
/// <param name="Index">The deposit's place in the contract's list.</param>
[SszContainer]
public readonly partial record struct DepositRequest([property: SszName("pubkey")] Bytes48 PublicKey, Hash32 WithdrawalCredentials, Gwei Amount, Bytes96 Signature, ulong Index);

/// <summary>An exit or a withdrawal asked for by the owner of the stake. spec: EIP-7002</summary>
/// <param name="SourceAddress">Who asks.</param>
/// <param name="ValidatorPublicKey">Whose stake.</param>
/// <param name="Amount">How much; 0 for everything.</param>
[SszContainer]
public readonly partial record struct WithdrawalRequest(Address SourceAddress, [property: SszName("validator_pubkey")] Bytes48 ValidatorPublicKey, Gwei Amount);

/// <summary>A move of stake to another validator, or to compounding credentials, asked for by its owner. spec: EIP-7251</summary>
/// <param name="SourceAddress">Who asks.</param>
/// <param name="SourcePublicKey">Whose stake.</param>
/// <param name="TargetPublicKey">Who gets it; the same key asks for compounding credentials.</param>
[SszContainer]
public readonly partial record struct ConsolidationRequest(Address SourceAddress, [property: SszName("source_pubkey")] Bytes48 SourcePublicKey, [property: SszName("target_pubkey")] Bytes48 TargetPublicKey);

/// <summary>What a provider owes for not keeping what it said it stores. spec: ours#5</summary>
/// <param name="ValidatorPublicKey">The validator that provides storage.</param>
/// <param name="Amount">How much its stake loses.</param>
/// <param name="Kind"><see cref="Terminate"/> where the validator shall leave as well.</param>
[SszContainer]
public readonly partial record struct StoragePenaltyRequest([property: SszName("validator_pubkey")] Bytes48 ValidatorPublicKey, Gwei Amount, byte Kind)
{
    /// <summary>The number of this type among execution requests. spec: EIP-7685</summary>
    public const byte RequestType = 0x50;

    /// <summary>The kind of a fault: stake is lost, no more.</summary>
    public const byte Fault = 0;

    /// <summary>The kind after which nobody answers for the provider any more: its validator must leave.</summary>
    public const byte Terminate = 1;
}

/// <summary>All that an execution block asks of the consensus. spec: cs/electra/beacon-chain#executionrequests</summary>
/// <param name="Deposits">Deposits.</param>
/// <param name="Withdrawals">Exits and withdrawals.</param>
/// <param name="Consolidations">Moves of stake.</param>
/// <param name="StoragePenalties">What providers owe; under the Spacetime fork only. spec: ours#5</param>
[SszContainer(typeof(Preset))]
public sealed partial record ExecutionRequests(
    [property: SszList(nameof(Preset.MaxDepositRequestsPerPayload))] DepositRequest[] Deposits,
    [property: SszList(nameof(Preset.MaxWithdrawalRequestsPerPayload))] WithdrawalRequest[] Withdrawals,
    [property: SszList(nameof(Preset.MaxConsolidationRequestsPerPayload))] ConsolidationRequest[] Consolidations,
    [property: SszOnlyIf(nameof(Preset.HasStoragePenalties)), SszList(nameof(Preset.MaxStoragePenaltiesPerPayload))] StoragePenaltyRequest[] StoragePenalties)
{
    /// <summary>The requests as the execution layer encodes them: for each type that has any, its number and then all of that type. spec: cs/electra/beacon-chain#get_execution_requests_list</summary>
    public byte[][] ToRequestList(Preset preset)
    {
        List<byte[]> list = [];
        Append(list, 0, Deposits, preset.MaxDepositRequestsPerPayload);
        Append(list, 1, Withdrawals, preset.MaxWithdrawalRequestsPerPayload);
        Append(list, 2, Consolidations, preset.MaxConsolidationRequestsPerPayload);
        Append(list, StoragePenaltyRequest.RequestType, StoragePenalties, preset.MaxStoragePenaltiesPerPayload);
        return [.. list];
    }

    private static void Append<T>(List<byte[]> list, byte type, T[] requests, ulong limit)
        where T : ISszContainer<T>
    {
        if (requests.Length > 0)
            list.Add([type, .. Ssz.Encode(new SszArray<T, SszContainer<T>>(SszBound.List(limit)), requests)]);
    }
}
