using Flashback.Primitives;
using Flashback.State.Trie;

namespace Flashback.State;

/// <summary>What an account is, with the nodes that prove it. spec: EIP-1186</summary>
/// <param name="Address">Whose.</param>
/// <param name="Account">Null when it is not there.</param>
/// <param name="Nodes">From the state's root down.</param>
/// <param name="Storage">The words that were asked for.</param>
public sealed record AccountProof(Address Address, StateAccount? Account, IReadOnlyList<byte[]> Nodes, IReadOnlyList<StorageProof> Storage)
{
    /// <summary>Checks all of it against a trusted root of a state.</summary>
    public bool TryVerify(in Hash32 stateRoot, out AccountProofFault fault)
    {
        fault = AccountProofFault.BadNodes;
        if (!TrieProof.TryVerify(stateRoot, Keccak.Hash256(Address.AsSpan()).AsSpan(), Nodes, out ReadOnlyMemory<byte> encoded, out _))
            return false;
        fault = AccountProofFault.WrongAccount;
        StateAccount account = default;
        if (encoded.IsEmpty != Account is null || (Account is { } claimed && (!StateAccount.TryDecode(encoded.Span, out account, out _) || account != claimed)))
            return false;
        Hash32 storageRoot = Account is null ? MerkleTrie.EmptyRoot : account.StorageRoot;
        foreach (StorageProof word in Storage)
        {
            if (!word.TryVerify(storageRoot, out fault))
                return false;
        }
        fault = AccountProofFault.None;
        return true;
    }
}

/// <summary>What a word of an account's storage is, with the nodes that prove it.</summary>
/// <param name="Slot">Which.</param>
/// <param name="Word">0 when nothing is stored.</param>
/// <param name="Nodes">From the storage's root down.</param>
public sealed record StorageProof(UInt256 Slot, UInt256 Word, IReadOnlyList<byte[]> Nodes)
{
    internal bool TryVerify(in Hash32 storageRoot, out AccountProofFault fault)
    {
        fault = AccountProofFault.BadStorageNodes;
        if (!TrieProof.TryVerify(storageRoot, StateCommit.HashOf(Slot).AsSpan(), Nodes, out ReadOnlyMemory<byte> encoded, out _))
            return false;
        UInt256 word = UInt256.Zero;
        RlpReader reader = new(encoded.Span);
        bool isRead = encoded.IsEmpty || (reader.TryReadUInt256(out word) && reader.TryEnd());
        fault = isRead && word == Word ? AccountProofFault.None : AccountProofFault.WrongWord;
        return fault == AccountProofFault.None;
    }
}

/// <summary>Why a proof of an account does not show what it says.</summary>
public enum AccountProofFault
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The account's nodes prove nothing about it under this root.</summary>
    BadNodes,

    /// <summary>The nodes prove another account than is claimed.</summary>
    WrongAccount,

    /// <summary>A word's nodes prove nothing about it under the account's storage root.</summary>
    BadStorageNodes,

    /// <summary>The nodes prove another word than is claimed.</summary>
    WrongWord,
}
