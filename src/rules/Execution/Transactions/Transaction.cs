using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>The kinds of transactions, by the byte they begin with.</summary>
public enum TransactionType : byte
{
    /// <summary>No type byte: an RLP list.</summary>
    Legacy = 0,

    /// <summary>spec: EIP-2930</summary>
    AccessList = 1,

    /// <summary>spec: EIP-1559</summary>
    DynamicFee = 2,

    /// <summary>spec: EIP-4844</summary>
    Blob = 3,

    /// <summary>spec: EIP-7702</summary>
    SetCode = 4,
}

/// <summary>A signed transaction of any type, as it was decoded; whether it is valid is another question.</summary>
public sealed record Transaction
{
    /// <summary>Which kind, and so which of the other members mean something.</summary>
    public required TransactionType Type { get; init; }

    /// <summary>The chain it is for; null in a legacy transaction that is for any chain. spec: EIP-155</summary>
    public ulong? ChainId { get; init; }

    /// <summary>How many transactions the sender sent before.</summary>
    public required ulong Nonce { get; init; }

    /// <summary>Most wei per gas for the block's producer; the same as <see cref="MaxFeePerGas"/> where there is only a gas price.</summary>
    public required UInt256 MaxPriorityFeePerGas { get; init; }

    /// <summary>Most wei per gas in all.</summary>
    public required UInt256 MaxFeePerGas { get; init; }

    /// <summary>Most gas it may use; all of it is paid for beforehand.</summary>
    public required ulong GasLimit { get; init; }

    /// <summary>Whom it calls; null when it makes a contract.</summary>
    public Address? To { get; init; }

    /// <summary>Wei sent along.</summary>
    public UInt256 Value { get; init; }

    /// <summary>The input of the call, or the initcode.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>What it declares that it will access. spec: EIP-2930</summary>
    public IReadOnlyList<AccessListEntry> AccessList { get; init; } = [];

    /// <summary>Most wei per blob gas. spec: EIP-4844</summary>
    public UInt256 MaxFeePerBlobGas { get; init; }

    /// <summary>The versioned hashes of its blobs. spec: EIP-4844</summary>
    public IReadOnlyList<Hash32> BlobHashes { get; init; } = [];

    /// <summary>Who lets whose code run. spec: EIP-7702</summary>
    public IReadOnlyList<Authorization> Authorizations { get; init; } = [];

    /// <summary>The sender's signature.</summary>
    public RecoverableSignature Signature { get; init; }

    /// <summary>Gas of its blobs: 0 for all other types. spec: EIP-4844 get_total_blob_gas</summary>
    public ulong BlobGas => (ulong)BlobHashes.Count * BlobSchedule.GasPerBlob;

    /// <summary>Keccak-256 of its encoding: the name it goes by.</summary>
    public Hash32 Hash() => Keccak.Hash256(TransactionCodec.Encode(this));

    /// <summary>Who signed it; false when the signature is nobody's, or one with a high S. spec: EIP-2</summary>
    public bool TryRecoverSender(out Address sender)
    {
        sender = default;
        if (!Signature.HasLowS || !Secp256k1.TryRecover(TransactionCodec.SigningHash(this), Signature, out Secp256k1PublicKey key))
            return false;
        sender = key.ToAddress();
        return true;
    }
}

/// <summary>An account, and slots of it, that a transaction declares. spec: EIP-2930</summary>
/// <param name="Address">Whose.</param>
/// <param name="Slots">Which words of its storage.</param>
public sealed record AccessListEntry(Address Address, IReadOnlyList<Hash32> Slots);

/// <summary>An account's permission to run another account's code in its place. spec: EIP-7702</summary>
/// <param name="ChainId">For which chain; 0 for any.</param>
/// <param name="Target">Whose code; the zero address ends the delegation.</param>
/// <param name="Nonce">The nonce that the account must have.</param>
/// <param name="YParity">Of the signature: 0 or 1, else nobody signed it.</param>
/// <param name="R">Of the signature.</param>
/// <param name="S">Of the signature.</param>
public sealed record Authorization(UInt256 ChainId, Address Target, ulong Nonce, byte YParity, UInt256 R, UInt256 S)
{
    /// <summary>Who gave it; false when nobody did. spec: EIP-7702</summary>
    public bool TryRecoverAuthority(out Address authority)
    {
        authority = default;
        RecoverableSignature signature = new(R, S, YParity);
        if (!signature.HasLowS || !Secp256k1.TryRecover(TransactionCodec.SigningHash(this), signature, out Secp256k1PublicKey key))
            return false;
        authority = key.ToAddress();
        return true;
    }
}
