using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <summary>Blobs that were verified and whose block is not taken in yet; says whether a block has all of its own. One thread at a time. spec: cs/deneb/fork-choice#is_data_available</summary>
/// <param name="config">The network.</param>
/// <param name="oldest">The first slot for which blobs are asked for: nobody keeps older ones.</param>
internal sealed class BlobShelf(ConsensusConfig config, Func<Slot> oldest) : IDataAvailability
{
    private const int MostBlocks = 64;
    private readonly OrderedDictionary<Hash32, BlobSidecar?[]> _sidecars = [];

    /// <inheritdoc/>
    public bool IsAvailable(in Hash32 root, BeaconBlock block)
    {
        Bytes48[] commitments = block.Body.BlobKzgCommitments;
        if (commitments.Length == 0 || block.Slot < oldest())
            return true;
        return _sidecars.TryGetValue(root, out BlobSidecar?[]? sidecars) && commitments.Select((commitment, i) => i < sidecars.Length && sidecars[i]?.KzgCommitment == commitment).All(isHere => isHere);
    }

    /// <summary>The blobs of a block by their versioned hashes.</summary>
    public IReadOnlyDictionary<Hash32, ReadOnlyMemory<byte>> BlobsOf(in Hash32 root)
    {
        Dictionary<Hash32, ReadOnlyMemory<byte>> blobs = [];
        foreach (BlobSidecar sidecar in _sidecars.TryGetValue(root, out BlobSidecar?[]? sidecars) ? sidecars.OfType<BlobSidecar>() : [])
            blobs[Kzg.VersionedHash(sidecar.KzgCommitment)] = sidecar.Blob;
        return blobs;
    }

    /// <summary>Keeps a blob that was verified.</summary>
    public void Add(BlobSidecar sidecar)
    {
        Hash32 root = sidecar.SignedBlockHeader.Message.HashTreeRoot();
        if (!_sidecars.TryGetValue(root, out BlobSidecar?[]? sidecars))
        {
            if (_sidecars.Count == MostBlocks)
                _sidecars.RemoveAt(0);
            _sidecars.Add(root, sidecars = new BlobSidecar?[config.MaxBlobsPerBlock]);
        }
        sidecars[sidecar.Index] = sidecar;
    }

    /// <summary>Hands over the blobs of a block that is taken in.</summary>
    public IReadOnlyList<BlobSidecar> Take(in Hash32 root) => _sidecars.Remove(root, out BlobSidecar?[]? sidecars) ? [.. sidecars.OfType<BlobSidecar>()] : [];

    /// <summary>Whether a blob and its commitment belong to the block that the header in it names; the header's signature is not looked at. spec: cs/deneb/p2p-interface#blob_sidecar_subnet_id</summary>
    public static GossipRule? Check(ConsensusConfig config, BlobSidecar sidecar)
    {
        if (sidecar.Index >= config.MaxBlobsPerBlock)
            return GossipRule.BlobIndex;
        Hash32 leaf = RootOf(sidecar.KzgCommitment);
        if (!MerkleProof.IsValid(leaf, sidecar.KzgCommitmentInclusionProof, IndexOf(config.Preset, sidecar.Index), sidecar.SignedBlockHeader.Message.BodyRoot))
            return GossipRule.BlobInclusion;
        return Kzg.VerifyBlobProof(sidecar.Blob, sidecar.KzgCommitment, sidecar.KzgProof, out _) ? null : GossipRule.BlobProof;
    }

    /// <summary>The blobs of a block as they travel. spec: cs/deneb/validator#constructing-the-blobsidecars</summary>
    public static BlobSidecar[] Of(Preset preset, SignedBeaconBlock signed, IReadOnlyList<ReadOnlyMemory<byte>> blobs, IReadOnlyList<Bytes48> proofs)
    {
        BeaconBlock block = signed.Message;
        SignedBeaconBlockHeader header = new(new BeaconBlockHeader(block.Slot, block.ProposerIndex, block.ParentRoot, block.StateRoot, block.Body.HashTreeRoot(preset)), signed.Signature);
        SszContainer<BeaconBlockBody> codec = new(preset);
        BlobSidecar[] sidecars = new BlobSidecar[blobs.Count];
        for (int i = 0; i < sidecars.Length; i++)
        {
            BeaconBlockBody body = block.Body;
            Hash32[] proof = MerkleProof.Branch(codec, body, IndexOf(preset, (ulong)i));
            sidecars[i] = new BlobSidecar((ulong)i, blobs[i].ToArray(), body.BlobKzgCommitments[i], proofs[i], header, proof);
        }
        return sidecars;
    }

    /// <summary>The generalized index of a commitment in a block's body: field 11 of 16 places, below it the list and its length.</summary>
    private static ulong IndexOf(Preset preset, ulong blob) => ((16 + 11) * 2 * preset.MaxBlobCommitmentsPerBlock) + blob;

    private static Hash32 RootOf(in Bytes48 commitment)
    {
        Span<byte> chunks = stackalloc byte[64];
        chunks.Clear();
        commitment.AsSpan().CopyTo(chunks);
        return Sha256.Hash(chunks);
    }
}
