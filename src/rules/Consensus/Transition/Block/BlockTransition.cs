using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>A block being processed. spec: cs/electra/beacon-chain#block-processing</summary>
/// <remarks>The state is a private copy: a broken rule leaves it half done, and it is thrown away.</remarks>
/// <param name="cached">The state at the block's slot; it is changed.</param>
/// <param name="engine">Whoever executes the payload.</param>
internal sealed partial class BlockTransition<TVerifier>(CachedState cached, IExecutionEngine engine)
    where TVerifier : struct, ISignatureVerifier
{
    private readonly SignatureCollection<TVerifier> _signatures = new();

    private BeaconState State => cached.State;

    private Preset Preset => cached.Preset;

    /// <summary>spec: cs/electra/beacon-chain#block-processing</summary>
    public Invalid<TransitionRule>? ProcessBlock(BeaconBlock block) =>
        ProcessBlockHeader(block)
        ?? ProcessWithdrawals(block.Body.ExecutionPayload)
        ?? ProcessExecutionPayload(block.Body)
        ?? ProcessRandao(block.Body)
        ?? ProcessEth1Data(block.Body.Eth1Data)
        ?? ProcessOperations(block.Body)
        ?? ProcessSyncAggregate(block.Body.SyncAggregate);

    /// <summary>Adds the proposer's signature to those to be verified. spec: cs/phase0/beacon-chain#verify_block_signature</summary>
    public Invalid<TransitionRule>? VerifyBlockSignature(SignedBeaconBlock block)
    {
        if (!TVerifier.Verifies)
            return null;
        Hash32 domain = cached.GetDomain(DomainType.BeaconProposer, cached.GetCurrentEpoch());
        return Known(block.Message.ProposerIndex)
            ?? _signatures.Add(TransitionRule.BlockSignature, cached, block.Message.ProposerIndex, Signing.ComputeSigningRoot(block.Message.HashTreeRoot(Preset), domain), block.Signature);
    }

    /// <summary>Verifies all signatures so far.</summary>
    public Invalid<TransitionRule>? VerifySignatures() => _signatures.Verify();

    private Invalid<TransitionRule>? Known(ValidatorIndex index) =>
        index.Value < (ulong)State.Validators.Count ? null : new(TransitionRule.UnknownValidator, $"{index} of {State.Validators.Count}");
}
