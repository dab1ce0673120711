using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>A sector's vanilla proof of spacetime as bytes, as provers pass it on.</summary>
/// <remarks>
/// <code>
/// sector u64 | CommR | 1 u64 | paths u64 | path … | CommC | CommRLast
/// </code>
/// Source: rust-fil-proofs, filecoin-proofs FallbackPoStSectorProof in bincode.
/// </remarks>
public static class PostVanillaCodec
{
    /// <summary>The bytes of a proof over sectors of that size.</summary>
    public static byte[] Encode(PostVanillaProof proof, SectorSize size)
    {
        ArgumentNullException.ThrowIfNull(proof);
        ArgumentNullException.ThrowIfNull(size);
        BincodeWriter writer = new();
        writer.Write((long)proof.Sector.Number);
        writer.Write(proof.Sector.CommR);
        writer.Write(1L);
        writer.Write((long)proof.Paths.Length);
        foreach (TreePath path in proof.Paths)
            writer.Write(path, size.Tree);
        writer.Write(proof.CommC);
        writer.Write(proof.CommRLast);
        return writer.Written.ToArray();
    }

    /// <summary>Reads a proof over sectors of that size.</summary>
    /// <returns>False when the bytes are none: cut off, with bytes left over, or of another shape of tree.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, SectorSize size, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PostVanillaProof? proof)
    {
        ArgumentNullException.ThrowIfNull(size);
        const int LeastPath = 80;
        proof = null;
        BincodeReader reader = new(bytes);
        if (!reader.TryRead(out long sector) || !reader.TryRead(out Hash32 commR) || !reader.TryRead(out long entries) || entries != 1
            || !reader.TryReadCount(LeastPath, out int count))
            return false;
        TreePath[] paths = new TreePath[count];
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryRead(size.Tree, out paths[i]))
                return false;
        }
        if (!reader.TryRead(out Hash32 commC) || !reader.TryRead(out Hash32 commRLast) || !reader.IsAtEnd)
            return false;
        proof = new PostVanillaProof(new PostSector((ulong)sector, commR), commC, commRLast, paths);
        return true;
    }
}
