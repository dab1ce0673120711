using System.Runtime.CompilerServices;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Instructions that look at accounts and storage or change them.</summary>
internal sealed unsafe partial class Evm
{
    private const int ColdAccountSurcharge = 2500; // COLD_ACCOUNT_ACCESS_COST 2600 − WARM_STORAGE_READ_COST 100, which is in the fixed cost
    private const int ColdAccount = 2600; // COLD_ACCOUNT_ACCESS_COST
    private const int WarmAccess = 100; // WARM_STORAGE_READ_COST
    private const int ColdSlot = 2100; // COLD_SLOAD_COST
    private const int SlotSet = 20_000; // SSTORE_SET_GAS
    private const int SlotReset = 2900; // SSTORE_RESET_GAS 5000 − COLD_SLOAD_COST
    private const int SlotClearRefund = 4800; // SSTORE_CLEARS_SCHEDULE, EIP-3529
    private const int StoreStipend = 2300; // with no more gas than this, SSTORE fails, EIP-2200
    private const int NewAccount = 25_000;

    /// <summary>The account that a word names, made warm; false when the gas does not suffice for a cold one. spec: EIP-2929</summary>
    private bool TryAccess(Frame frame, in UInt256 word, out AccountState account)
    {
        account = _state[word.ToAddress()];
        return !_state.Warm(account) || Charge(frame, ColdAccountSurcharge);
    }

    private Halt LoadSlot(Frame frame)
    {
        ref UInt256 word = ref Peek(frame);
        int slot = _state.SlotOf(frame.Account, word);
        if (_state.Warm(frame.Account, slot) && !Charge(frame, ColdSlot - WarmAccess))
            return Halt.OutOfGas;
        word = frame.Account.Slots[slot].Value;
        return Halt.None;
    }

    /// <summary>SSTORE, whose price depends on what the word was, is and will be. spec: EIP-2200, EIP-2929, EIP-3529</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Halt StoreSlot(Frame frame)
    {
        if (frame.IsStatic)
            return Halt.StaticViolation;
        if (frame.Gas <= StoreStipend)
            return Halt.OutOfGas;
        ref UInt256 key = ref Pop(frame), value = ref Pop(frame);
        AccountState account = frame.Account;
        int index = _state.SlotOf(account, key);
        long cost = _state.Warm(account, index) ? ColdSlot : 0;
        ref Slot slot = ref account.Slots[index];
        if (value == slot.Value)
            return Charge(frame, cost + WarmAccess) ? Halt.None : Halt.OutOfGas;

        bool isFirstChange = slot.Value == slot.Original;
        cost += !isFirstChange ? WarmAccess : slot.Original.IsZero ? SlotSet : SlotReset;
        if (!Charge(frame, cost))
            return Halt.OutOfGas;
        _state.AddRefund(RefundOf(slot, value, isFirstChange));
        _state.SetSlot(account, index, value);
        return Halt.None;
    }

    private static long RefundOf(in Slot slot, in UInt256 value, bool isFirstChange)
    {
        long refund = 0;
        if (!slot.Original.IsZero)
        {
            if (!isFirstChange && slot.Value.IsZero)
                refund -= SlotClearRefund;
            if (value.IsZero)
                refund += SlotClearRefund;
        }
        if (!isFirstChange && value == slot.Original)
            refund += (slot.Original.IsZero ? SlotSet : SlotReset) - WarmAccess;
        return refund;
    }

    private Halt StoreTransient(Frame frame)
    {
        if (frame.IsStatic)
            return Halt.StaticViolation;
        ref UInt256 key = ref Pop(frame), value = ref Pop(frame);
        _state.SetTransient(frame.Account, key, value);
        return Halt.None;
    }

    /// <summary>Sends the balance away; only what this transaction made is deleted as well. spec: EIP-6780</summary>
    private Halt SelfDestruct(Frame frame)
    {
        if (frame.IsStatic)
            return Halt.StaticViolation;
        AccountState account = frame.Account, heir = _state[Pop(frame).ToAddress()];
        long cost = _state.Warm(heir) ? ColdAccount : 0;
        if (heir.IsEmpty && !account.Balance.IsZero)
            cost += NewAccount;
        if (!Charge(frame, cost))
            return Halt.OutOfGas;
        _state.Transfer(account, heir, account.Balance);
        if (account.IsCreated)
        {
            _state.SetBalance(account, UInt256.Zero); // to itself: burnt
            _state.Destroy(account);
        }
        return Halt.SelfDestruct;
    }
}
