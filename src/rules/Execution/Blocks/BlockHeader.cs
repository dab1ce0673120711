using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>A block's header as of Cancun and later; whether it is valid is another question. spec: Ethereum Yellow Paper, section 4.3</summary>
/// <remarks>
/// <code>
/// [parentHash, ommersHash, coinbase, stateRoot, transactionsRoot, receiptsRoot, logsBloom, difficulty, number, gasLimit, gasUsed, timestamp,
///  extraData, prevRandao, nonce, baseFeePerGas, withdrawalsRoot, blobGasUsed, excessBlobGas, parentBeaconBlockRoot (, requestsHash)]
/// </code>
/// </remarks>
public sealed record BlockHeader : IRlpEncodable
{
    /// <summary>The hash of the header before.</summary>
    public required Hash32 ParentHash { get; init; }

    /// <summary>That of no ommers: there are none since the merge. spec: EIP-3675</summary>
    public Hash32 OmmersHash { get; init; } = OfNoOmmers;

    /// <summary>Who is paid the priority fees.</summary>
    public required Address Coinbase { get; init; }

    /// <summary>The root of the state after the block.</summary>
    public required Hash32 StateRoot { get; init; }

    /// <summary>The root of the list of transactions.</summary>
    public required Hash32 TransactionsRoot { get; init; }

    /// <summary>The root of the list of receipts.</summary>
    public required Hash32 ReceiptsRoot { get; init; }

    /// <summary>The filter over the logs of all receipts.</summary>
    public LogBloom LogsBloom { get; init; }

    /// <summary>Zero since the merge. spec: EIP-3675</summary>
    public UInt256 Difficulty { get; init; }

    /// <summary>How many blocks are before it.</summary>
    public required ulong Number { get; init; }

    /// <summary>Most gas that its transactions may use.</summary>
    public required ulong GasLimit { get; init; }

    /// <summary>The gas that its transactions used.</summary>
    public required ulong GasUsed { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required ulong Timestamp { get; init; }

    /// <summary>Whatever the producer likes, 32 bytes at most.</summary>
    public ReadOnlyMemory<byte> ExtraData { get; init; }

    /// <summary>The beacon chain's randomness. spec: EIP-4399</summary>
    public required Hash32 PrevRandao { get; init; }

    /// <summary>Eight bytes, zero since the merge. spec: EIP-3675</summary>
    public ulong Nonce { get; init; }

    /// <summary>Wei per gas that is burnt. spec: EIP-1559</summary>
    public required UInt256 BaseFeePerGas { get; init; }

    /// <summary>The root of the list of withdrawals. spec: EIP-4895</summary>
    public required Hash32 WithdrawalsRoot { get; init; }

    /// <summary>The gas of the blobs of its transactions. spec: EIP-4844</summary>
    public required ulong BlobGasUsed { get; init; }

    /// <summary>By how much blobs were over their target so far: it sets their price. spec: EIP-4844</summary>
    public required ulong ExcessBlobGas { get; init; }

    /// <summary>The root of the parent's beacon block. spec: EIP-4788</summary>
    public required Hash32 ParentBeaconBlockRoot { get; init; }

    /// <summary>The commitment to the requests; null before Prague. spec: EIP-7685</summary>
    public Hash32? RequestsHash { get; init; }

    /// <summary>The hash of an empty list of ommers.</summary>
    public static Hash32 OfNoOmmers { get; } = Keccak.Hash256([Rlp.EmptyList]);

    /// <summary>Keccak-256 of its encoding: the name the block goes by.</summary>
    public Hash32 Hash() => Rlp.Hash(this);

    /// <inheritdoc/>
    public void WriteTo(ref RlpWriter writer) => BlockHeaderCodec.Write(ref writer, this);
}
