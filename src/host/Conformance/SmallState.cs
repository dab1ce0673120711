using System.Text.Json;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Conformance;

/// <summary>A whole state in memory, as vectors write it down: small enough that its root is taken anew each time.</summary>
internal sealed class SmallState : IStateView
{
    private readonly Dictionary<Address, Entry> _accounts = [];
    private readonly Dictionary<Hash32, ReadOnlyMemory<byte>> _codes = [];

    private sealed record Entry(Account Account, Dictionary<UInt256, UInt256> Slots);

    /// <summary>Reads <c>{ address: { nonce, balance, code, storage } }</c>.</summary>
    public static SmallState Read(JsonElement accounts)
    {
        SmallState state = new();
        foreach (JsonProperty account in accounts.EnumerateObject())
        {
            byte[] code = JsonWords.Bytes(account.Value.GetProperty("code"));
            Hash32 codeHash = Keccak.Hash256(code);
            state._codes[codeHash] = code;
            Dictionary<UInt256, UInt256> slots = [];
            foreach (JsonProperty slot in account.Value.GetProperty("storage").EnumerateObject())
            {
                if (JsonWords.Word(slot.Value) is { IsZero: false } value)
                    slots.Add(JsonWords.Word(slot.Name), value);
            }
            ulong nonce = JsonWords.UInt64(account.Value.GetProperty("nonce"));
            Account header = new(nonce, JsonWords.Word(account.Value.GetProperty("balance")), codeHash, slots.Count > 0);
            state._accounts.Add(FixedBytes.Parse<Address>(account.Name), new Entry(header, slots));
        }
        return state;
    }

    public bool TryGetAccount(in Address address, out Account account)
    {
        bool isThere = _accounts.TryGetValue(address, out Entry? entry);
        account = isThere ? entry!.Account : default;
        return isThere;
    }

    public ReadOnlyMemory<byte> CodeOf(in Hash32 codeHash) => _codes[codeHash];

    public UInt256 SlotOf(in Address address, in UInt256 slot) =>
        _accounts.TryGetValue(address, out Entry? entry) && entry.Slots.TryGetValue(slot, out UInt256 value) ? value : UInt256.Zero;

    public void Apply(StateDiff diff)
    {
        foreach ((Hash32 hash, ReadOnlyMemory<byte> code) in diff.Codes)
            _codes[hash] = code;
        foreach (AccountDiff change in diff.Accounts)
        {
            if (change.Account is not { } account)
            {
                _accounts.Remove(change.Address);
                continue;
            }
            bool keepsSlots = !change.ClearsStorage && _accounts.ContainsKey(change.Address);
            Dictionary<UInt256, UInt256> slots = keepsSlots ? _accounts[change.Address].Slots : [];
            foreach ((UInt256 slot, UInt256 value) in change.Slots)
            {
                if (value.IsZero)
                    slots.Remove(slot);
                else
                    slots[slot] = value;
            }
            _accounts[change.Address] = new Entry(account, slots);
        }
    }

    /// <summary>The state root. spec: Ethereum Yellow Paper, section 4.1</summary>
    public Hash32 Root() =>
        Secure(_accounts.Select(pair => new TrieEntry(pair.Key.AsSpan().ToArray(), Rlp.Encode(new Leaf(pair.Value.Account, StorageRoot(pair.Value))))));

    /// <summary>The accounts that the other state has not, or has otherwise, in words.</summary>
    public string Without(SmallState other) => string.Join("; ", Lines().Except(other.Lines()));

    private IEnumerable<string> Lines()
    {
        foreach ((Address address, Entry entry) in _accounts)
        {
            yield return $"{address} nonce {entry.Account.Nonce} balance {entry.Account.Balance} code {entry.Account.CodeHash}";
            foreach ((UInt256 slot, UInt256 value) in entry.Slots)
                yield return $"{address} slot {slot} = {value}";
        }
    }

    private static Hash32 StorageRoot(Entry entry) =>
        Secure(entry.Slots.Select(slot => new TrieEntry(slot.Key.ToHash32().AsSpan().ToArray(), Rlp.Encode(new Number(slot.Value)))));

    /// <summary>The root of a trie whose keys are hashed first.</summary>
    private static Hash32 Secure(IEnumerable<TrieEntry> entries)
    {
        TrieEntry[] hashed = [.. entries.Select(entry => entry with { Key = Keccak.Hash256(entry.Key.Span).AsSpan().ToArray() })];
        Array.Sort(hashed, (a, b) => a.Key.Span.SequenceCompareTo(b.Key.Span));
        return MerkleTrie.RootOf(hashed);
    }

    private readonly record struct Number(UInt256 Value) : IRlpEncodable
    {
        public void WriteTo(ref RlpWriter writer) => writer.Write(Value);
    }

    private readonly record struct Leaf(Account Account, Hash32 StorageRoot) : IRlpEncodable
    {
        public void WriteTo(ref RlpWriter writer)
        {
            RlpListMark list = writer.BeginList();
            writer.Write(Account.Nonce);
            writer.Write(Account.Balance);
            writer.WriteFixed(StorageRoot);
            writer.WriteFixed(Account.CodeHash);
            writer.EndList(list);
        }
    }
}
