using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>A partition's vanilla seal proof as bytes: what commit phase 1 hands to phase 2.</summary>
/// <remarks>
/// Written in the manner of <see cref="PostVanillaCodec"/>, fields in the order of rust-fil-proofs' types; a challenge is
/// <code>
/// data path | replica path | column | 6 base parents' columns | 8 expander parents' columns | labelings
/// column    count u64 | labels | path
/// labeling  labels | layer u32 | node u64
/// </code>
/// </remarks>
public static class SealVanillaCodec
{
    private const int LeastPath = 80;

    /// <summary>The bytes of a partition's proofs over sectors of that size.</summary>
    public static byte[] Encode(IReadOnlyList<SealVanillaProof> proofs, SectorSize size)
    {
        ArgumentNullException.ThrowIfNull(proofs);
        ArgumentNullException.ThrowIfNull(size);
        BincodeWriter writer = new();
        writer.Write((long)proofs.Count);
        foreach (SealVanillaProof proof in proofs)
        {
            writer.Write(proof.Data, null);
            writer.Write(proof.Replica, size.Tree);
            Write(writer, proof.Column, size);
            Write(writer, proof.BaseParents, size);
            Write(writer, proof.ExpanderParents, size);
            writer.Write((long)proof.Labeling.Length);
            foreach (LabelingProof labeling in proof.Labeling)
            {
                writer.Write(labeling.Parents);
                writer.Write((uint)labeling.Layer);
                writer.Write(labeling.Node);
            }
        }
        return writer.Written.ToArray();
    }

    /// <summary>Reads a partition's proofs over sectors of that size.</summary>
    /// <returns>False when the bytes are none: cut off, with bytes left over, or of another shape of tree.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, SectorSize size, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SealVanillaProof[]? proofs)
    {
        ArgumentNullException.ThrowIfNull(size);
        proofs = null;
        BincodeReader reader = new(bytes);
        if (!reader.TryReadCount(2 * LeastPath, out int count))
            return false;
        SealVanillaProof[] read = new SealVanillaProof[count];
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryRead(null, out TreePath data) || !reader.TryRead(size.Tree, out TreePath replica) || !TryRead(ref reader, size, out ColumnProof column)
                || !TryReadAll(ref reader, size, out ColumnProof[] baseParents) || !TryReadAll(ref reader, size, out ColumnProof[] expanderParents)
                || !TryReadLabelings(ref reader, out LabelingProof[] labeling))
                return false;
            read[i] = new SealVanillaProof(data, replica, column, baseParents, expanderParents, labeling);
        }
        if (!reader.IsAtEnd)
            return false;
        proofs = read;
        return true;
    }

    private static void Write(BincodeWriter writer, ColumnProof[] columns, SectorSize size)
    {
        writer.Write((long)columns.Length);
        foreach (ColumnProof column in columns)
            Write(writer, column, size);
    }

    private static void Write(BincodeWriter writer, ColumnProof column, SectorSize size)
    {
        writer.Write(column.Column);
        writer.Write(column.Path, size.Tree);
    }

    private static bool TryRead(ref BincodeReader reader, SectorSize size, out ColumnProof column)
    {
        TreePath path = new(default, default, []);
        bool whole = reader.TryRead(out Hash32[] labels) && reader.TryRead(size.Tree, out path);
        column = new ColumnProof(labels, path);
        return whole;
    }

    private static bool TryReadAll(ref BincodeReader reader, SectorSize size, out ColumnProof[] columns)
    {
        columns = [];
        if (!reader.TryReadCount(LeastPath, out int count))
            return false;
        columns = new ColumnProof[count];
        for (int i = 0; i < count; i++)
        {
            if (!TryRead(ref reader, size, out columns[i]))
                return false;
        }
        return true;
    }

    private static bool TryReadLabelings(ref BincodeReader reader, out LabelingProof[] labelings)
    {
        const int LeastLabeling = 20;
        labelings = [];
        if (!reader.TryReadCount(LeastLabeling, out int count))
            return false;
        labelings = new LabelingProof[count];
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryRead(out Hash32[] parents) || !reader.TryRead(out uint layer) || !reader.TryRead(out long node))
                return false;
            labelings[i] = new LabelingProof(unchecked((int)layer), node, parents);
        }
        return true;
    }
}
