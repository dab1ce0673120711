using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Flashback.Primitives;
using Flashback.State.Trie;

namespace Flashback.State.Flat;

/// <summary>What a state is made of.</summary>
internal enum StateTable : byte
{
    /// <summary>Hash of an address → account.</summary>
    Account,

    /// <summary>Hash of an address, hash of a slot → word, without leading zeros.</summary>
    Slot,

    /// <summary>Path → node of the trie of accounts.</summary>
    AccountNode,

    /// <summary>Hash of an address, path → node of that account's trie of slots.</summary>
    SlotNode,

    /// <summary>Hash → code. The same in every state, so never changed and never removed.</summary>
    Code,
}

/// <summary>A key of one of the state's tables, with its hash code ready: a look-up through many layers computes it once.</summary>
internal readonly struct StateKey : IEquatable<StateKey>
{
    public const int MaxLength = 32 + NodePath.MaxEncodedLength;

    private const int LengthAt = 70;
    private const int TableAt = 71;

    private readonly Words _words;
    private readonly int _hashCode;

    private StateKey(StateTable table, ReadOnlySpan<byte> owner, ReadOnlySpan<byte> rest)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes((Span<ulong>)_words);
        owner.CopyTo(bytes);
        rest.CopyTo(bytes[owner.Length..]);
        bytes[LengthAt] = (byte)(owner.Length + rest.Length);
        bytes[TableAt] = (byte)table;
        _hashCode = HashOf(_words);
    }

    public static StateKey Account(in Hash32 addressHash) => new(StateTable.Account, addressHash.AsSpan(), default);

    public static StateKey Slot(in Hash32 addressHash, in Hash32 slotHash) => new(StateTable.Slot, addressHash.AsSpan(), slotHash.AsSpan());

    public static StateKey Code(in Hash32 codeHash) => new(StateTable.Code, codeHash.AsSpan(), default);

    public static StateKey AccountNode(in NodePath path)
    {
        Span<byte> encoded = stackalloc byte[NodePath.MaxEncodedLength];
        return new(StateTable.AccountNode, default, encoded[..path.Encode(encoded)]);
    }

    public static StateKey SlotNode(in Hash32 addressHash, in NodePath path)
    {
        Span<byte> encoded = stackalloc byte[NodePath.MaxEncodedLength];
        return new(StateTable.SlotNode, addressHash.AsSpan(), encoded[..path.Encode(encoded)]);
    }

    /// <summary>The key with these bytes, as <see cref="Bytes"/> gave them.</summary>
    /// <exception cref="ArgumentException">They are too many.</exception>
    public static StateKey Of(StateTable table, ReadOnlySpan<byte> bytes) => bytes.Length <= MaxLength
        ? new(table, bytes, default)
        : throw new ArgumentException($"a key of the state has at most {MaxLength} bytes, not {bytes.Length}", nameof(bytes));

    public StateTable Table => (StateTable)MemoryMarshal.AsBytes((ReadOnlySpan<ulong>)_words)[TableAt];

    /// <summary>The bytes of the key in its table's column. No key's bytes begin another's of the same table.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes((ReadOnlySpan<ulong>)_words);
            return bytes[..bytes[LengthAt]];
        }
    }

    public bool Equals(StateKey other) => _hashCode == other._hashCode && ((ReadOnlySpan<ulong>)_words).SequenceEqual(other._words);

    public override bool Equals(object? obj) => obj is StateKey other && Equals(other);

    public override int GetHashCode() => _hashCode;

    [InlineArray(9)]
    private struct Words
    {
        private ulong _first;
    }

    private static int HashOf(ReadOnlySpan<ulong> words)
    {
        HashCode hash = default; // seeded per process: whom it serves cannot choose keys that collide
        foreach (ulong word in words)
            hash.Add(word);
        return hash.ToHashCode();
    }
}
