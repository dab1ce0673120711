using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>A point of the chain that is voted on: the block at the start of an epoch. spec: cs/phase0/beacon-chain#checkpoint</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Root">The root of the last block at or before the epoch's first slot.</param>
[SszContainer]
public readonly partial record struct Checkpoint(Epoch Epoch, Hash32 Root);
