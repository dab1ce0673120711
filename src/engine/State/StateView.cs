using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State.Flat;
using Flashback.State.Store;
using Flashback.State.Trie;

namespace Flashback.State;

/// <summary>The state after one block, or after changes that belong to no block yet. It never changes, and may be read by any number of threads.</summary>
/// <remarks>
/// Each look-up is one read of the store at most, none when the value is cached or recent. Every member throws <see cref="StatePrunedException"/> once the
/// state became too old, and <see cref="StoreException"/> when the store fails.
/// </remarks>
public sealed class StateView : IStateView
{
    internal StateView(StateLayer layer, in Hash32 root)
    {
        Layer = layer;
        Root = root;
    }

    /// <summary>The root of the trie of accounts.</summary>
    public Hash32 Root { get; }

    internal StateLayer Layer { get; }

    /// <inheritdoc/>
    public bool TryGetAccount(in Address address, out Account account)
    {
        bool isThere = TryGetAccount(Keccak.Hash256(address.AsSpan()), out StateAccount found);
        account = isThere ? found.ToAccount() : default;
        return isThere;
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> CodeOf(in Hash32 codeHash)
    {
        if (codeHash == Keccak.OfNothing)
            return default;
        return Layer.Read(StateKey.Code(codeHash)) ?? throw new StoreException($"the code with the hash {codeHash} is missing");
    }

    /// <inheritdoc/>
    public UInt256 SlotOf(in Address address, in UInt256 slot) => SlotOf(Keccak.Hash256(address.AsSpan()), slot);

    /// <summary>The state after further changes. This one stays as it is; nothing is written until a block with the new state is added and flattened.</summary>
    public StateView Apply(StateDiff diff)
    {
        (Hash32 root, StateLayer.Changes layer) = StateCommit.Apply(Layer, Root, diff);
        return new StateView(layer, root);
    }

    /// <summary>The state after a block that was executed on this one; null when it is the one that the block's header commits to.</summary>
    public Invalid<BlockRule>? ApplyBlock(BlockOutcome.Accepted block, out StateView after)
    {
        after = Apply(block.Diff);
        return block.CheckStateRoot(after.Root);
    }

    /// <summary>Proves what an account is, or that it is not there, and what some words of its storage are. spec: EIP-1186</summary>
    public AccountProof Prove(in Address address, ReadOnlySpan<UInt256> slots)
    {
        Hash32 addressHash = Keccak.Hash256(address.AsSpan());
        StateAccount? account = TryGetAccount(addressHash, out StateAccount found) ? found : null;
        byte[][] nodes = TrieProof.Build(new AccountNodes(Layer), Root, addressHash.AsSpan());
        StorageProof[] storage = new StorageProof[slots.Length];
        for (int i = 0; i < storage.Length; i++)
        {
            byte[][] along = account is null ? [] : TrieProof.Build(new SlotNodes(Layer, addressHash), found.StorageRoot, StateCommit.HashOf(slots[i]).AsSpan());
            storage[i] = new StorageProof(slots[i], SlotOf(addressHash, slots[i]), along);
        }
        return new AccountProof(address, account, nodes, storage);
    }

    private bool TryGetAccount(in Hash32 addressHash, out StateAccount account)
    {
        byte[]? encoded = Layer.Read(StateKey.Account(addressHash));
        account = encoded is null ? default : StateAccount.Decode(encoded);
        return encoded is not null;
    }

    private UInt256 SlotOf(in Hash32 addressHash, in UInt256 slot) =>
        Layer.Read(StateKey.Slot(addressHash, StateCommit.HashOf(slot))) is { } word ? UInt256.ReadBigEndian(word) : UInt256.Zero;
}
