using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>A validator's key behind the slashing protection: the one door through which it signs.</summary>
/// <remarks>
/// What is signed, what is written down and the domain all follow from the same block or vote here, so they cannot differ; and only messages of the
/// database's chain are signed. Safe for any number of threads; a signature that is under way is finished before the key is wiped.
/// </remarks>
public sealed class ProtectedSigner : IDisposable
{
    private readonly SlashingProtection _protection;

    // guarded by _signing
    private readonly Lock _signing = new();
    private readonly BlsSecretKey _key;

    /// <summary>Takes over a key.</summary>
    public ProtectedSigner(BlsSecretKey key, SlashingProtection protection)
    {
        (_key, _protection) = (key, protection);
        PublicKey = FixedBytes.Read<Bytes48>(key.ToPublicKey().ToBytes());
    }

    /// <summary>Whose key it is.</summary>
    public Bytes48 PublicKey { get; }

    /// <summary>Signs a block, unless that could be slashed. spec: cs/phase0/validator#signature</summary>
    /// <exception cref="State.Store.StoreException">The database fails: nothing is signed.</exception>
    /// <exception cref="ObjectDisposedException">The key is gone.</exception>
    public Invalid<ProtectionRule>? SignBlock(in BeaconBlockHeader block, Bytes4 forkVersion, out Bytes96 signature)
    {
        Hash32 root = SigningRootOf(DomainType.BeaconProposer, forkVersion, block.HashTreeRoot());
        lock (_signing)
        {
            Invalid<ProtectionRule>? refusal = _protection.Record(PublicKey, new SignedBlock(block.Slot, root));
            signature = refusal is null ? SignRoot(root) : default;
            return refusal;
        }
    }

    /// <summary>Signs a vote, unless that could be slashed. spec: cs/phase0/validator#aggregate-signature</summary>
    /// <exception cref="State.Store.StoreException">The database fails: nothing is signed.</exception>
    /// <exception cref="ObjectDisposedException">The key is gone.</exception>
    public Invalid<ProtectionRule>? SignAttestation(in AttestationData vote, Bytes4 forkVersion, out Bytes96 signature)
    {
        Hash32 root = SigningRootOf(DomainType.BeaconAttester, forkVersion, vote.HashTreeRoot());
        lock (_signing)
        {
            Invalid<ProtectionRule>? refusal = _protection.Record(PublicKey, new SignedAttestation(vote.Source.Epoch, vote.Target.Epoch, root));
            signature = refusal is null ? SignRoot(root) : default;
            return refusal;
        }
    }

    /// <summary>Signs what nobody is slashed for: a random reveal, a selection proof, an aggregate, a sync committee's message, an exit.</summary>
    /// <exception cref="ArgumentException">It is a block, a vote, or nothing that this key signs.</exception>
    /// <exception cref="ObjectDisposedException">The key is gone.</exception>
    public Bytes96 Sign(DomainType type, Bytes4 forkVersion, Hash32 objectRoot)
    {
        if (type is DomainType.BeaconProposer or DomainType.BeaconAttester or DomainType.Deposit or DomainType.BlsToExecutionChange)
            throw new ArgumentException($"{type} is not signed here", nameof(type));
        lock (_signing)
            return SignRoot(SigningRootOf(type, forkVersion, objectRoot));
    }

    /// <summary>Wipes the key; nothing is signed afterwards.</summary>
    public void Dispose()
    {
        lock (_signing)
            _key.Dispose();
    }

    private Hash32 SigningRootOf(DomainType type, Bytes4 forkVersion, Hash32 objectRoot) =>
        Signing.ComputeSigningRoot(objectRoot, Signing.ComputeDomain(type, forkVersion, _protection.GenesisValidatorsRoot));

    private Bytes96 SignRoot(Hash32 root) => FixedBytes.Read<Bytes96>(_key.Sign(root.AsSpan()).ToBytes());
}
