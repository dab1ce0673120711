using Flashback.Chain;
using Flashback.Chain.Beacon;
using Flashback.Chain.Spacetime;
using Flashback.Consensus;
using Flashback.Execution;
using Flashback.Network;
using Flashback.Primitives;
using Flashback.State;
using BlobSidecar = Flashback.Execution.BlobSidecar;

namespace Flashback.Engine.Tests.Spacetime.Network;

/// <summary>Proposers who take a transaction whose claims they have not verified, and keep every other rule.</summary>
internal static class HostileProposer
{
    /// <summary>The block of a slot with one transaction more than none.</summary>
    public static async Task<(SignedBeaconBlock Block, BlobSidecar Sidecar)> MakeAsync(StorageNetwork network, Slot slot, PooledTransaction transaction)
    {
        StorageNode node = network.First;
        (SignedBeaconBlock honest, _) = await network.MakeBlockAsync(node, slot);
        BeaconBlockBody body = honest.Message.Body;
        Consensus.ExecutionPayload payload = body.ExecutionPayload;
        Assert.Empty(payload.Transactions);
        Assert.True(node.Execution.Blocks.TryGetBlock(payload.ParentHash, out ExecutedBlock? parent));
        Assert.True(node.Execution.TryOpenState(parent.Header, out StateView? before));
        BlockHeader draft = new BlockAttributes(payload.Timestamp, payload.FeeRecipient, payload.GasLimit, payload.PrevRandao, honest.Message.ParentRoot, payload.ExtraData)
            .Draft(parent.Header, node.Execution.Config);
        Assert.Null(node.Execution.Executor.Begin(draft, before, new Ancestors(node.Execution.Blocks, parent.Header), node.Execution.HooksOf(draft), out BlockExecution<SpacetimeHooks> execution));
        Assert.Null(execution.Execute(transaction.Transaction, transaction.Sender));
        Assert.True(execution.Receipts[0].IsSuccess);
        Execution.Withdrawal[] withdrawals = PayloadConversion.ToExecution(payload.Withdrawals);
        Assert.Null(execution.Finish(withdrawals, out BlockResult? result));
        Block block = result!.Seal(draft, [transaction.Transaction], withdrawals, before.Apply(result.Diff).Root);
        body = body with
        {
            ExecutionPayload = PayloadConversion.ToBeacon(new ExecutedBlock(block, block.Header.Hash(), [transaction.Sender], result.Receipts)),
            BlobKzgCommitments = [.. transaction.Sidecar!.Commitments],
            ExecutionRequests = PayloadConversion.ToBeacon(result.Requests!, network.Preset),
        };
        CachedState state = node.Chain.WithState(honest.Message.ParentRoot, slot, at => at)!;
        BeaconBlock message = honest.Message with { Body = body };
        Assert.Null(StateTransition.ComputeStateRoot<UnverifiedSignatures>(state, message, new ExecutedBefore(), out Hash32 root));
        message = message with { StateRoot = root };
        return (new SignedBeaconBlock(message, network.Sign(message.ProposerIndex, DomainType.BeaconProposer, message.HashTreeRoot(network.Preset))), transaction.Sidecar);
    }

    /// <summary>What a node says to the block and its blobs, as if a peer had sent them.</summary>
    public static GossipVerdict Offer(StorageNode node, SignedBeaconBlock block, BlobSidecar sidecar) => node.Node.Publish(block, sidecar.Blobs, sidecar.Proofs);
}
