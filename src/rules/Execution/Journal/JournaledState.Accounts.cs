using Flashback.Primitives;

namespace Flashback.Execution;

public sealed partial class JournaledState
{
    /// <summary>Makes an account warm; true when it was cold. spec: EIP-2929</summary>
    internal bool Warm(AccountState account)
    {
        if (account.IsWarm)
            return false;
        Note(Change.AccountWarmed, account);
        account.IsWarm = true;
        return true;
    }

    /// <summary>Remembers that an account took part, so that it is deleted at the end when it is empty. spec: EIP-161</summary>
    internal void Touch(AccountState account)
    {
        if (account.IsTouched)
            return;
        Note(Change.Touched, account);
        account.IsTouched = true;
        _used.Add(account);
    }

    internal void SetBalance(AccountState account, in UInt256 balance)
    {
        Touch(account);
        Note(Change.Balance, account, before: account.Balance);
        account.Balance = balance;
    }

    internal void SetNonce(AccountState account, ulong nonce)
    {
        Touch(account);
        Note(Change.Nonce, account, before: account.Nonce);
        account.Nonce = nonce;
    }

    internal void SetCode(AccountState account, ReadOnlySpan<byte> code)
    {
        Touch(account);
        Note(Change.Code, account, before: UInt256.ReadBigEndian(account.CodeHash.AsSpan()), code: account.Code);
        if (code.IsEmpty)
        {
            (account.Code, account.CodeHash) = (Bytecode.Empty, Keccak.OfNothing);
            return;
        }
        Hash32 hash = Keccak.Hash256(code);
        Bytecode bytecode = _codes.Get(hash, code);
        (account.Code, account.CodeHash) = (bytecode, hash);
        _newCodes[hash] = bytecode.Padded.AsMemory(0, bytecode.Length);
    }

    /// <summary>Moves wei; the caller has seen to it that there are enough. The value comes as a copy: it may be the very balance that changes.</summary>
    internal void Transfer(AccountState from, AccountState to, UInt256 value)
    {
        Touch(to);
        if (LogsTransfers && !value.IsZero)
            Add(TransferLog.Of(from.Address, to.Address, value));
        if (value.IsZero || from == to)
            return;
        SetBalance(from, from.Balance - value);
        SetBalance(to, to.Balance + value);
    }

    /// <summary>Marks an account as made by this transaction, with nonce 1. spec: EIP-161, EIP-6780</summary>
    internal void Create(AccountState account)
    {
        Note(Change.Created, account);
        account.IsCreated = true;
        SetNonce(account, 1);
    }

    /// <summary>Marks an account made by this transaction to be deleted at its end. spec: EIP-6780</summary>
    internal void Destroy(AccountState account)
    {
        if (account.IsDestroyed)
            return;
        Note(Change.Destroyed, account);
        account.IsDestroyed = true;
    }

    /// <summary>Deletes what this transaction destroyed and what it left empty. There is no way back behind this.</summary>
    internal void EndTransaction()
    {
        foreach (AccountState account in _used)
        {
            if (!account.IsTouched)
                continue;
            if (account.IsDestroyed || account.IsEmpty)
                Delete(account);
            else
                account.IsAbsent = false;
        }
    }

    private static void Delete(AccountState account)
    {
        (account.Nonce, account.Balance, account.Code, account.CodeHash) = (0, UInt256.Zero, Bytecode.Empty, Keccak.OfNothing);
        account.IsAbsent = account.IsWiped = true;
        for (int i = 0; i < account.Slots.Count; i++)
        {
            ref Slot slot = ref account.Slots[i];
            slot.Value = slot.Original = slot.Base = UInt256.Zero;
        }
    }
}
