using System.Buffers.Binary;
using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.State.Store;

namespace Flashback.Validator;

/// <summary>A block that was signed.</summary>
/// <param name="Slot">Its slot.</param>
/// <param name="SigningRoot">What was signed; null when only the slot is known, so that nothing is the same.</param>
public readonly record struct SignedBlock(Slot Slot, Hash32? SigningRoot);

/// <summary>A vote that was signed.</summary>
/// <param name="Source">The source's epoch.</param>
/// <param name="Target">The target's epoch.</param>
/// <param name="SigningRoot">What was signed; null when only the epochs are known, so that nothing is the same.</param>
public readonly record struct SignedAttestation(Epoch Source, Epoch Target, Hash32? SigningRoot);

/// <summary>What the database answers for alone: nothing at or below is signed, but what is in it already. Null before the first signature.</summary>
/// <param name="Slot">Blocks come after this slot.</param>
/// <param name="Source">Sources are not before this epoch.</param>
/// <param name="Target">Targets come after this epoch.</param>
internal readonly record struct LowWatermark(Slot? Slot, Epoch? Source, Epoch? Target);

/// <summary>One key's history as the store has it.</summary>
/// <remarks>
/// blocks: public key, slot (8 bytes, big-endian) → signing root, or nothing where it is unknown.
/// attestations: public key, target (8) → source (8), signing root, or no root where it is unknown.
/// marks: public key → for slot, source and target a byte that says whether there is a mark, and the mark (8).
/// </remarks>
internal readonly struct SignedHistory(IStoreReader store, Bytes48 key)
{
    public static readonly Column Blocks = new("protection_blocks"), Attestations = new("protection_attestations"), Marks = new("protection_marks");

    private const int KeySize = 48, NumberSize = 8, MarkSize = 1 + NumberSize;

    public LowWatermark ReadMarks()
    {
        if (store.Get(Marks, key.AsSpan()) is not { } bytes)
            return default;
        return new LowWatermark(
            Mark(bytes, 0) is { } slot ? new Slot(slot) : null, Mark(bytes, 1) is { } source ? new Epoch(source) : null, Mark(bytes, 2) is { } target ? new Epoch(target) : null);
    }

    public SignedBlock? BlockAt(Slot slot) => store.Get(Blocks, KeyOf(slot.Value)) is { } value ? new SignedBlock(slot, RootIn(value)) : null;

    public SignedAttestation? AttestationTo(Epoch target) => store.Get(Attestations, KeyOf(target.Value)) is { } value ? ReadAttestation(target, value) : null;

    /// <summary>Blocks before a slot; all without one.</summary>
    public List<SignedBlock> BlocksBefore(Slot? end)
    {
        List<SignedBlock> found = [];
        using IStoreCursor cursor = store.Scan(Blocks, RangeOf(0, end?.Value));
        while (cursor.MoveNext())
            found.Add(new SignedBlock(new(NumberIn(cursor.Key)), RootIn(cursor.Value)));
        return found;
    }

    /// <summary>Votes whose targets are from one epoch on and before another; to the last without that.</summary>
    public List<SignedAttestation> AttestationsTo(Epoch first, Epoch? end)
    {
        List<SignedAttestation> found = [];
        using IStoreCursor cursor = store.Scan(Attestations, RangeOf(first.Value, end?.Value));
        while (cursor.MoveNext())
            found.Add(ReadAttestation(new(NumberIn(cursor.Key)), cursor.Value));
        return found;
    }

    public void Put(WriteBatch batch, SignedBlock block) => batch.Put(Blocks, KeyOf(block.Slot.Value), block.SigningRoot is { } root ? root.AsSpan() : []);

    public void Put(WriteBatch batch, SignedAttestation attestation)
    {
        Span<byte> value = stackalloc byte[NumberSize + 32];
        BinaryPrimitives.WriteUInt64BigEndian(value, attestation.Source.Value);
        attestation.SigningRoot.GetValueOrDefault().AsSpan().CopyTo(value[NumberSize..]);
        batch.Put(Attestations, KeyOf(attestation.Target.Value), attestation.SigningRoot is null ? value[..NumberSize] : value);
    }

    public void Put(WriteBatch batch, LowWatermark marks)
    {
        Span<byte> value = stackalloc byte[3 * MarkSize];
        value.Clear();
        ulong?[] numbers = [marks.Slot?.Value, marks.Source?.Value, marks.Target?.Value];
        for (int i = 0; i < numbers.Length; i++)
        {
            value[i * MarkSize] = numbers[i] is null ? (byte)0 : (byte)1;
            BinaryPrimitives.WriteUInt64BigEndian(value[((i * MarkSize) + 1)..], numbers[i] ?? 0);
        }
        batch.Put(Marks, key.AsSpan(), value);
    }

    public void DeleteBlocksBefore(WriteBatch batch, Slot end) => batch.DeleteRange(Blocks, RangeOf(0, end.Value));

    public void DeleteAttestationsBefore(WriteBatch batch, Epoch end) => batch.DeleteRange(Attestations, RangeOf(0, end.Value));

    /// <summary>The keys that something is known of.</summary>
    public static List<Bytes48> KeysIn(IStoreReader store)
    {
        List<Bytes48> keys = [];
        using IStoreCursor cursor = store.Scan(Marks, KeyRange.All);
        while (cursor.MoveNext())
            keys.Add(FixedBytes.Read<Bytes48>(cursor.Key));
        return keys;
    }

    private KeyRange RangeOf(ulong first, ulong? end) => new(KeyOf(first), end is { } before ? KeyOf(before) : [.. KeyOf(ulong.MaxValue), 0]);

    private byte[] KeyOf(ulong number)
    {
        byte[] bytes = new byte[KeySize + NumberSize];
        key.AsSpan().CopyTo(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(KeySize), number);
        return bytes;
    }

    private static ulong? Mark(ReadOnlySpan<byte> bytes, int index) =>
        bytes[index * MarkSize] == 0 ? null : BinaryPrimitives.ReadUInt64BigEndian(bytes[((index * MarkSize) + 1)..]);

    private static ulong NumberIn(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadUInt64BigEndian(key[KeySize..]);

    private static Hash32? RootIn(ReadOnlySpan<byte> value) => value.IsEmpty ? null : Hash32.Read(value);

    private static SignedAttestation ReadAttestation(Epoch target, ReadOnlySpan<byte> value) =>
        new(new(BinaryPrimitives.ReadUInt64BigEndian(value)), target, RootIn(value[NumberSize..]));
}
