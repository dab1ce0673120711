using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Chain;

/// <summary>Blob transactions with their sidecars: a few blobs, proved once.</summary>
internal static class Blobs
{
    private static readonly Lazy<(BlobSidecar Blob, BlobSidecar Cells)> One = new(Prove);

    public static BlobSidecar SidecarOf(int blobs, byte version)
    {
        BlobSidecar one = version == BlobSidecar.CellProofs ? One.Value.Cells : One.Value.Blob;
        return new BlobSidecar(
            version, [.. Enumerable.Repeat(one.Blobs[0], blobs)], [.. Enumerable.Repeat(one.Commitments[0], blobs)],
            [.. Enumerable.Range(0, blobs).SelectMany(_ => one.Proofs)]);
    }

    public static Transaction Sign(int account, ulong nonce, int blobs = 1, ulong tip = DevChain.Gwei, ulong fee = 100 * DevChain.Gwei, ulong blobFee = 100, Func<Transaction, Transaction>? change = null)
    {
        Hash32 hash = Kzg.VersionedHash(One.Value.Blob.Commitments[0]);
        return DevChain.Sign(
            account, nonce,
            t =>
            {
                t = t with { Type = TransactionType.Blob, MaxFeePerBlobGas = blobFee, BlobHashes = [.. Enumerable.Repeat(hash, blobs)] };
                return change?.Invoke(t) ?? t;
            },
            tip, fee);
    }

    private static (BlobSidecar Blob, BlobSidecar Cells) Prove()
    {
        byte[] blob = new byte[Kzg.BlobSize];
        for (int i = 0; i < blob.Length; i += Kzg.ElementSize)
            blob[i + 31] = (byte)(i / 32);
        Assert.True(Kzg.TryBlobToCommitment(blob, out Bytes48 commitment, out _));
        Assert.True(Kzg.TryComputeBlobProof(blob, commitment, out Bytes48 proof, out _));
        BlobSidecar sidecar = new(BlobSidecar.BlobProofs, [blob], [commitment], [proof]);
        Assert.True(sidecar.TryProveCells(out BlobSidecar? cells));
        return (sidecar, cells);
    }
}
