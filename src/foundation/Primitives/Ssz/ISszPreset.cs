namespace Flashback.Primitives;

/// <summary>The numbers that differ from network to network and bound the collections of a container: mainnet's, minimal's, our own.</summary>
/// <remarks>
/// A container names the preset's properties in its attributes and is handed the preset when it is decoded, encoded or hashed, so one type
/// serves every network. spec: cs/phase0/beacon-chain#preset
/// </remarks>
#pragma warning disable CA1040 // the mark is all there is: what a preset holds is the business of its containers
public interface ISszPreset;
#pragma warning restore CA1040
