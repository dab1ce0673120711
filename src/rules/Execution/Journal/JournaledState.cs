using System.Runtime.CompilerServices;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>
/// The state while transactions run over it: reads go through to the view once, writes stay here, and every write can be undone back to a
/// checkpoint. One thread at a time.
/// </summary>
/// <remarks>
/// Accounts and slots carry the number of the transaction that used them last, so beginning a transaction resets nothing:
/// warmth, original values and marks of an earlier one are recognised by their number and dropped on first use.
/// </remarks>
public sealed partial class JournaledState
{
    private readonly IStateView _view;
    private readonly BytecodeCache _codes;
    private readonly Dictionary<Address, AccountState> _accounts = [];
    private readonly Dictionary<Hash32, ReadOnlyMemory<byte>> _newCodes = [];
    private readonly List<AccountState> _used = []; // touched, created or destroyed in this transaction, perhaps twice, perhaps undone
    private readonly List<Log> _logs = [];
    private JournalEntry[] _journal = new JournalEntry[64];
    private int _entries;
    private int _transaction;
    private AccountState? _latest;

    /// <summary>The state of <paramref name="view"/> with nothing changed.</summary>
    /// <param name="view">What to begin with.</param>
    /// <param name="codes">Analysed code, shared with others.</param>
    public JournaledState(IStateView view, BytecodeCache codes)
    {
        _view = view;
        _codes = codes;
    }

    /// <summary>Whether each transfer of wei becomes a log.</summary>
    internal bool LogsTransfers { get; init; }

    /// <summary>Gas to be given back so far in this transaction; may be negative on the way. spec: EIP-3529</summary>
    internal long Refund { get; private set; }

    /// <summary>The logs of this transaction so far.</summary>
    internal IReadOnlyList<Log> Logs => _logs;

    /// <summary>Forgets warmth, transient storage, logs and refunds: the next transaction begins.</summary>
    internal void BeginTransaction()
    {
        _transaction++;
        _journal.AsSpan(0, _entries).Clear();
        _entries = 0;
        _used.Clear();
        _logs.Clear();
        Refund = 0;
    }

    internal AccountState this[in Address address]
    {
        get
        {
            // Instructions ask for the same account again and again.
            AccountState account = _latest is { } latest && latest.Address == address ? latest : _latest = Find(address);
            account.Enter(_transaction);
            return account;
        }
    }

    /// <summary>The code of an account, analysed; empty when it has none.</summary>
    internal Bytecode CodeOf(AccountState account) => account.Code ??= _codes.Get(account.CodeHash, _view);

    internal Checkpoint Mark() => new(_entries, _logs.Count, Refund);

    /// <summary>Undoes everything since the checkpoint.</summary>
    internal void RevertTo(in Checkpoint mark)
    {
        while (_entries > mark.Entries)
        {
            ref JournalEntry entry = ref _journal[--_entries];
            Undo(entry);
            entry = default;
        }
        _logs.RemoveRange(mark.Logs, _logs.Count - mark.Logs);
        Refund = mark.Refund;
    }

    internal void Add(Log log) => _logs.Add(log);

    internal void AddRefund(long gas) => Refund += gas;

    private AccountState Find(in Address address)
    {
        if (_accounts.TryGetValue(address, out AccountState? account))
            return account;
        bool isThere = _view.TryGetAccount(address, out Account found);
        account = new AccountState(address, isThere, isThere ? found : new Account(0, UInt256.Zero, Keccak.OfNothing));
        _accounts.Add(address, account);
        return account;
    }

    private static void Undo(in JournalEntry entry)
    {
        AccountState account = entry.Account;
        switch (entry.Change)
        {
            case Change.Balance: account.Balance = entry.Before; break;
            case Change.Nonce: account.Nonce = entry.Before.Low; break;
            case Change.Code: (account.Code, account.CodeHash) = (entry.Code, entry.Before.ToHash32()); break;
            case Change.Slot: account.Slots[entry.Index].Value = entry.Before; break;
            case Change.Transient: account.Transient[entry.Index] = entry.Before; break;
            case Change.AccountWarmed: account.IsWarm = false; break;
            case Change.SlotWarmed: account.Slots[entry.Index].Warm = false; break;
            case Change.Touched: account.IsTouched = false; break;
            case Change.Created: account.IsCreated = false; break;
            case Change.Destroyed: account.IsDestroyed = false; break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // EvmBenchmarks: once per write
    private void Note(Change change, AccountState account, int index = 0, in UInt256 before = default, Bytecode? code = null)
    {
        if (_entries == _journal.Length)
            Array.Resize(ref _journal, 2 * _entries);
        _journal[_entries++] = new JournalEntry(change, account, index, before, code);
    }
}
