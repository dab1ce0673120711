using Flashback.Consensus;

namespace Flashback.Chain.Beacon;

/// <summary>What waits for a block.</summary>
/// <param name="Attestations">Committees' votes.</param>
/// <param name="ProposerSlashings">Proposers caught.</param>
/// <param name="AttesterSlashings">Voters caught.</param>
/// <param name="VoluntaryExits">Validators that leave.</param>
/// <param name="BlsToExecutionChanges">Changes of credentials.</param>
public sealed record PooledOperations(
    IReadOnlyList<Attestation> Attestations, IReadOnlyList<ProposerSlashing> ProposerSlashings, IReadOnlyList<AttesterSlashing> AttesterSlashings,
    IReadOnlyList<SignedVoluntaryExit> VoluntaryExits, IReadOnlyList<SignedBlsToExecutionChange> BlsToExecutionChanges);
