namespace Flashback.Cryptography;

/// <summary>One verification of a batch.</summary>
/// <param name="Key">The signer's key, or the sum of the signers' keys.</param>
/// <param name="Message">What was signed; must not change until the batch is verified.</param>
/// <param name="Signature">The signature, or the sum of the signers' signatures.</param>
public readonly record struct BlsSignatureSet(BlsPublicKey Key, ReadOnlyMemory<byte> Message, BlsSignature Signature);
