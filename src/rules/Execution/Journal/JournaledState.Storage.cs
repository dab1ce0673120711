using Flashback.Primitives;

namespace Flashback.Execution;

public sealed partial class JournaledState
{
    /// <summary>Where a slot lies in its account's table, read from the state when it is new, and ready for this transaction.</summary>
    internal int SlotOf(AccountState account, in UInt256 key)
    {
        int index = account.Slots.Find(key);
        if (index < 0)
        {
            index = account.Slots.Add(key);
            ref Slot fresh = ref account.Slots[index];
            if (account.Before.HasStorage && !account.IsWiped)
                fresh.Base = fresh.Value = _view.SlotOf(account.Address, key);
        }
        ref Slot slot = ref account.Slots[index];
        if (slot.Transaction != _transaction)
        {
            slot.Transaction = _transaction;
            slot.Original = slot.Value;
            slot.Warm = false;
        }
        return index;
    }

    /// <summary>Makes a slot warm; true when it was cold. spec: EIP-2929</summary>
    internal bool Warm(AccountState account, int slot)
    {
        ref Slot entry = ref account.Slots[slot];
        if (entry.Warm)
            return false;
        Note(Change.SlotWarmed, account, slot);
        entry.Warm = true;
        return true;
    }

    internal void SetSlot(AccountState account, int slot, in UInt256 value)
    {
        ref Slot entry = ref account.Slots[slot];
        Note(Change.Slot, account, slot, entry.Value);
        entry.Value = value;
        Touch(account);
    }

    /// <summary>A word of transient storage. spec: EIP-1153</summary>
    internal static UInt256 TransientOf(AccountState account, in UInt256 key)
    {
        int index = account.Transient.Find(key);
        return index < 0 ? UInt256.Zero : account.Transient[index];
    }

    internal void SetTransient(AccountState account, in UInt256 key, in UInt256 value)
    {
        int index = account.Transient.Find(key);
        if (index < 0)
            index = account.Transient.Add(key);
        ref UInt256 entry = ref account.Transient[index];
        Note(Change.Transient, account, index, entry);
        entry = value;
    }

    /// <summary>Everything that differs from the state this began with.</summary>
    public StateDiff ToDiff()
    {
        List<AccountDiff> accounts = [];
        foreach (AccountState account in _accounts.Values)
        {
            if (DiffOf(account) is { } diff)
                accounts.Add(diff);
        }
        return new StateDiff(accounts, _newCodes);
    }

    private static AccountDiff? DiffOf(AccountState account)
    {
        if (account.IsAbsent)
            return account.WasThere ? new AccountDiff(account.Address, null, true, []) : null;
        List<KeyValuePair<UInt256, UInt256>> slots = [];
        for (int i = 0; i < account.Slots.Count; i++)
        {
            ref Slot slot = ref account.Slots[i];
            if (slot.Value != slot.Base)
                slots.Add(new(account.Slots.KeyAt(i), slot.Value));
        }
        Account now = new(account.Nonce, account.Balance, account.CodeHash, account.Before.HasStorage);
        bool isSame = account.WasThere && slots.Count == 0 && now == account.Before && !(account.IsWiped && account.Before.HasStorage);
        return isSame ? null : new AccountDiff(account.Address, now, account.IsWiped && account.Before.HasStorage, slots);
    }
}
