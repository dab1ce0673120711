using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Pairings;

namespace Flashback.Cryptography;

/// <summary>BLS signatures as Ethereum uses them: keys in G1, signatures in G2, proof of possession. spec: draft-irtf-cfrg-bls-signature-05; spec: cs/phase0/beacon-chain#bls-signatures.</summary>
/// <remarks>Keys and signatures were checked when they were decoded, so what remains are pairings. Everything here is public: times vary.</remarks>
public static class Bls
{
    /// <summary>The domain separation tag of the suite.</summary>
    public static ReadOnlySpan<byte> Suite => "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_"u8;

    private static readonly G1Affine NegatedGenerator = -G1Affine.Generator;

    /// <summary>Whether the key's owner signed the message.</summary>
    public static bool Verify(BlsPublicKey key, ReadOnlySpan<byte> message, BlsSignature signature) =>
        !key.Point.IsInfinity && Pairing.IsProductOne([NegatedGenerator, key.Point], [signature.Point, HashToPoint(message)]);

    /// <summary>The sum of signatures.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static BlsSignature Aggregate(ReadOnlySpan<BlsSignature> signatures)
    {
        if (signatures.IsEmpty)
            throw new ArgumentException("no signatures to aggregate", nameof(signatures));
        G2Point sum = default;
        foreach (BlsSignature signature in signatures)
            sum += signature.Point;
        return new BlsSignature(sum.ToAffine());
    }

    /// <summary>The sum of public keys. spec: cs/altair/bls#eth_aggregate_pubkeys.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static BlsPublicKey AggregatePublicKeys(ReadOnlySpan<BlsPublicKey> keys)
    {
        if (keys.IsEmpty)
            throw new ArgumentException("no public keys to aggregate", nameof(keys));
        G1Point sum = default;
        foreach (BlsPublicKey key in keys)
            sum += key.Point;
        return new BlsPublicKey(sum.ToAffine());
    }

    /// <summary>Whether all owners signed the one message; false for no keys.</summary>
    public static bool FastAggregateVerify(ReadOnlySpan<BlsPublicKey> keys, ReadOnlySpan<byte> message, BlsSignature signature) =>
        !keys.IsEmpty && Verify(AggregatePublicKeys(keys), message, signature);

    /// <summary>As <see cref="FastAggregateVerify"/>, but no keys and the point at infinity belong together. spec: cs/altair/bls#eth_fast_aggregate_verify.</summary>
    public static bool EthFastAggregateVerify(ReadOnlySpan<BlsPublicKey> keys, ReadOnlySpan<byte> message, BlsSignature signature) =>
        keys.IsEmpty ? signature.Point.IsInfinity : FastAggregateVerify(keys, message, signature);

    /// <summary>Whether each owner signed the message at the same place; false for no keys. Keys must have proven possession.</summary>
    /// <exception cref="ArgumentException">There are more or fewer messages than keys.</exception>
    public static bool AggregateVerify(ReadOnlySpan<BlsPublicKey> keys, ReadOnlySpan<ReadOnlyMemory<byte>> messages, BlsSignature signature)
    {
        if (keys.Length != messages.Length)
            throw new ArgumentException($"{messages.Length} messages for {keys.Length} keys", nameof(messages));
        if (keys.IsEmpty)
            return false;
        G1Affine[] p = new G1Affine[keys.Length + 1];
        G2Affine[] q = new G2Affine[keys.Length + 1];
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i].Point.IsInfinity)
                return false;
            p[i] = keys[i].Point;
            q[i] = HashToPoint(messages[i].Span);
        }
        p[^1] = NegatedGenerator;
        q[^1] = signature.Point;
        return Pairing.IsProductOne(p, q);
    }

    /// <summary>Whether every set of a batch verifies; true for none. See <see cref="BlsBatch"/> for the odds of being fooled.</summary>
    public static bool VerifyBatch(ReadOnlySpan<BlsSignatureSet> sets) => BlsBatch.Verify(sets);

    /// <summary>A message's point of G2.</summary>
    internal static G2Affine HashToPoint(ReadOnlySpan<byte> message) => HashToCurve.ToG2(message, Suite).ToAffine();
}
