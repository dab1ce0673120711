using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>What execution may ask of the state it begins with. Nothing it answers changes while a block is executed.</summary>
public interface IStateView
{
    /// <summary>The account, or false when there is none.</summary>
    bool TryGetAccount(in Address address, out Account account);

    /// <summary>The code with this hash, which an account of this state has.</summary>
    ReadOnlyMemory<byte> CodeOf(in Hash32 codeHash);

    /// <summary>A word of an account's storage; 0 where nothing was stored.</summary>
    UInt256 SlotOf(in Address address, in UInt256 slot);
}

/// <summary>An account as the state holds it.</summary>
/// <param name="Nonce">How many transactions it sent, or contracts it made.</param>
/// <param name="Balance">In wei.</param>
/// <param name="CodeHash">Keccak-256 of its code, that of no bytes when it has none.</param>
/// <param name="HasStorage">True when at least one word of its storage is not 0. spec: EIP-7610</param>
public readonly record struct Account(ulong Nonce, UInt256 Balance, Hash32 CodeHash, bool HasStorage = false)
{
    /// <summary>True when it sends nothing, owns nothing and has no code: then it is as good as absent. spec: EIP-161</summary>
    public bool IsEmpty => Nonce == 0 && Balance.IsZero && CodeHash == Keccak.OfNothing;
}
