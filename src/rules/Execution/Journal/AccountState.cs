using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>An account while a block is executed. Only <see cref="JournaledState"/> changes it, and writes down how to undo that.</summary>
internal sealed class AccountState
{
    // What the block began with.
    public readonly Address Address;
    public readonly bool WasThere;
    public readonly Account Before;

    // What it is now.
    public ulong Nonce;
    public UInt256 Balance;
    public Hash32 CodeHash;
    public Bytecode? Code; // null: not read yet
    public SlotTable<Slot> Slots;

    /// <summary>True when it is gone at present, or never was.</summary>
    public bool IsAbsent;

    /// <summary>True once it was deleted in this block: what storage it had then is gone.</summary>
    public bool IsWiped;

    // What holds for one transaction only, namely this one.
    public int Transaction;
    public bool IsWarm;
    public bool IsTouched;
    public bool IsCreated;
    public bool IsDestroyed;
    public SlotTable<UInt256> Transient;

    public AccountState(in Address address, bool isThere, in Account account)
    {
        Address = address;
        WasThere = isThere;
        Before = account;
        Nonce = account.Nonce;
        Balance = account.Balance;
        CodeHash = account.CodeHash;
        IsAbsent = !isThere;
        if (CodeHash == Keccak.OfNothing)
            Code = Bytecode.Empty;
    }

    /// <summary>True when there is no such account as far as the rules can tell. spec: EIP-161</summary>
    public bool IsEmpty => Nonce == 0 && Balance.IsZero && CodeHash == Keccak.OfNothing;

    /// <summary>True when the state holds it, were it to be written down now.</summary>
    public bool Exists => !IsAbsent || !IsEmpty;

    /// <summary>True when no contract may be made here. spec: EIP-684, EIP-7610</summary>
    public bool BlocksCreation => Nonce != 0 || CodeHash != Keccak.OfNothing || (Before.HasStorage && !IsWiped);

    /// <summary>Forgets what the last transaction left, when this one sees the account for the first time.</summary>
    public void Enter(int transaction)
    {
        if (Transaction == transaction)
            return;
        Transaction = transaction;
        IsWarm = IsTouched = IsCreated = IsDestroyed = false;
        Transient.Clear();
    }
}
