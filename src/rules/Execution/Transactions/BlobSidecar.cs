using System.Diagnostics.CodeAnalysis;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>What is wrong with the blobs that came with a transaction.</summary>
public enum SidecarRule
{
    /// <summary>It proves blobs in another way than the fork does. spec: EIP-7594</summary>
    WrongVersion,

    /// <summary>There are not as many blobs, commitments and proofs as the transaction has hashes. spec: EIP-4844</summary>
    WrongCount,

    /// <summary>A blob has another length than blobs have. spec: EIP-4844</summary>
    WrongBlobLength,

    /// <summary>A commitment is not the one that the transaction names. spec: EIP-4844</summary>
    WrongVersionedHash,

    /// <summary>A proof does not show that a blob belongs to its commitment. spec: EIP-4844, EIP-7594</summary>
    InvalidProof,
}

/// <summary>The blobs of a transaction, which go around with it and are in no block, and the proofs that they are its.</summary>
/// <param name="Version">0: a proof for each blob. 1: a proof for each of a blob's 128 cells. spec: EIP-7594</param>
/// <param name="Blobs">Each of <see cref="Kzg.BlobSize"/> bytes.</param>
/// <param name="Commitments">One for each blob.</param>
/// <param name="Proofs">One for each blob, or for each cell of each blob.</param>
public sealed record BlobSidecar(byte Version, IReadOnlyList<ReadOnlyMemory<byte>> Blobs, IReadOnlyList<Bytes48> Commitments, IReadOnlyList<Bytes48> Proofs)
{
    /// <summary>A proof for each blob. spec: EIP-4844</summary>
    public const byte BlobProofs = 0;

    /// <summary>A proof for each cell, from Osaka on. spec: EIP-7594</summary>
    public const byte CellProofs = 1;

    /// <summary>The bytes of blobs, commitments and proofs.</summary>
    public long ByteLength => (long)Blobs.Count * Kzg.BlobSize + (long)(Commitments.Count + Proofs.Count) * 48;

    /// <summary>The version that a fork wants.</summary>
    public static byte VersionIn(ForkRules rules) => rules.Fork >= Fork.Osaka ? CellProofs : BlobProofs;

    /// <summary>The first rule that is broken, were these the blobs of a transaction in a fork; null when there is none. Takes milliseconds for each blob.</summary>
    public Invalid<SidecarRule>? Check(Transaction transaction, ForkRules rules) =>
        CheckShape(transaction, rules) ?? CheckHashes(transaction) ?? CheckProofs();

    /// <summary>The same blobs with a proof for each cell; false when a blob is none. Takes a tenth of a second for each blob, and seconds when first asked.</summary>
    public bool TryProveCells([NotNullWhen(true)] out BlobSidecar? sidecar)
    {
        sidecar = null;
        Bytes48[] proofs = new Bytes48[Blobs.Count * KzgCells.CellsPerBlob];
        byte[] cells = new byte[KzgCells.CellsPerBlob * KzgCells.CellSize];
        for (int i = 0; i < Blobs.Count; i++)
        {
            if (!KzgCells.TryComputeCellsAndProofs(Blobs[i].Span, cells, proofs.AsSpan(i * KzgCells.CellsPerBlob, KzgCells.CellsPerBlob), out _))
                return false;
        }
        sidecar = this with { Version = CellProofs, Proofs = proofs };
        return true;
    }

    private Invalid<SidecarRule>? CheckShape(Transaction transaction, ForkRules rules)
    {
        byte version = VersionIn(rules);
        int blobs = transaction.BlobHashes.Count;
        int proofs = blobs * (version == CellProofs ? KzgCells.CellsPerBlob : 1);
        return Version != version ? new(SidecarRule.WrongVersion, $"version {Version}, {rules.Fork} wants {version}")
            : Blobs.Count != blobs || Commitments.Count != blobs || Proofs.Count != proofs
                ? new(SidecarRule.WrongCount, $"{Blobs.Count} blobs, {Commitments.Count} commitments, {Proofs.Count} proofs; the transaction has {blobs} hashes")
            : Blobs.Any(blob => blob.Length != Kzg.BlobSize) ? new(SidecarRule.WrongBlobLength, $"blobs have {Kzg.BlobSize} bytes")
            : null;
    }

    private Invalid<SidecarRule>? CheckHashes(Transaction transaction)
    {
        for (int i = 0; i < Commitments.Count; i++)
        {
            Hash32 hash = Kzg.VersionedHash(Commitments[i]);
            if (hash != transaction.BlobHashes[i])
                return new(SidecarRule.WrongVersionedHash, $"the commitment of blob {i} has the hash {hash}, the transaction says {transaction.BlobHashes[i]}");
        }
        return null;
    }

    private Invalid<SidecarRule>? CheckProofs()
    {
        bool holds = Version == BlobProofs
            ? Kzg.VerifyBlobProofBatch([.. Blobs], [.. Commitments], [.. Proofs], out KzgFault fault)
            : VerifyCells(out fault);
        return holds ? null : new(SidecarRule.InvalidProof, $"the proofs do not hold: {fault}");
    }

    private bool VerifyCells(out KzgFault fault)
    {
        int count = Proofs.Count;
        Bytes48[] commitments = new Bytes48[count];
        ulong[] indices = new ulong[count];
        ReadOnlyMemory<byte>[] cells = new ReadOnlyMemory<byte>[count];
        for (int blob = 0; blob < Blobs.Count; blob++)
        {
            byte[] stretched = new byte[KzgCells.CellsPerBlob * KzgCells.CellSize];
            if (!KzgCells.TryComputeCells(Blobs[blob].Span, stretched, out fault))
                return false;
            for (int cell = 0; cell < KzgCells.CellsPerBlob; cell++)
            {
                int at = blob * KzgCells.CellsPerBlob + cell;
                (commitments[at], indices[at]) = (Commitments[blob], (ulong)cell);
                cells[at] = stretched.AsMemory(cell * KzgCells.CellSize, KzgCells.CellSize);
            }
        }
        return KzgCells.VerifyCellProofBatch(commitments, indices, cells, [.. Proofs], out fault);
    }
}
