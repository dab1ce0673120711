using Flashback.Cryptography.Groth16;
using Flashback.Execution;
using Flashback.Proofs;

namespace Flashback.Chain.Spacetime;

/// <summary>The Spacetime fork of a network: what it does around transactions, and who verifies its claims. spec: ours#2</summary>
public sealed class SpacetimeFork
{
    /// <summary>The fork with a network's parameters and keys.</summary>
    /// <param name="parameters">What the contracts of its genesis have as immutables.</param>
    /// <param name="keys">What its storage proofs are verified with.</param>
    /// <exception cref="ArgumentException">A circuit of its sectors has no key.</exception>
    public SpacetimeFork(SpacetimeParameters parameters, IReadOnlyDictionary<StorageCircuit, VerifyingKey> keys)
    {
        Parameters = parameters;
        Verifier = new ClaimVerifier(parameters.Seal, keys);
    }

    /// <summary>What the network decides about storage duties.</summary>
    public SpacetimeParameters Parameters { get; }

    /// <summary>Verifies claims.</summary>
    public ClaimVerifier Verifier { get; }

    /// <summary>What happens around the transactions of a block.</summary>
    public SpacetimeHooks HooksOf(BlockHeader header) => new(Parameters, header);
}
