using System.Buffers.Binary;
using System.Text.Json.Serialization;
using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Wire;

/// <summary>A block's header, with the names that clients know. spec: execution-apis, block schema</summary>
public record WireHeader
{
    /// <summary>The names of a header's fields.</summary>
    /// <param name="header">The header.</param>
    /// <param name="hash">Its hash; null while the block is not there yet: then producer and nonce are not told either, as in go-ethereum.</param>
    public WireHeader(BlockHeader header, in Hash32? hash)
    {
        Hash = hash;
        bool isPending = hash is null;
        ParentHash = header.ParentHash;
        OmmersHash = header.OmmersHash;
        Coinbase = isPending ? null : header.Coinbase;
        StateRoot = header.StateRoot;
        TransactionsRoot = header.TransactionsRoot;
        ReceiptsRoot = header.ReceiptsRoot;
        LogsBloom = header.LogsBloom;
        Difficulty = header.Difficulty;
        Number = header.Number;
        GasLimit = header.GasLimit;
        GasUsed = header.GasUsed;
        Timestamp = header.Timestamp;
        ExtraData = header.ExtraData;
        PrevRandao = header.PrevRandao;
        Nonce = isPending ? null : Bytes(header.Nonce);
        BaseFeePerGas = header.BaseFeePerGas;
        WithdrawalsRoot = header.WithdrawalsRoot;
        BlobGasUsed = header.BlobGasUsed;
        ExcessBlobGas = header.ExcessBlobGas;
        ParentBeaconBlockRoot = header.ParentBeaconBlockRoot;
        RequestsHash = header.RequestsHash;
    }

    public Hash32? Hash { get; }
    public Hash32 ParentHash { get; }
    [JsonPropertyName("sha3Uncles")] public Hash32 OmmersHash { get; }
    [JsonPropertyName("miner")] public Address? Coinbase { get; }
    public Hash32 StateRoot { get; }
    public Hash32 TransactionsRoot { get; }
    public Hash32 ReceiptsRoot { get; }
    public LogBloom LogsBloom { get; }
    public UInt256 Difficulty { get; }
    public ulong Number { get; }
    public ulong GasLimit { get; }
    public ulong GasUsed { get; }
    public ulong Timestamp { get; }
    public ReadOnlyMemory<byte> ExtraData { get; }
    [JsonPropertyName("mixHash")] public Hash32 PrevRandao { get; }
    public byte[]? Nonce { get; }
    public UInt256 BaseFeePerGas { get; }
    public Hash32 WithdrawalsRoot { get; }
    public ulong BlobGasUsed { get; }
    public ulong ExcessBlobGas { get; }
    public Hash32 ParentBeaconBlockRoot { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public Hash32? RequestsHash { get; }

    private static byte[] Bytes(ulong nonce)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, nonce);
        return bytes;
    }
}

/// <summary>A block, with its transactions or only their hashes.</summary>
public record WireBlock : WireHeader
{
    /// <summary>A block as clients know it.</summary>
    public WireBlock(ExecutedBlock block, bool withTransactions, bool isPending = false)
        : base(block.Header, isPending ? null : block.Hash)
    {
        Size = (ulong)BlockCodec.Encode(block.Block).Length;
        Withdrawals = WireWithdrawal.Of(block.Block.Withdrawals);
        Transactions = withTransactions
            ? new(null, [.. block.Block.Transactions.Select((_, index) => new WireTransaction(block, index))])
            : new([.. block.Block.Transactions.Select(transaction => transaction.Hash())], null);
    }

    public ulong Size { get; }
    public IReadOnlyList<Hash32> Uncles { get; } = [];
    public WireTransactions Transactions { get; }
    public IReadOnlyList<WireWithdrawal> Withdrawals { get; }
}

/// <summary>Either of the two ways to list a block's transactions.</summary>
public sealed record WireTransactions(IReadOnlyList<Hash32>? Hashes, IReadOnlyList<WireTransaction>? Whole);

/// <summary>spec: execution-apis, Withdrawal; EIP-4895</summary>
public sealed record WireWithdrawal(ulong Index, ulong ValidatorIndex, Address Address, ulong Amount)
{
    public static IReadOnlyList<WireWithdrawal> Of(IReadOnlyList<Withdrawal> withdrawals) =>
        [.. withdrawals.Select(withdrawal => new WireWithdrawal(withdrawal.Index, withdrawal.ValidatorIndex, withdrawal.Address, withdrawal.Amount))];

    public Withdrawal ToWithdrawal() => new(Index, ValidatorIndex, Address, Amount);
}

/// <summary>An account, and slots of it, that a transaction declares. spec: EIP-2930</summary>
public sealed record WireAccessListEntry(Address Address, IReadOnlyList<Hash32> StorageKeys);

/// <summary>A permission to run another account's code. spec: EIP-7702</summary>
public sealed record WireAuthorization(UInt256 ChainId, Address Address, ulong Nonce, ulong YParity, UInt256 R, UInt256 S);

/// <summary>A transaction as clients know it; the places are null until it is in a block.</summary>
public sealed record WireTransaction
{
    /// <summary>One of a block.</summary>
    public WireTransaction(ExecutedBlock block, int index)
        : this(block.Block.Transactions[index], block.Senders[index])
    {
        BlockHash = block.Hash;
        BlockNumber = block.Number;
        TransactionIndex = (ulong)index;
        if (MaxFeePerGas is not null)
            GasPrice = block.GasPriceOf(index);
    }

    /// <summary>One that waits.</summary>
    public WireTransaction(Transaction transaction, in Address sender)
    {
        bool isDynamic = transaction.Type >= TransactionType.DynamicFee;
        Type = (ulong)transaction.Type;
        Hash = transaction.Hash();
        From = sender;
        To = transaction.To;
        Nonce = transaction.Nonce;
        Gas = transaction.GasLimit;
        Value = transaction.Value;
        Input = transaction.Input;
        GasPrice = transaction.MaxFeePerGas;
        MaxFeePerGas = isDynamic ? transaction.MaxFeePerGas : null;
        MaxPriorityFeePerGas = isDynamic ? transaction.MaxPriorityFeePerGas : null;
        ChainId = transaction.ChainId;
        AccessList = transaction.Type == TransactionType.Legacy ? null : [.. transaction.AccessList.Select(entry => new WireAccessListEntry(entry.Address, entry.Slots))];
        MaxFeePerBlobGas = transaction.Type == TransactionType.Blob ? transaction.MaxFeePerBlobGas : null;
        BlobVersionedHashes = transaction.Type == TransactionType.Blob ? transaction.BlobHashes : null;
        AuthorizationList = transaction.Type == TransactionType.SetCode
            ? [.. transaction.Authorizations.Select(a => new WireAuthorization(a.ChainId, a.Target, a.Nonce, a.YParity, a.R, a.S))] : null;
        V = transaction.Type != TransactionType.Legacy ? (ulong)transaction.Signature.YParity
            : transaction.ChainId is { } chain ? (UInt256)chain + chain + (ulong)(35 + transaction.Signature.YParity) : (ulong)(27 + transaction.Signature.YParity);
        YParity = transaction.Type == TransactionType.Legacy ? null : (ulong)transaction.Signature.YParity;
        R = transaction.Signature.R;
        S = transaction.Signature.S;
    }

    public Hash32? BlockHash { get; }
    public ulong? BlockNumber { get; }
    public ulong? TransactionIndex { get; }
    public Hash32 Hash { get; }
    public ulong Type { get; }
    public Address From { get; }
    public Address? To { get; }
    public ulong Nonce { get; }
    public ulong Gas { get; }
    public UInt256 GasPrice { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public UInt256? MaxFeePerGas { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public UInt256? MaxPriorityFeePerGas { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public UInt256? MaxFeePerBlobGas { get; }
    public UInt256 Value { get; }
    public ReadOnlyMemory<byte> Input { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public ulong? ChainId { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyList<WireAccessListEntry>? AccessList { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyList<Hash32>? BlobVersionedHashes { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyList<WireAuthorization>? AuthorizationList { get; }
    public UInt256 V { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public ulong? YParity { get; }
    public UInt256 R { get; }
    public UInt256 S { get; }
}
