using Flashback.Chain.Spacetime;
using Flashback.Consensus;
using Flashback.Cryptography.Groth16;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.State;

namespace Flashback.Chain.Beacon;

/// <summary>How a network begins, on both layers. spec: ours#1</summary>
/// <param name="Config">The consensus layer's rules.</param>
/// <param name="Execution">The execution layer's rules and first state.</param>
/// <param name="Time">When slot 0 begins, in seconds since 1970; the execution layer's first block has the same time.</param>
/// <param name="Entropy">The first random mix.</param>
/// <param name="Validators">The first validators.</param>
public sealed record NetworkGenesis(ConsensusConfig Config, Genesis Execution, ulong Time, Hash32 Entropy, IReadOnlyList<GenesisValidator> Validators)
{
    /// <summary>What storage proofs are verified with, by circuit; empty on a network without storage.</summary>
    public IReadOnlyDictionary<StorageCircuit, VerifyingKey> VerifyingKeys { get; init; } = new Dictionary<StorageCircuit, VerifyingKey>();

    /// <summary>What the network decides about storage duties, as the contracts of its first state have it; null where the Spacetime fork is off.</summary>
    public SpacetimeParameters? Spacetime { get; init; }

    /// <summary>The network's Spacetime fork; null where it is off.</summary>
    /// <exception cref="ArgumentException">A circuit of its sectors has no key.</exception>
    public SpacetimeFork? SpacetimeFork => Spacetime is null ? null : new SpacetimeFork(Spacetime, VerifyingKeys);

    /// <summary>The execution layer's first state and rules, with the time of genesis in its header.</summary>
    public Genesis ExecutionGenesis => Execution with { Draft = Execution.Draft with { Timestamp = Time, PrevRandao = Entropy } };

    /// <summary>The first beacon state.</summary>
    /// <exception cref="OverflowException">No validator has enough stake.</exception>
    public CachedState BeaconState()
    {
        Genesis genesis = ExecutionGenesis;
        BlockHeader header = genesis.HeaderWith(StateView.Empty.Apply(genesis.ToDiff()).Root);
        Consensus.ExecutionPayload payload = Consensus.ExecutionPayload.Empty with
        {
            FeeRecipient = header.Coinbase,
            StateRoot = header.StateRoot,
            ReceiptsRoot = header.ReceiptsRoot,
            PrevRandao = header.PrevRandao,
            GasLimit = header.GasLimit,
            Timestamp = header.Timestamp,
            ExtraData = header.ExtraData.ToArray(),
            BaseFeePerGas = header.BaseFeePerGas,
            BlockHash = header.Hash(),
        };
        return BeaconGenesis.FromValidators(Config, Time, Entropy, [.. Validators], payload.ToHeader(Config.Preset));
    }

    /// <summary>What tells the network's chain apart in few bytes. spec: cs/phase0/beacon-chain#compute_fork_digest</summary>
    public Bytes4 ForkDigest() => DigestOf(Config, BeaconState().State.GenesisValidatorsRoot);

    internal static Bytes4 DigestOf(ConsensusConfig config, in Hash32 genesisValidatorsRoot) =>
        FixedBytes.Read<Bytes4>(new ForkData(config.ElectraForkVersion, genesisValidatorsRoot).HashTreeRoot().AsSpan()[..4]);

    /// <summary>The first beacon block: it says nothing but the root of the first state. spec: cs/phase0/beacon-chain#genesis-block</summary>
    public static SignedBeaconBlock FirstBlock(CachedState genesis) =>
        new(new BeaconBlock(Slot.Genesis, default, default, genesis.HashTreeRoot(), BeaconBlockBody.Empty(genesis.Preset)), default);
}
