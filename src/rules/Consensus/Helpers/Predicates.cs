using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>What can be said of a validator, or of two votes. spec: cs/phase0/beacon-chain#predicates</summary>
public static class Predicates
{
    /// <summary>The first byte of credentials that are the hash of a BLS key. spec: cs/phase0/beacon-chain#withdrawal-prefixes</summary>
    public const byte BlsPrefix = 0;

    /// <summary>The first byte of credentials that end with an address. spec: cs/phase0/beacon-chain#withdrawal-prefixes</summary>
    public const byte AddressPrefix = 1;

    /// <summary>The first byte of credentials that end with an address and let the stake grow. spec: cs/electra/beacon-chain#withdrawal-prefixes</summary>
    public const byte CompoundingPrefix = 2;

    /// <summary>Where the address in credentials begins.</summary>
    private const int AddressOffset = 12;

    /// <summary>Whether it has duties. spec: cs/phase0/beacon-chain#is_active_validator</summary>
    public static bool IsActiveAt(this in Validator validator, Epoch epoch) => validator.ActivationEpoch <= epoch && epoch < validator.ExitEpoch;

    /// <summary>Whether it can be slashed. spec: cs/phase0/beacon-chain#is_slashable_validator</summary>
    public static bool IsSlashableAt(this in Validator validator, Epoch epoch) => !validator.Slashed && validator.ActivationEpoch <= epoch && epoch < validator.WithdrawableEpoch;

    /// <summary>Whether two votes contradict each other: a double vote, or the first surrounds the second. spec: cs/phase0/beacon-chain#is_slashable_attestation_data</summary>
    public static bool IsSlashable(in AttestationData first, in AttestationData second) =>
        (first != second && first.Target.Epoch == second.Target.Epoch)
        || (first.Source.Epoch < second.Source.Epoch && second.Target.Epoch < first.Target.Epoch);

    /// <summary>The first byte of credentials: how the rest is read.</summary>
    public static byte PrefixOf(in Hash32 credentials) => credentials.AsSpan()[0];

    /// <summary>Whether credentials end with an address. spec: cs/electra/beacon-chain#new-has_execution_withdrawal_credential</summary>
    public static bool HasAddress(in Hash32 credentials) => PrefixOf(in credentials) is AddressPrefix or CompoundingPrefix;

    /// <summary>The address that credentials end with. spec: cs/electra/beacon-chain#new-get_pending_partial_withdrawals</summary>
    public static Address AddressOf(in Hash32 credentials) => FixedBytes.Read<Address>(credentials.AsSpan()[AddressOffset..]);

    /// <summary>The most that counts of a balance with such credentials. spec: cs/electra/beacon-chain#new-get_max_effective_balance</summary>
    public static Gwei MaxEffectiveBalanceFor(this Preset preset, in Hash32 credentials) =>
        PrefixOf(in credentials) == CompoundingPrefix ? preset.MaxEffectiveBalance : preset.MinActivationBalance;

    /// <summary>What counts of a balance with such credentials: whole increments, up to the most. spec: cs/electra/beacon-chain#modified-get_validator_from_deposit</summary>
    public static Gwei EffectiveBalanceFor(this Preset preset, Gwei balance, in Hash32 credentials) =>
        Gwei.Min(balance - (balance % preset.EffectiveBalanceIncrement), preset.MaxEffectiveBalanceFor(in credentials));
}
