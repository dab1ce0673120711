using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>The signatures of a block, verified together at its end.</summary>
/// <remarks>A batch only tells that something in it is wrong; then each is verified by itself to find what.</remarks>
internal sealed class SignatureCollection<TVerifier>
    where TVerifier : struct, ISignatureVerifier
{
    private readonly List<BlsSignatureSet> _sets = [];
    private readonly List<TransitionRule> _rules = [];

    /// <summary>Adds a signature under the key of a validator.</summary>
    public Invalid<TransitionRule>? Add(TransitionRule rule, CachedState state, ValidatorIndex signer, in Hash32 signingRoot, in Bytes96 signature)
    {
        if (!TVerifier.Verifies)
            return null;
        return state.Keys.TryGet(state.State.Validators, (int)signer.Value, out BlsPublicKey? key)
            ? Add(rule, key, in signingRoot, in signature)
            : new(rule, $"the key of {signer} is none");
    }

    /// <summary>Adds a signature under a key that no validator need have.</summary>
    public Invalid<TransitionRule>? Add(TransitionRule rule, in Bytes48 key, in Hash32 signingRoot, in Bytes96 signature)
    {
        if (!TVerifier.Verifies)
            return null;
        return BlsPublicKey.TryDecode(key.AsSpan(), out BlsPublicKey? decoded, out var fault)
            ? Add(rule, decoded, in signingRoot, in signature)
            : new(rule, $"the key is none: {fault}");
    }

    /// <summary>Adds a signature under a key, or the sum of keys.</summary>
    public Invalid<TransitionRule>? Add(TransitionRule rule, BlsPublicKey key, in Hash32 signingRoot, in Bytes96 signature)
    {
        if (!BlsSignature.TryDecode(signature.AsSpan(), out BlsSignature? decoded, out var fault))
            return new(rule, $"the signature is none: {fault}");
        _sets.Add(new BlsSignatureSet(key, signingRoot.AsSpan().ToArray(), decoded));
        _rules.Add(rule);
        return null;
    }

    /// <summary>Adds the signature of several validators of one message: there is at least one, and none twice.</summary>
    public Invalid<TransitionRule>? AddAggregate(TransitionRule rule, CachedState state, ReadOnlySpan<int> signers, in Hash32 signingRoot, in Bytes96 signature)
    {
        if (!TVerifier.Verifies)
            return null;
        BlsPublicKey[] keys = new BlsPublicKey[signers.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            if (!state.Keys.TryGet(state.State.Validators, signers[i], out keys[i]!))
                return new(rule, $"the key of validator {signers[i]} is none");
        }
        return Add(rule, Bls.AggregatePublicKeys(keys), in signingRoot, in signature);
    }

    /// <summary>Verifies all that were added.</summary>
    public Invalid<TransitionRule>? Verify()
    {
        ReadOnlySpan<BlsSignatureSet> sets = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_sets);
        if (!TVerifier.Verifies || TVerifier.VerifyAll(sets))
            return null;
        for (int i = 0; i < sets.Length; i++)
        {
            if (!TVerifier.VerifyAll(sets.Slice(i, 1)))
                return new(_rules[i], "the signature does not hold");
        }
        // The odds that a batch of good signatures fails are none: a product of ones is one.
        throw new System.Diagnostics.UnreachableException("a batch fails whose signatures all hold");
    }
}
