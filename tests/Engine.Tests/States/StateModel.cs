using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State;

namespace Flashback.Engine.Tests.States;

/// <summary>The slow twin of a state: accounts and words in dictionaries, roots built from scratch.</summary>
internal sealed class StateModel
{
    private readonly SortedDictionary<Address, (ulong Nonce, UInt256 Balance, byte[] Code)> _accounts = [];
    private readonly Dictionary<Address, Dictionary<UInt256, UInt256>> _storage = [];

    /// <summary>Few addresses and slots, so that changes meet.</summary>
    public const int AddressCount = 60;

    public static Address AddressOf(int n) => Address.Read(Keccak.Hash256([(byte)n]).AsSpan()[12..]);

    public StateModel Copy()
    {
        StateModel copy = new();
        foreach ((Address address, var account) in _accounts)
            copy._accounts[address] = account;
        foreach ((Address address, Dictionary<UInt256, UInt256> words) in _storage)
            copy._storage[address] = new(words);
        return copy;
    }

    /// <summary>Changes some accounts at random and says how.</summary>
    public StateDiff Change(Random random, int count)
    {
        List<AccountDiff> accounts = [];
        Dictionary<Hash32, ReadOnlyMemory<byte>> codes = [];
        foreach (int n in Enumerable.Range(0, AddressCount).OrderBy(_ => random.Next()).Take(count))
            accounts.Add(ChangeOne(random, AddressOf(n), codes));
        return new StateDiff(accounts, codes);
    }

    private AccountDiff ChangeOne(Random random, Address address, Dictionary<Hash32, ReadOnlyMemory<byte>> codes)
    {
        bool isGone = random.Next(6) == 0;
        bool clears = isGone || random.Next(8) == 0;
        if (clears)
            _storage.Remove(address);
        if (isGone)
        {
            _accounts.Remove(address);
            return new AccountDiff(address, null, true, []);
        }
        byte[] code = random.Next(3) == 0 ? [(byte)random.Next(4), 0x5b] : _accounts.TryGetValue(address, out var before) ? before.Code : [];
        _accounts[address] = ((ulong)random.Next(1, 1000), (UInt256)(ulong)random.NextInt64(), code);
        codes[Keccak.Hash256(code)] = code;
        Dictionary<UInt256, UInt256> words = _storage.TryGetValue(address, out var old) ? old : _storage[address] = [];
        Dictionary<UInt256, UInt256> changed = [];
        for (int i = random.Next(12); i > 0; i--)
            changed[(UInt256)(ulong)random.Next(40)] = random.Next(2) == 0 ? UInt256.Zero : random.Next(2) == 0 ? (ulong)random.Next(1, 300) : UInt256.MaxValue - (ulong)random.Next(9);
        foreach ((UInt256 slot, UInt256 word) in changed)
        {
            if (word.IsZero)
                words.Remove(slot);
            else
                words[slot] = word;
        }
        return new AccountDiff(address, AccountOf(address), clears, [.. changed]);
    }

    public UInt256 WordOf(Address address, UInt256 slot) => _storage.GetValueOrDefault(address)?.GetValueOrDefault(slot) ?? UInt256.Zero;

    public Account? AccountOf(Address address) => _accounts.TryGetValue(address, out var account)
        ? new Account(account.Nonce, account.Balance, Keccak.Hash256(account.Code), _storage.GetValueOrDefault(address) is { Count: > 0 })
        : null;

    public Hash32 Root() => RootOf(_accounts.Select(pair => new TrieEntry(
        Keccak.Hash256(pair.Key.AsSpan()).AsSpan().ToArray(),
        Rlp.Encode(new StateAccount(pair.Value.Nonce, pair.Value.Balance, StorageRootOf(pair.Key), Keccak.Hash256(pair.Value.Code))))));

    /// <summary>Every account, word and code reads as here, and the roots agree.</summary>
    public void AssertSame(StateView view)
    {
        Assert.Equal(Root(), view.Root);
        for (int n = 0; n < AddressCount; n++)
        {
            Address address = AddressOf(n);
            Assert.Equal(AccountOf(address), view.TryGetAccount(address, out Account account) ? account : null);
            if (_accounts.TryGetValue(address, out var here))
                Assert.Equal(here.Code, view.CodeOf(account.CodeHash).ToArray());
            for (ulong slot = 0; slot < 40; slot++)
                Assert.Equal(WordOf(address, slot), view.SlotOf(address, slot));
        }
    }

    private Hash32 StorageRootOf(Address address) => RootOf((_storage.GetValueOrDefault(address) ?? []).Select(pair =>
    {
        byte[] word = new byte[Rlp.LengthOf(pair.Value)];
        Rlp.Write(word, pair.Value);
        return new TrieEntry(Keccak.Hash256(pair.Key.ToHash32().AsSpan()).AsSpan().ToArray(), word);
    }));

    private static Hash32 RootOf(IEnumerable<TrieEntry> entries) =>
        MerkleTrie.RootOf([.. entries.OrderBy(entry => entry.Key.ToArray(), Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)))]);
}
