using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Transactions as they go around before they are in a block: those with blobs bring them along. spec: EIP-4844, EIP-7594</summary>
/// <remarks>
/// <code>
/// 3  [[chain, nonce, … s],    [blob, …], [commitment, …], [proof, …]]           a proof for each blob
/// 3  [[chain, nonce, … s], 1, [blob, …], [commitment, …], [cell proof, …]]      a proof for each cell
/// </code>
/// All other transactions, and one whose blobs are not there, are as <see cref="TransactionCodec"/> has them.
/// </remarks>
public static class PooledTransactionCodec
{
    /// <summary>The bytes of a transaction and its blobs.</summary>
    public static byte[] Encode(Transaction transaction, BlobSidecar? sidecar)
    {
        byte[] encoded = TransactionCodec.Encode(transaction);
        return sidecar is null ? encoded : [(byte)transaction.Type, .. Rlp.Encode(new Wrapper(encoded.AsMemory(1), sidecar))];
    }

    /// <summary>Reads a transaction, and its blobs if they are there. Whether these are the right ones is another question.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Transaction? transaction, out BlobSidecar? sidecar, out TransactionFault fault)
    {
        sidecar = null;
        if (bytes.IsEmpty || bytes[0] != (byte)TransactionType.Blob)
            return TransactionCodec.TryDecode(bytes, out transaction, out fault);
        RlpReader reader = new(bytes[1..]);
        if (!reader.TryReadList(out RlpReader parts) || !parts.NextIsList)
            return TransactionCodec.TryDecode(bytes, out transaction, out fault);
        if (!parts.TryReadRaw(out ReadOnlySpan<byte> fields))
        {
            transaction = null;
            fault = new TransactionFault(TransactionFaultKind.Rlp, parts.Fault);
            return false;
        }
        if (!TransactionCodec.TryDecode([bytes[0], .. fields], out transaction, out fault))
            return false;
        bool isRead = TryReadSidecar(ref parts, out sidecar);
        if (isRead && reader.TryEnd())
            return true;
        fault = new TransactionFault(TransactionFaultKind.Rlp, isRead ? reader.Fault : parts.Fault);
        (transaction, sidecar) = (null, null);
        return false;
    }

    private static bool TryReadSidecar(ref RlpReader parts, out BlobSidecar? sidecar)
    {
        sidecar = null;
        byte version = BlobSidecar.BlobProofs;
        if (!parts.NextIsList)
        {
            if (!parts.TryReadUInt64(out ulong number))
                return false;
            if (number != BlobSidecar.CellProofs) // version 0 is told by having no number
                return parts.Fail(RlpFault.NumberTooLarge);
            version = BlobSidecar.CellProofs;
        }
        if (!TryReadBlobs(ref parts, out List<ReadOnlyMemory<byte>> blobs) || !TryReadPoints(ref parts, out List<Bytes48> commitments)
            || !TryReadPoints(ref parts, out List<Bytes48> proofs) || !parts.TryEnd())
            return false;
        sidecar = new BlobSidecar(version, blobs, commitments, proofs);
        return true;
    }

    private static bool TryReadBlobs(ref RlpReader parts, out List<ReadOnlyMemory<byte>> blobs)
    {
        blobs = [];
        if (!parts.TryReadList(out RlpReader list))
            return false;
        while (!list.IsAtEnd)
        {
            if (!list.TryReadBytes(out ReadOnlySpan<byte> blob))
                return parts.Fail(list.Fault);
            blobs.Add(blob.ToArray());
        }
        return true;
    }

    private static bool TryReadPoints(ref RlpReader parts, out List<Bytes48> points)
    {
        points = [];
        if (!parts.TryReadList(out RlpReader list))
            return false;
        while (!list.IsAtEnd)
        {
            if (!list.TryReadFixed(out Bytes48 point))
                return parts.Fail(list.Fault);
            points.Add(point);
        }
        return true;
    }

    private readonly record struct Wrapper(ReadOnlyMemory<byte> Fields, BlobSidecar Sidecar) : IRlpEncodable
    {
        public void WriteTo(ref RlpWriter writer)
        {
            RlpListMark wrapper = writer.BeginList();
            writer.WriteRaw(Fields.Span);
            if (Sidecar.Version != BlobSidecar.BlobProofs)
                writer.Write(Sidecar.Version);
            RlpListMark blobs = writer.BeginList();
            foreach (ReadOnlyMemory<byte> blob in Sidecar.Blobs)
                writer.Write(blob.Span);
            writer.EndList(blobs);
            WritePoints(ref writer, Sidecar.Commitments);
            WritePoints(ref writer, Sidecar.Proofs);
            writer.EndList(wrapper);
        }

        private static void WritePoints(ref RlpWriter writer, IReadOnlyList<Bytes48> points)
        {
            RlpListMark list = writer.BeginList();
            foreach (Bytes48 point in points)
                writer.WriteFixed(point);
            writer.EndList(list);
        }
    }
}
