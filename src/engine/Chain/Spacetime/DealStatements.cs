using System.Buffers.Binary;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Chain.Spacetime;

/// <summary>What claims of deals state, and whether bytes show it: hashes and signatures, without a circuit. The work is bounded by what the inputs may be. spec: ours#4</summary>
internal static class DealStatements
{
    private const int MostRows = 31; // of a piece as large as the largest sector: 64 GiB
    private const int MostHeight = 11;
    private const int MostPlaces = 16;
    private const int MostDeliveries = 64;
    private const int DeliveryLength = 8 + 8 + 4 + 4 + 32 + 32 + 65; // without the opening

    /// <summary>HOT: the piece's data at some places is at hand.</summary>
    /// <remarks>An opening for each place, in the order of <c>hotInputs</c>: commP, levels, height, places.</remarks>
    public static Invalid<ClaimRule>? CheckHot(in StorageClaim claim, in AbiReader inputs, ReadOnlySpan<byte> blob)
    {
        (ulong rows, ulong height) = (inputs.Number(1), inputs.Number(2));
        if (!inputs.TryList(3, out int places, out int count) || count is 0 or > MostPlaces || rows > MostRows || height > Math.Min(rows, MostHeight))
            return new(ClaimRule.Encoding, $"{claim}: {count} places at height {height} of {rows} rows are no statement");
        int length = PieceOpening.LengthOf((int)rows, (int)height);
        if (Read(claim, count * length, blob) is not { } bytes)
            return NoBytes(claim, count * length);
        for (int i = 0; i < count; i++)
        {
            if (!PieceOpening.Verify(bytes.AsSpan(i * length, length), inputs[0], (int)height, inputs.Number(places + i)))
                return new(ClaimRule.Proof, $"{claim}: what is at place {inputs.Number(places + i)} is not in the piece");
        }
        return null;
    }

    /// <summary>RECEIPT: the other side has signed these deliveries, they add up to what was said of them, and who claims knows their data.</summary>
    /// <remarks>
    /// For each delivery, numbers big-endian; its provider, number and region follow from <c>receiptInputs</c>: domain, root, signer, provider, region, commP, levels, first, count, sum, median, seed.
    /// <code>
    /// | offset 8 | length 8 | ms to first byte 4 | ms to last byte 4 | request 32 | digest 32 | r, s, v 65 | opening of the node that is drawn from its range |
    /// </code>
    /// </remarks>
    public static Invalid<ClaimRule>? CheckReceipts(in StorageClaim claim, in AbiReader inputs, ReadOnlySpan<byte> blob)
    {
        (ulong rows, ulong count) = (inputs.Number(6), inputs.Number(8));
        if (count is 0 or > MostDeliveries || rows is < 2 or > MostRows)
            return new(ClaimRule.Encoding, $"{claim}: {count} deliveries of a piece of {rows} rows are no statement");
        int length = DeliveryLength + PieceOpening.LengthOf((int)rows, 0);
        if (Read(claim, (int)count * length, blob) is not { } bytes)
            return NoBytes(claim, (int)count * length);
        Delivery[] deliveries = new Delivery[count];
        Hash32[] digests = new Hash32[count];
        RecoverableSignature[] signatures = new RecoverableSignature[count];
        for (int i = 0; i < deliveries.Length; i++)
        {
            ReadOnlySpan<byte> entry = bytes.AsSpan(i * length, length);
            deliveries[i] = ReadDelivery(entry, inputs, (ulong)i);
            digests[i] = deliveries[i].SigningHash(inputs[0]);
            signatures[i] = ReadSignature(entry[(DeliveryLength - 65)..DeliveryLength]);
            if (CheckRange(claim, deliveries[i], rows) is { } broken)
                return broken;
            if (!PieceOpening.Verify(entry[DeliveryLength..], inputs[5], 0, deliveries[i].DrawnNode(inputs[11])))
                return new(ClaimRule.Proof, $"{claim}: the node drawn from delivery {deliveries[i].Number} is not in the piece");
        }
        return CheckSums(claim, inputs, deliveries, digests) ?? CheckSigners(claim, inputs.Wide(2).ToAddress(), digests, signatures);
    }

    private static Delivery ReadDelivery(ReadOnlySpan<byte> entry, in AbiReader inputs, ulong index) => new(
        Hash32.Read(entry[24..56]), inputs.Number(3), inputs.Number(7) + index, BinaryPrimitives.ReadUInt64BigEndian(entry), BinaryPrimitives.ReadUInt64BigEndian(entry[8..]),
        (ushort)inputs.Number(4), BinaryPrimitives.ReadUInt32BigEndian(entry[16..]), BinaryPrimitives.ReadUInt32BigEndian(entry[20..]), Hash32.Read(entry[56..88]));

    private static RecoverableSignature ReadSignature(ReadOnlySpan<byte> signature) =>
        new(UInt256.ReadBigEndian(signature[..32]), UInt256.ReadBigEndian(signature[32..64]), signature[64] - 27);

    private static Invalid<ClaimRule>? CheckRange(in StorageClaim claim, in Delivery delivery, ulong rows)
    {
        ulong size = 127UL << (int)(rows - 2); // bytes of the piece without padding
        return delivery.Length == 0 || delivery.Length > size || delivery.Offset > size - delivery.Length || delivery.MsToFirstByte > delivery.MsToLastByte
            ? new(ClaimRule.Encoding, $"{claim}: {delivery} is none of a piece of {size} bytes")
            : null;
    }

    private static Invalid<ClaimRule>? CheckSums(in StorageClaim claim, in AbiReader inputs, Delivery[] deliveries, Hash32[] digests)
    {
        uint[] times = [.. deliveries.Select(delivery => delivery.CountedMs).Order()];
        (ulong sum, uint median) = ((ulong)times.Sum(time => time), times[(times.Length - 1) / 2]);
        if (Delivery.RootOf(digests) != inputs[1] || sum != inputs.Number(9) || median != inputs.Number(10))
            return new(ClaimRule.Proof, $"{claim}: these deliveries are another batch, of {sum} ms with a median of {median}");
        return null;
    }

    private static Invalid<ClaimRule>? CheckSigners(in StorageClaim claim, Address signer, Hash32[] digests, RecoverableSignature[] signatures)
    {
        Secp256k1PublicKey?[] keys = Secp256k1.RecoverAll(digests, signatures);
        int foreign = Array.FindIndex(keys, key => key is not { } known || known.ToAddress() != signer);
        return foreign < 0 ? null : new(ClaimRule.Proof, $"{claim}: delivery {foreign} of the batch is not signed by {signer}");
    }

    private static byte[]? Read(in StorageClaim claim, int length, ReadOnlySpan<byte> blob)
    {
        if (length > BlobBytes.Capacity || claim.Length != length)
            return null;
        byte[] bytes = new byte[length];
        return BlobBytes.TryRead(blob, claim.Offset, bytes) ? bytes : null;
    }

    private static Invalid<ClaimRule> NoBytes(in StorageClaim claim, int length) => new(ClaimRule.Bytes, $"{claim}: there are no {length} bytes of a proof in the blob");
}
