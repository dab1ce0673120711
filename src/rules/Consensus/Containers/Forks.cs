using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>Which fork's rules hold. spec: cs/phase0/beacon-chain#fork</summary>
/// <param name="PreviousVersion">The version before <paramref name="Epoch"/>.</param>
/// <param name="CurrentVersion">The version from then on.</param>
/// <param name="Epoch">The epoch of the last change.</param>
[SszContainer]
public readonly partial record struct Fork(Bytes4 PreviousVersion, Bytes4 CurrentVersion, Epoch Epoch);

/// <summary>What a domain is made of. spec: cs/phase0/beacon-chain#forkdata</summary>
/// <param name="CurrentVersion">The fork version.</param>
/// <param name="GenesisValidatorsRoot">The root of the registry at genesis: it tells chains apart.</param>
[SszContainer]
public readonly partial record struct ForkData(Bytes4 CurrentVersion, Hash32 GenesisValidatorsRoot);

/// <summary>What is signed for an object. spec: cs/phase0/beacon-chain#signingdata</summary>
/// <param name="ObjectRoot">The object's root.</param>
/// <param name="Domain">The kind of message, the fork and the chain.</param>
[SszContainer]
public readonly partial record struct SigningData(Hash32 ObjectRoot, Hash32 Domain);
