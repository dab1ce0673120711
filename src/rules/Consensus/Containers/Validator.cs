using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>A validator's entry in the registry. spec: cs/phase0/beacon-chain#validator</summary>
/// <param name="PublicKey">The key it signs with, compressed.</param>
/// <param name="WithdrawalCredentials">Where its stake goes; the first byte says how the rest is read.</param>
/// <param name="EffectiveBalance">What counts of its balance.</param>
/// <param name="Slashed">Whether it was caught.</param>
/// <param name="ActivationEligibilityEpoch">When it may be queued for activation.</param>
/// <param name="ActivationEpoch">From when on it has duties.</param>
/// <param name="ExitEpoch">From when on it has none.</param>
/// <param name="WithdrawableEpoch">From when on its stake may leave.</param>
[SszContainer]
public readonly partial record struct Validator(
    [property: SszName("pubkey")] Bytes48 PublicKey,
    Hash32 WithdrawalCredentials,
    Gwei EffectiveBalance,
    bool Slashed,
    Epoch ActivationEligibilityEpoch,
    Epoch ActivationEpoch,
    Epoch ExitEpoch,
    Epoch WithdrawableEpoch);
