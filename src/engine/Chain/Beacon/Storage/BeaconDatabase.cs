using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.State.Store;

namespace Flashback.Chain.Beacon;

/// <summary>Beacon blocks, some of their states, and their blobs, on disk. Any number of threads read; <see cref="BeaconChain"/> writes.</summary>
/// <remarks>
/// <code>
///  state on disk      state on disk     final       head
///       │                   │             │          │
///  ─────●───●───●───●───●───●───●───●───●─●───●──●───●        found by slot
///                           └ recent ────────────────┘        gone through again at the start, with what lies beside the chain
/// </code>
/// A state of long ago is found by going through the blocks after the state on disk before it.
/// Every member throws <see cref="StoreException"/> when the disk fails or what is on it is damaged.
/// </remarks>
public sealed class BeaconDatabase
{
    private const ulong Layout = 1;
    private const int SlotLength = 8;
    private const int RootLength = 32;

    private static readonly byte[] LayoutMark = "layout"u8.ToArray();
    private static readonly byte[] StateMark = "state"u8.ToArray();

    private readonly IStore _store;
    private readonly ConsensusConfig _config;

    /// <summary>Opens what a store holds.</summary>
    /// <exception cref="StoreException">The store was written by a version of this program whose layout is another.</exception>
    internal BeaconDatabase(IStore store, ConsensusConfig config)
    {
        (_store, _config) = (store, config);
        byte[]? layout = store.Get(BeaconColumns.Marks, LayoutMark);
        if (layout is not null && !layout.AsSpan().SequenceEqual(KeyOf(Layout)))
            throw new StoreException($"the beacon chain on disk has layout {Hex.Encode(layout)}, this program writes {Layout}");
    }

    private Preset Preset => _config.Preset;

    /// <summary>The slot of the block whose state is the last on disk; null in an empty store.</summary>
    internal Slot? LastState => _store.Get(BeaconColumns.Marks, StateMark) is { } bytes ? new Slot(BinaryPrimitives.ReadUInt64BigEndian(bytes)) : null;

    /// <summary>The block with this root, on the chain or beside it.</summary>
    public bool TryGetBlock(in Hash32 root, [NotNullWhen(true)] out SignedBeaconBlock? block)
    {
        block = null;
        if (_store.Get(BeaconColumns.Blocks, root.AsSpan()) is not { } bytes)
            return false;
        return SignedBeaconBlock.TryDecode(bytes, Preset, out block, out _) ? true : throw Damaged($"block {root}");
    }

    /// <summary>The encoding of the block with this root; null where there is none.</summary>
    public byte[]? EncodedBlock(in Hash32 root) => _store.Get(BeaconColumns.Blocks, root.AsSpan());

    /// <summary>The root of the block at this slot on the chain; null where the slot has none.</summary>
    public Hash32? RootAt(Slot slot) => _store.Get(BeaconColumns.Slots, KeyOf(slot.Value)) is { } bytes ? Hash32.Read(bytes) : null;

    /// <summary>The blocks of the chain in a range of slots, ascending.</summary>
    /// <param name="first">The first slot.</param>
    /// <param name="before">The slot after the last.</param>
    /// <param name="most">How many blocks at most.</param>
    public IReadOnlyList<(Slot Slot, Hash32 Root)> Range(Slot first, Slot before, int most)
    {
        List<(Slot, Hash32)> found = [];
        using IStoreCursor cursor = _store.Scan(BeaconColumns.Slots, new KeyRange(KeyOf(first.Value), KeyOf(before.Value)));
        while (found.Count < most && cursor.MoveNext())
            found.Add((new Slot(BinaryPrimitives.ReadUInt64BigEndian(cursor.Key)), Hash32.Read(cursor.Value)));
        return found;
    }

    /// <summary>The last block of the chain at or before a slot; null where there is none.</summary>
    public (Slot Slot, Hash32 Root)? LastAt(Slot slot)
    {
        using IStoreCursor cursor = _store.Scan(BeaconColumns.Slots, new KeyRange(null, KeyAfter(slot)), Direction.Backward);
        return cursor.MoveNext() ? (new Slot(BinaryPrimitives.ReadUInt64BigEndian(cursor.Key)), Hash32.Read(cursor.Value)) : null;
    }

    /// <summary>The last slot of the chain in a store; null where there is none.</summary>
    internal static Slot? LastSlotIn(IStoreReader store)
    {
        using IStoreCursor cursor = store.Scan(BeaconColumns.Slots, KeyRange.All, Direction.Backward);
        return cursor.MoveNext() ? new Slot(BinaryPrimitives.ReadUInt64BigEndian(cursor.Key)) : null;
    }

    /// <summary>The blobs of a block that are kept, in order, encoded as <see cref="BlobSidecar"/>.</summary>
    public IReadOnlyList<byte[]> Blobs(Slot slot, in Hash32 root)
    {
        List<byte[]> found = [];
        byte[] prefix = [.. KeyOf(slot.Value), .. root.AsSpan()];
        using IStoreCursor cursor = _store.Scan(BeaconColumns.Blobs, KeyRange.WithPrefix(prefix));
        while (cursor.MoveNext())
            found.Add(cursor.Value.ToArray());
        return found;
    }

    /// <summary>The last state on disk of a block at or before a slot.</summary>
    internal (Slot Slot, byte[] State)? StateBefore(Slot slot)
    {
        using IStoreCursor cursor = _store.Scan(BeaconColumns.States, new KeyRange(null, KeyAfter(slot)), Direction.Backward);
        return cursor.MoveNext() ? (new Slot(BinaryPrimitives.ReadUInt64BigEndian(cursor.Key)), cursor.Value.ToArray()) : null;
    }

    /// <summary>The blocks after the last state on disk, on the chain and beside it, parents before children.</summary>
    internal IEnumerable<SignedBeaconBlock> Recent()
    {
        List<Hash32> roots = [];
        using (IStoreCursor cursor = _store.Scan(BeaconColumns.Recent, KeyRange.All))
        {
            while (cursor.MoveNext())
                roots.Add(Hash32.Read(cursor.Key[SlotLength..]));
        }
        foreach (Hash32 root in roots)
        {
            if (TryGetBlock(root, out SignedBeaconBlock? block))
                yield return block;
        }
    }

    internal static void PutLayout(WriteBatch batch) => batch.Put(BeaconColumns.Marks, LayoutMark, KeyOf(Layout));

    internal void PutBlock(WriteBatch batch, in Hash32 root, SignedBeaconBlock block) => batch.Put(BeaconColumns.Blocks, root.AsSpan(), block.Encode(Preset));

    /// <summary>A block that comes after the last state on disk.</summary>
    internal static void PutRecent(WriteBatch batch, Slot slot, in Hash32 root) => batch.Put(BeaconColumns.Recent, RecentKey(slot, root), []);

    internal void PutBlob(WriteBatch batch, Slot slot, in Hash32 root, BlobSidecar sidecar) =>
        batch.Put(BeaconColumns.Blobs, [.. KeyOf(slot.Value), .. root.AsSpan(), (byte)sidecar.Index], sidecar.Encode(Preset));

    internal static void PutOnChain(WriteBatch batch, Slot slot, in Hash32 root) => batch.Put(BeaconColumns.Slots, KeyOf(slot.Value), root.AsSpan());

    internal static void DeleteOnChain(WriteBatch batch, Slot slot) => batch.Delete(BeaconColumns.Slots, KeyOf(slot.Value));

    /// <summary>Keeps the state after a final block. What came before it is never gone through again, and what lay beside the chain there is forgotten.</summary>
    internal void PutState(WriteBatch batch, Slot slot, CachedState state)
    {
        batch.Put(BeaconColumns.States, KeyOf(slot.Value), state.State.Encode(Preset));
        batch.Put(BeaconColumns.Marks, StateMark, KeyOf(slot.Value));
        using IStoreCursor cursor = _store.Scan(BeaconColumns.Recent, new KeyRange(null, KeyAfter(slot)));
        while (cursor.MoveNext())
        {
            Slot at = new(BinaryPrimitives.ReadUInt64BigEndian(cursor.Key));
            Hash32 root = Hash32.Read(cursor.Key[SlotLength..]);
            batch.Delete(BeaconColumns.Recent, cursor.Key);
            if (RootAt(at) == root)
                continue;
            batch.Delete(BeaconColumns.Blocks, root.AsSpan());
            batch.DeleteRange(BeaconColumns.Blobs, KeyRange.WithPrefix(cursor.Key));
        }
    }

    /// <summary>Forgets blobs of slots before one.</summary>
    internal static void PruneBlobs(WriteBatch batch, Slot before) => batch.DeleteRange(BeaconColumns.Blobs, new KeyRange(null, KeyOf(before.Value)));

    internal BeaconState DecodeState(Slot slot, byte[] bytes) =>
        BeaconState.TryDecode(bytes, Preset, out BeaconState? state, out _) ? state : throw Damaged($"the state of {slot}");

    internal void Commit(WriteBatch batch, Durability durability) => _store.Commit(batch, durability);

    private static byte[] RecentKey(Slot slot, in Hash32 root)
    {
        byte[] key = new byte[SlotLength + RootLength];
        BinaryPrimitives.WriteUInt64BigEndian(key, slot.Value);
        root.AsSpan().CopyTo(key.AsSpan(SlotLength));
        return key;
    }

    private static byte[] KeyOf(ulong number) => ChainColumns.KeyOf(number);

    private static byte[]? KeyAfter(Slot slot) => slot.Value == ulong.MaxValue ? null : KeyOf(slot.Value + 1);

    private static StoreException Damaged(string what) => new($"{what} does not decode: the database is damaged");
}
