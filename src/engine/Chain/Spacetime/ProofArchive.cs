using Flashback.Chain.Beacon;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Execution;
using BlobSidecar = Flashback.Consensus.BlobSidecar;

namespace Flashback.Chain.Spacetime;

/// <summary>Proofs of claims on the chain, out of blobs, as long as these are kept.</summary>
public sealed class ProofArchive(BeaconChain chain)
{
    /// <summary>The proof's bytes; null once its blob is gone, or where the block is not on the chain.</summary>
    /// <param name="block">The block.</param>
    /// <param name="claim">One of its claims.</param>
    public byte[]? Find(BlockHeader block, in StorageClaim claim)
    {
        ArgumentNullException.ThrowIfNull(block);
        Slot slot = new((block.Timestamp - chain.GenesisTime) / chain.Config.SecondsPerSlot);
        if (block.Timestamp < chain.GenesisTime || chain.Database.RootAt(slot) is not { } root)
            return null;
        foreach (byte[] encoded in chain.Database.Blobs(slot, root))
        {
            if (!BlobSidecar.TryDecode(encoded, chain.Preset, out BlobSidecar? sidecar, out _) || Cryptography.Kzg.VersionedHash(sidecar.KzgCommitment) != claim.BlobHash)
                continue;
            byte[] proof = new byte[Math.Min(claim.Length, (uint)BlobBytes.Capacity)];
            return BlobBytes.TryRead(sidecar.Blob, claim.Offset, proof) ? proof : null;
        }
        return null;
    }
}
