using Flashback.Primitives;

namespace Flashback.Consensus;

internal sealed partial class BlockTransition<TVerifier>
{
    /// <summary>Credentials change from a BLS key to an address. spec: cs/capella/beacon-chain#process_bls_to_execution_change</summary>
    public Invalid<TransitionRule>? ProcessBlsToExecutionChange(SignedBlsToExecutionChange signed)
    {
        BlsToExecutionChange change = signed.Message;
        if (Known(change.ValidatorIndex) is { } unknown)
            return unknown;
        Validator validator = State.Validators[(int)change.ValidatorIndex.Value];
        if (Predicates.PrefixOf(validator.WithdrawalCredentials) != Predicates.BlsPrefix)
            return new(TransitionRule.ChangeNotBlsCredentials, $"{validator.WithdrawalCredentials}");
        Hash32 hash = Sha256.Hash(change.FromBlsPublicKey.AsSpan());
        if (!validator.WithdrawalCredentials.AsSpan()[1..].SequenceEqual(hash.AsSpan()[1..]))
            return new(TransitionRule.ChangeOtherKey, $"{change.FromBlsPublicKey}");
        // Signed under the version of genesis: the same on every fork.
        Hash32 domain = cached.GetFixedDomain(DomainType.BlsToExecutionChange, cached.Config.GenesisForkVersion);
        if (_signatures.Add(TransitionRule.ChangeSignature, change.FromBlsPublicKey, Signing.ComputeSigningRoot(change.HashTreeRoot(), domain), signed.Signature) is { } invalid)
            return invalid;
        Hash32 credentials = Hash32.Read([Predicates.AddressPrefix, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. change.ToExecutionAddress.AsSpan()]);
        State.Validators[(int)change.ValidatorIndex.Value] = validator with { WithdrawalCredentials = credentials };
        return null;
    }
}
