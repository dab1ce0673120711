using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>What stake's owners sign about it, each under the one version that holds for ever.</summary>
public static class StakingMessages
{
    /// <summary>The least that the deposit contract takes: one coin. spec: cs/phase0/deposit-contract</summary>
    public static Gwei MinDepositAmount { get; } = new(1_000_000_000);

    /// <summary>A deposit. spec: cs/phase0/validator#submit-deposit</summary>
    /// <param name="config">The network.</param>
    /// <param name="key">The key that the validator will sign with.</param>
    /// <param name="credentials">Whom the stake belongs to.</param>
    /// <param name="amount">How much.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is less than the contract takes, or more than counts with such credentials.</exception>
    public static DepositData SignDeposit(ConsensusConfig config, BlsSecretKey key, Hash32 credentials, Gwei amount)
    {
        Gwei most = config.Preset.MaxEffectiveBalanceFor(in credentials);
        if (amount < MinDepositAmount || amount > most)
            throw new ArgumentOutOfRangeException(nameof(amount), amount, $"a deposit with such credentials is from {MinDepositAmount} to {most}");
        DepositMessage message = new(PublicKeyOf(key), credentials, amount);
        Hash32 domain = Signing.ComputeDomain(DomainType.Deposit, config.GenesisForkVersion, Hash32.Zero);
        return new DepositData(message.PublicKey, credentials, amount, Sign(key, message.HashTreeRoot(), domain));
    }

    /// <summary>A wish to leave, under Capella's version on every fork. spec: EIP-7044</summary>
    public static SignedVoluntaryExit SignExit(ConsensusConfig config, Hash32 genesisValidatorsRoot, BlsSecretKey key, VoluntaryExit exit) =>
        new(exit, Sign(key, exit.HashTreeRoot(), Signing.ComputeDomain(DomainType.VoluntaryExit, config.CapellaForkVersion, genesisValidatorsRoot)));

    /// <summary>A change of credentials from a BLS key to an address: 0x00 to 0x01. spec: cs/capella/beacon-chain#process_bls_to_execution_change</summary>
    /// <param name="config">The network.</param>
    /// <param name="genesisValidatorsRoot">Tells chains apart.</param>
    /// <param name="withdrawalKey">The key that the credentials are the hash of.</param>
    /// <param name="validator">Whose credentials.</param>
    /// <param name="address">Where the stake shall go, for ever.</param>
    public static SignedBlsToExecutionChange SignChange(ConsensusConfig config, Hash32 genesisValidatorsRoot, BlsSecretKey withdrawalKey, ValidatorIndex validator, Address address)
    {
        BlsToExecutionChange change = new(validator, PublicKeyOf(withdrawalKey), address);
        return new(change, Sign(withdrawalKey, change.HashTreeRoot(), Signing.ComputeDomain(DomainType.BlsToExecutionChange, config.GenesisForkVersion, genesisValidatorsRoot)));
    }

    /// <summary>A key's public key as containers hold it.</summary>
    public static Bytes48 PublicKeyOf(BlsSecretKey key) => FixedBytes.Read<Bytes48>(key.ToPublicKey().ToBytes());

    private static Bytes96 Sign(BlsSecretKey key, Hash32 root, Hash32 domain) =>
        FixedBytes.Read<Bytes96>(key.Sign(Signing.ComputeSigningRoot(root, domain).AsSpan()).ToBytes());
}
