using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>What a contract is told when the protocol calls it before the first transaction.</summary>
public enum OpeningInput
{
    /// <summary>The header's root of the parent's beacon block.</summary>
    ParentBeaconBlockRoot,

    /// <summary>The header's hash of the parent.</summary>
    ParentHash,
}

/// <summary>A contract that the protocol calls before the first transaction; whether it fails or is missing changes nothing. spec: EIP-4788, EIP-2935</summary>
/// <param name="Contract">Where it is.</param>
/// <param name="Input">What it is told.</param>
public readonly record struct OpeningCall(Address Contract, OpeningInput Input)
{
    /// <summary>Keeps the roots of beacon blocks. spec: EIP-4788 BEACON_ROOTS_ADDRESS</summary>
    public static OpeningCall BeaconRoots { get; } = new(FixedBytes.Parse<Address>("0x000f3df6d732807ef1319fb7b8bb8522d0beac02"), OpeningInput.ParentBeaconBlockRoot);

    /// <summary>Keeps the hashes of blocks. spec: EIP-2935 HISTORY_STORAGE_ADDRESS</summary>
    public static OpeningCall HistoryStorage { get; } = new(FixedBytes.Parse<Address>("0x0000f90827f1c53a10cb7a02335b175320002935"), OpeningInput.ParentHash);
}

/// <summary>A contract that the protocol calls after the last transaction; what it returns is a request. spec: EIP-7002, EIP-7251</summary>
/// <param name="Contract">Where it is. A block without it, or where it fails, is invalid.</param>
/// <param name="RequestType">Of what type the request is.</param>
public readonly record struct ClosingCall(Address Contract, byte RequestType)
{
    /// <summary>Stakes that their owners take out. spec: EIP-7002 WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS</summary>
    public static ClosingCall WithdrawalRequests { get; } = new(FixedBytes.Parse<Address>("0x00000961ef480eb55e80d19ad83579a64c007002"), ExecutionRequest.Withdrawal);

    /// <summary>Stakes that their owners put together. spec: EIP-7251 CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS</summary>
    public static ClosingCall ConsolidationRequests { get; } = new(FixedBytes.Parse<Address>("0x0000bbddc7ce488642fb579f8b00f3a590007251"), ExecutionRequest.Consolidation);
}
