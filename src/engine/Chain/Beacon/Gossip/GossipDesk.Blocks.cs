using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Network;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <content>Blocks, blobs and transactions. spec: cs/phase0/p2p-interface#beacon_block, cs/deneb/p2p-interface#blob_sidecar_subnet_id</content>
public sealed partial class GossipDesk
{
    private GossipVerdict LookAtBlock(in GossipMessage message)
    {
        if (!SignedBeaconBlock.TryDecode(message.Data.Span, Preset, out SignedBeaconBlock? block, out SszFault fault))
            return Refuse(TopicKind.BeaconBlock, new(GossipRule.Encoding, $"{fault}"));
        BeaconBlock inner = block.Message;
        SignedBeaconBlockHeader header = new(new(inner.Slot, inner.ProposerIndex, inner.ParentRoot, inner.StateRoot, inner.Body.HashTreeRoot(Preset)), block.Signature);
        if (CheckHeader(header, isSeen: IsSeenBlock(header)) is { } invalid)
        {
            if (invalid.Rule != GossipRule.UnknownParent)
                return Refuse(TopicKind.BeaconBlock, invalid);
            _ = _chain.ImportUnderGate(block, _events); // it waits for its parent
            return Wait(message, inner.ParentRoot);
        }
        if ((ulong)inner.Body.BlobKzgCommitments.Length > _chain.Config.MaxBlobsPerBlock)
            return Refuse(TopicKind.BeaconBlock, new(GossipRule.BlobCount, $"{inner.Body.BlobKzgCommitments.Length}"));
        _ = _headers.TryAdd((inner.Slot, inner.ProposerIndex), header);
        // What follows the specification's checks for passing it on is the chain's: a block that fails there is not passed on either, for we know at once.
        // One whose claims are not proven is not passed on, but whoever sent it may not know: it had to be executed first.
        return _chain.ImportUnderGate(block, _events) switch
        {
            BlockImport.Rejected => GossipVerdict.Reject,
            BlockImport.Waiting { Reason: ForkChoiceRule.Unproven } => GossipVerdict.Ignore,
            _ => GossipVerdict.Accept,
        };
    }

    private GossipVerdict LookAtBlob(in GossipMessage message)
    {
        if (!Consensus.BlobSidecar.TryDecode(message.Data.Span, Preset, out Consensus.BlobSidecar? sidecar, out SszFault fault))
            return Refuse(TopicKind.BlobSidecar, new(GossipRule.Encoding, $"{fault}"));
        BeaconBlockHeader header = sidecar.SignedBlockHeader.Message;
        if (message.Topic.Subnet != BlobSubnetOf(sidecar.Index))
            return Refuse(TopicKind.BlobSidecar, new(GossipRule.Subnet, $"{message.Topic.Subnet} for blob {sidecar.Index}"));
        if (CheckHeader(sidecar.SignedBlockHeader, _blobs.Contains(header.Slot.Value, (header.ProposerIndex, sidecar.Index))) is { } invalid)
            return invalid.Rule == GossipRule.UnknownParent ? Wait(message, header.ParentRoot) : Refuse(TopicKind.BlobSidecar, invalid);
        if (BlobShelf.Check(_chain.Config, sidecar) is { } broken)
            return Refuse(TopicKind.BlobSidecar, new(broken, $"blob {sidecar.Index} of {header.Slot}"));
        _ = _blobs.Add(header.Slot.Value, (header.ProposerIndex, sidecar.Index));
        _chain.AddBlobUnderGate(sidecar, _events);
        return GossipVerdict.Accept;
    }

    private GossipVerdict LookAtTransaction(in GossipMessage message)
    {
        if (!PooledTransactionCodec.TryDecode(message.Data.Span, out Transaction? transaction, out Execution.BlobSidecar? sidecar, out TransactionFault fault))
            return Refuse(TopicKind.Transaction, new(GossipRule.Encoding, $"{fault}"));
        return _pool.Add(transaction!, sidecar) is PoolOutcome.Refused refused ? Refuse(TopicKind.Transaction, new(GossipRule.Pool, refused.Message)) : GossipVerdict.Accept;
    }

    /// <summary>The subnet of a blob. spec: cs/electra/validator#sidecar</summary>
    public static byte BlobSubnetOf(ulong index)
    {
        const ulong BlobSubnetCount = 9; // BLOB_SIDECAR_SUBNET_COUNT_ELECTRA
        return (byte)(index % BlobSubnetCount);
    }

    private bool IsSeenBlock(in SignedBeaconBlockHeader header)
    {
        if (!_headers.TryGetValue((header.Message.Slot, header.Message.ProposerIndex), out SignedBeaconBlockHeader seen))
            return false;
        if (seen.Message != header.Message)
            CatchProposer(seen, header);
        return true;
    }

    /// <summary>A proposer signed two blocks for a slot: both are told to everybody, and the next block takes its stake. spec: cs/phase0/p2p-interface#proposer_slashing</summary>
    private void CatchProposer(in SignedBeaconBlockHeader first, in SignedBeaconBlockHeader second)
    {
        ProposerSlashing slashing = new(first, second);
        CachedState head = _chain.StateAt(_chain.Snapshot.HeadRoot, _chain.CurrentSlot)!;
        if (new OperationTrial<BlsVerifier>(head).Try(slashing) is not null || !_chain.OperationPool.Add(slashing))
            return;
        _events.Add(new BeaconEvent.ProposerCaught(slashing));
        AcceptedLate?.Invoke(new Topic(TopicKind.ProposerSlashing), slashing.Encode());
    }

    /// <summary>The rules that hold for a block and for its blobs alike.</summary>
    private Invalid<GossipRule>? CheckHeader(in SignedBeaconBlockHeader signed, bool isSeen)
    {
        BeaconBlockHeader header = signed.Message;
        ForkChoice<BlsVerifier> forkChoice = _chain.ForkChoice;
        Slot finalized = Preset.StartSlotOf(forkChoice.FinalizedCheckpoint.Epoch);
        if (header.Slot > _chain.CurrentSlot)
            return new(GossipRule.FutureSlot, $"{header.Slot}");
        if (header.Slot <= finalized)
            return new(GossipRule.PastSlot, $"{header.Slot}, while {finalized} is final");
        if (isSeen)
            return new(GossipRule.Seen, $"{header.Slot} of {header.ProposerIndex}");
        if (forkChoice.SlotOf(header.ParentRoot) is not { } parentSlot)
            return new(GossipRule.UnknownParent, $"{header.ParentRoot}");
        if (parentSlot >= header.Slot)
            return new(GossipRule.ParentSlot, $"{header.Slot} after {parentSlot}");
        if (forkChoice.AncestorOf(header.ParentRoot, finalized) != forkChoice.FinalizedCheckpoint.Root)
            return new(GossipRule.NotFinalized, $"{header.ParentRoot}");
        if (_chain.StateAt(header.ParentRoot, header.Slot) is not { } state || state.GetBeaconProposerIndex() != header.ProposerIndex)
            return new(GossipRule.Proposer, $"{header.ProposerIndex} at {header.Slot}");
        return Verifies(state, header.ProposerIndex, DomainType.BeaconProposer, header.Slot, header.HashTreeRoot(), signed.Signature)
            ? null
            : new(GossipRule.Signature, $"{header.ProposerIndex} at {header.Slot}");
    }

    private static bool Verifies(CachedState state, ValidatorIndex signer, DomainType domain, Slot slot, in Hash32 root, in Bytes96 signature) =>
        TryMakeSet(state, signer, domain, state.Preset.EpochAt(slot), root, signature, out BlsSignatureSet set) && Bls.Verify(set.Key, set.Message.Span, set.Signature);

    private static bool TryMakeSet(CachedState state, ValidatorIndex signer, DomainType domain, Epoch epoch, in Hash32 root, in Bytes96 signature, out BlsSignatureSet set)
    {
        set = default;
        if (signer.Value >= (ulong)state.State.Validators.Count
            || !state.Keys.TryGet(state.State.Validators, (int)signer.Value, out BlsPublicKey? key)
            || !BlsSignature.TryDecode(signature.AsSpan(), out BlsSignature? decoded, out _))
            return false;
        set = new BlsSignatureSet(key, Signing.ComputeSigningRoot(root, state.GetDomain(domain, epoch)).AsSpan().ToArray(), decoded);
        return true;
    }
}
