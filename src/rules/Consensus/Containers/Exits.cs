using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>A validator's wish to leave. spec: cs/phase0/beacon-chain#voluntaryexit</summary>
/// <param name="Epoch">The first epoch at which it may be included.</param>
/// <param name="ValidatorIndex">Who leaves.</param>
[SszContainer]
public readonly partial record struct VoluntaryExit(Epoch Epoch, ValidatorIndex ValidatorIndex);

/// <summary>A voluntary exit, signed. spec: cs/phase0/beacon-chain#signedvoluntaryexit</summary>
/// <param name="Message">What is signed.</param>
/// <param name="Signature">The validator's signature.</param>
[SszContainer]
public readonly partial record struct SignedVoluntaryExit(VoluntaryExit Message, Bytes96 Signature);

/// <summary>The change of credentials from a BLS key to an address. spec: cs/capella/beacon-chain#blstoexecutionchange</summary>
/// <param name="ValidatorIndex">Whose credentials.</param>
/// <param name="FromBlsPublicKey">The key that the credentials are the hash of.</param>
/// <param name="ToExecutionAddress">Where the stake shall go.</param>
[SszContainer]
public readonly partial record struct BlsToExecutionChange(ValidatorIndex ValidatorIndex, [property: SszName("from_bls_pubkey")] Bytes48 FromBlsPublicKey, Address ToExecutionAddress);

/// <summary>A change of credentials, signed. spec: cs/capella/beacon-chain#signedblstoexecutionchange</summary>
/// <param name="Message">What is signed.</param>
/// <param name="Signature">The signature by the key of the old credentials.</param>
[SszContainer]
public readonly partial record struct SignedBlsToExecutionChange(BlsToExecutionChange Message, Bytes96 Signature);
