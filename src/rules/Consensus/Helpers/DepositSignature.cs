using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>The signature of a deposit: the proof that its key is its sender's, which the contract does not check.</summary>
/// <remarks>A deposit without is passed over and does not make a block invalid, so the state depends on it: it is verified at once, and always.</remarks>
public static class DepositSignature
{
    /// <summary>Whether a depositor signed; the same on every fork and chain of a network. spec: cs/electra/beacon-chain#new-is_valid_deposit_signature</summary>
    public static bool IsValid(ConsensusConfig config, in DepositMessage message, in Bytes96 signature)
    {
        if (!BlsPublicKey.TryDecode(message.PublicKey.AsSpan(), out BlsPublicKey? key, out _) || !BlsSignature.TryDecode(signature.AsSpan(), out BlsSignature? decoded, out _))
            return false;
        Hash32 domain = Signing.ComputeDomain(DomainType.Deposit, config.GenesisForkVersion, Hash32.Zero);
        Hash32 root = Signing.ComputeSigningRoot(message.HashTreeRoot(), domain);
        return Bls.Verify(key, root.AsSpan(), decoded);
    }
}
