using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State.Store;

namespace Flashback.State;

/// <summary>An account as the trie holds it. spec: Ethereum Yellow Paper, section 4.1</summary>
/// <param name="Nonce">How many transactions it sent, or contracts it made.</param>
/// <param name="Balance">In wei.</param>
/// <param name="StorageRoot">The root of the trie of its storage.</param>
/// <param name="CodeHash">Keccak-256 of its code, that of no bytes when it has none.</param>
public readonly record struct StateAccount(ulong Nonce, UInt256 Balance, Hash32 StorageRoot, Hash32 CodeHash) : IRlpEncodable
{
    /// <summary>True when at least one word of its storage is not 0.</summary>
    public bool HasStorage => StorageRoot != MerkleTrie.EmptyRoot;

    /// <inheritdoc/>
    public void WriteTo(ref RlpWriter writer)
    {
        RlpListMark list = writer.BeginList();
        writer.Write(Nonce);
        writer.Write(Balance);
        writer.WriteFixed(StorageRoot);
        writer.WriteFixed(CodeHash);
        writer.EndList(list);
    }

    /// <summary>Reads the canonical encoding.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, out StateAccount account, out RlpFault fault)
    {
        account = default;
        RlpReader reader = new(encoded);
        if (!reader.TryReadList(out RlpReader items) || !reader.TryEnd())
        {
            fault = reader.Fault;
            return false;
        }
        bool isRead = items.TryReadUInt64(out ulong nonce) & items.TryReadUInt256(out UInt256 balance)
            & items.TryReadFixed(out Hash32 storageRoot) & items.TryReadFixed(out Hash32 codeHash) & items.TryEnd();
        fault = items.Fault;
        if (isRead)
            account = new StateAccount(nonce, balance, storageRoot, codeHash);
        return isRead;
    }

    /// <summary>As execution sees it.</summary>
    internal Account ToAccount() => new(Nonce, Balance, CodeHash, HasStorage);

    /// <exception cref="StoreException">The store is damaged.</exception>
    internal static StateAccount Decode(ReadOnlySpan<byte> encoded) => TryDecode(encoded, out StateAccount account, out RlpFault fault)
        ? account
        : throw new StoreException($"an account in the store is damaged: {fault}");
}
