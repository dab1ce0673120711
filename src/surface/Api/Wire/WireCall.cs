using System.Text.Json;
using System.Text.Json.Serialization;
using Flashback.Api.JsonRpc;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Wire;

/// <summary>A message that somebody wants executed, or a transaction whose gaps are to be filled. spec: execution-apis, GenericTransaction</summary>
public sealed record WireCall
{
    public ulong? Type { get; init; }
    public Address? From { get; init; }
    public Address? To { get; init; }
    public ulong? Gas { get; init; }
    public UInt256? GasPrice { get; init; }
    public UInt256? MaxFeePerGas { get; init; }
    public UInt256? MaxPriorityFeePerGas { get; init; }
    public UInt256? MaxFeePerBlobGas { get; init; }
    public UInt256? Value { get; init; }
    public ulong? Nonce { get; init; }
    public ulong? ChainId { get; init; }
    public ReadOnlyMemory<byte>? Input { get; init; }

    /// <summary>The older name of <see cref="Input"/>.</summary>
    public ReadOnlyMemory<byte>? Data { get; init; }
    public IReadOnlyList<WireAccessListEntry>? AccessList { get; init; }
    public IReadOnlyList<Hash32>? BlobVersionedHashes { get; init; }
    public IReadOnlyList<WireAuthorization>? AuthorizationList { get; init; }

    /// <summary>The input, by either name.</summary>
    /// <exception cref="RpcException">Both names are there and differ.</exception>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Payload =>
        Input is { } input && Data is { } data && !input.Span.SequenceEqual(data.Span)
            ? throw RpcException.InvalidParams("both \"data\" and \"input\" are set and not equal. Please use \"input\" to pass transaction call data")
            : Input ?? Data ?? default;

    /// <summary>True when it offers a price for gas.</summary>
    [JsonIgnore]
    public bool HasPrice => GasPrice is { IsZero: false } || MaxFeePerGas is { IsZero: false };

    /// <summary>The message as a transaction that nobody has signed.</summary>
    /// <param name="gas">Its gas limit, where the caller gives none.</param>
    /// <param name="baseFee">The block's, for what the caller leaves open.</param>
    /// <param name="nonce">Its nonce, where the caller gives none.</param>
    /// <param name="chainId">The chain's number.</param>
    public Transaction ToTransaction(ulong gas, in UInt256 baseFee, ulong nonce, ulong chainId)
    {
        if (GasPrice is not null && (MaxFeePerGas is not null || MaxPriorityFeePerGas is not null))
            throw RpcException.InvalidParams("both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified");
        UInt256 tip = GasPrice ?? MaxPriorityFeePerGas ?? UInt256.Zero;
        UInt256 most = GasPrice ?? MaxFeePerGas ?? (tip.IsZero ? UInt256.Zero : baseFee + tip);
        TransactionType type = AuthorizationList is not null ? TransactionType.SetCode
            : BlobVersionedHashes is not null ? TransactionType.Blob
            : GasPrice is null ? TransactionType.DynamicFee
            : AccessList is not null ? TransactionType.AccessList : TransactionType.Legacy;
        return new Transaction
        {
            Type = type, ChainId = chainId, Nonce = Nonce ?? nonce, MaxPriorityFeePerGas = tip, MaxFeePerGas = most, GasLimit = Gas ?? gas, To = To, Value = Value ?? UInt256.Zero,
            Input = Payload,
            AccessList = [.. WireList.Whole(AccessList).Select(entry => new AccessListEntry(entry.Address, entry.StorageKeys))],
            MaxFeePerBlobGas = MaxFeePerBlobGas ?? UInt256.Zero,
            BlobHashes = BlobVersionedHashes ?? [],
            Authorizations = [.. WireList.Whole(AuthorizationList).Select(a => new Authorization(a.ChainId, a.Address, a.Nonce, (byte)(a.YParity & 0xff), a.R, a.S))],
        };
    }
}

/// <summary>What an account shall be instead, for one call. spec: execution-apis, state override</summary>
public sealed record WireAccountOverride
{
    public UInt256? Balance { get; init; }
    public ulong? Nonce { get; init; }
    public ReadOnlyMemory<byte>? Code { get; init; }

    /// <summary>Where the precompiled contract is instead that is at this address; the override itself stands in its place.</summary>
    public Address? MovePrecompileToAddress { get; init; }

    /// <summary>All of the storage: every other word is 0.</summary>
    public IReadOnlyDictionary<Hash32, Hash32>? State { get; init; }

    /// <summary>Some words of the storage: the others are as they are.</summary>
    public IReadOnlyDictionary<Hash32, Hash32>? StateDiff { get; init; }
}

/// <summary>What the block shall be instead, for one call. spec: execution-apis, block override</summary>
public sealed record WireBlockOverride
{
    public ulong? Number { get; init; }
    public ulong? Time { get; init; }
    public ulong? GasLimit { get; init; }
    public Address? FeeRecipient { get; init; }
    public Address? Coinbase { get; init; }
    public Hash32? PrevRandao { get; init; }
    public Hash32? Random { get; init; }
    public UInt256? BaseFeePerGas { get; init; }
    public UInt256? BaseFee { get; init; }
    public UInt256? BlobBaseFee { get; init; }
    public IReadOnlyList<WireWithdrawal>? Withdrawals { get; init; }
}

/// <summary>What logs somebody wants. spec: execution-apis, filter</summary>
public sealed record WireFilter
{
    public BlockSelector? FromBlock { get; init; }
    public BlockSelector? ToBlock { get; init; }
    public Hash32? BlockHash { get; init; }

    /// <summary>One, many, or none.</summary>
    public WireOneOrMany<Address>? Address { get; init; }

    /// <summary>For each position one, many, or any.</summary>
    public IReadOnlyList<WireOneOrMany<Hash32>?>? Topics { get; init; }

    public Chain.LogFilter ToFilter()
    {
        if (Topics is { Count: > 4 })
            throw RpcException.InvalidParams("exceed max topics");
        return new Chain.LogFilter(Address?.Values ?? [], [.. (Topics ?? []).Select(position => position?.Values ?? [])]);
    }
}

/// <summary>A value, or a list of values.</summary>
public sealed record WireOneOrMany<T>(IReadOnlyList<T> Values);

internal class OneOrManyConverter<T> : JsonConverter<WireOneOrMany<T>>
    where T : unmanaged, IFixedBytes<T>
{
    private const int Most = 1000;

    public override WireOneOrMany<T> Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return new WireOneOrMany<T>([WireHex.ParseFixed<T>(reader.GetString()!)]);
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException("neither a value nor a list of values");
        List<T> values = [];
        bool isAny = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.Null)
                isAny = true; // one of the alternatives is anything
            else if (values.Count == Most)
                throw new JsonException($"more than {Most} values");
            else
                values.Add(WireHex.ParseFixed<T>(reader.GetString()!));
        }
        return new WireOneOrMany<T>(isAny ? [] : values);
    }

    public override void Write(Utf8JsonWriter writer, WireOneOrMany<T> value, JsonSerializerOptions options) => throw new NotSupportedException("filters are read only");
}

internal sealed class OneOrManyAddressesConverter : OneOrManyConverter<Address>;

internal sealed class OneOrManyHashesConverter : OneOrManyConverter<Hash32>;
