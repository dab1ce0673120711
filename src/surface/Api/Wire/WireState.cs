using System.Text.Json.Serialization;
using Flashback.Primitives;

namespace Flashback.Api.Wire;

/// <summary>spec: EIP-1186</summary>
public sealed record WireAccountProof(
    Address Address, IReadOnlyList<byte[]> AccountProof, UInt256 Balance, Hash32 CodeHash, ulong Nonce, Hash32 StorageHash, IReadOnlyList<WireStorageProof> StorageProof);

/// <summary>spec: EIP-1186</summary>
/// <param name="Key">The slot, as it was asked for.</param>
/// <param name="Value">The word.</param>
/// <param name="Proof">The nodes from the storage's root down.</param>
public sealed record WireStorageProof(string Key, UInt256 Value, IReadOnlyList<byte[]> Proof);

/// <summary>The prices of a range of blocks. spec: execution-apis, eth_feeHistory</summary>
public sealed record WireFeeHistory(
    ulong OldestBlock,
    IReadOnlyList<UInt256> BaseFeePerGas,
    IReadOnlyList<double> GasUsedRatio,
    IReadOnlyList<UInt256> BaseFeePerBlobGas,
    IReadOnlyList<double> BlobGasUsedRatio,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<IReadOnlyList<UInt256>>? Reward);

/// <summary>What a message would access. spec: execution-apis, eth_createAccessList</summary>
public sealed record WireAccessList(
    IReadOnlyList<WireAccessListEntry> AccessList, ulong GasUsed, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error);

/// <summary>Whether the node works, and how far it is.</summary>
public sealed record WireHealth(bool IsHealthy, ulong BlockNumber);

/// <summary>How many transactions can be executed, and how many wait. spec: go-ethereum txpool_status</summary>
public sealed record WirePoolStatus(ulong Pending, ulong Queued);

/// <summary>The transactions that wait, by sender and nonce. spec: go-ethereum txpool_content</summary>
public sealed record WirePoolContent(
    IReadOnlyDictionary<Address, IReadOnlyDictionary<ulong, WireTransaction>> Pending, IReadOnlyDictionary<Address, IReadOnlyDictionary<ulong, WireTransaction>> Queued);

/// <summary>The same in a line each.</summary>
public sealed record WirePoolInspection(
    IReadOnlyDictionary<Address, IReadOnlyDictionary<ulong, string>> Pending, IReadOnlyDictionary<Address, IReadOnlyDictionary<ulong, string>> Queued);
