using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>Makes the proofs of validators' records that Providers takes, out of a node's beacon state. spec: EIP-4788</summary>
public static class ValidatorProofs
{
    private const ulong StateRootIndex = 11; // of the header's five fields the fourth: 8 + 3
    private const ulong ValidatorsIndex = 64 + 11; // of the state's 37 fields the twelfth
    private const int RegistryDepth = 40; // VALIDATOR_REGISTRY_LIMIT = 2**40

    /// <summary>The record of a validator as it was at the parent of the head, which the head's payload is known to the execution chain with.</summary>
    /// <exception cref="NodeException">The node does not answer, or the validator is not in the registry.</exception>
    public static async Task<ValidatorProof> GetAsync(HttpNodeClient node, Preset preset, ulong validator, CancellationToken cancellation)
    {
        SignedBeaconBlock head = await node.GetBlockAsync("head", cancellation);
        SignedBeaconBlock parent = await node.GetBlockAsync(head.Message.ParentRoot.ToString(), cancellation);
        BeaconState state = await node.GetStateAsync(parent.Message.StateRoot, cancellation);
        if (validator >= (ulong)state.Validators.Count)
            throw new NodeException(NodeFault.Refused, $"there is no validator {validator} among {state.Validators.Count}");
        BeaconBlock block = parent.Message;
        BeaconBlockHeader header = new(block.Slot, block.ProposerIndex, block.ParentRoot, block.StateRoot, new SszContainer<BeaconBlockBody>(preset).RootOf(block.Body));
        ulong leaf = ((ValidatorsIndex << 1) << RegistryDepth) | validator;
        Hash32[] branch =
        [
            .. MerkleProof.Branch(new SszContainer<BeaconState>(preset), state, leaf),
            .. MerkleProof.Branch(new SszContainer<BeaconBlockHeader>(), header, StateRootIndex),
        ];
        return new ValidatorProof(validator, head.Message.Body.ExecutionPayload.Timestamp, state.Validators[(int)validator], branch);
    }
}
