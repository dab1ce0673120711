using System.Buffers.Binary;
using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>What is signed: the root of an object, bound to a kind of message, a fork and a chain.</summary>
public static class Signing
{
    private const int TypeLength = 4;

    /// <summary>The domain of a kind of message. spec: cs/phase0/beacon-chain#compute_domain</summary>
    public static Hash32 ComputeDomain(DomainType type, Bytes4 forkVersion, Hash32 genesisValidatorsRoot)
    {
        Hash32 fork = new ForkData(forkVersion, genesisValidatorsRoot).HashTreeRoot();
        Span<byte> domain = stackalloc byte[32];
        BinaryPrimitives.WriteUInt32LittleEndian(domain, (uint)type);
        fork.AsSpan()[..^TypeLength].CopyTo(domain[TypeLength..]);
        return Hash32.Read(domain);
    }

    /// <summary>The domain of a kind of message at an epoch of a state's chain. spec: cs/phase0/beacon-chain#get_domain</summary>
    public static Hash32 GetDomain(this CachedState state, DomainType type, Epoch epoch) =>
        ComputeDomain(type, epoch < state.State.Fork.Epoch ? state.State.Fork.PreviousVersion : state.State.Fork.CurrentVersion, state.State.GenesisValidatorsRoot);

    /// <summary>The domain of a message that is signed under one version for ever, whatever the state's fork is.</summary>
    public static Hash32 GetFixedDomain(this CachedState state, DomainType type, Bytes4 forkVersion) => ComputeDomain(type, forkVersion, state.State.GenesisValidatorsRoot);

    /// <summary>What is signed for an object of that root. spec: cs/phase0/beacon-chain#compute_signing_root</summary>
    public static Hash32 ComputeSigningRoot(Hash32 objectRoot, Hash32 domain) => Sha256.HashPair(objectRoot, domain);

    /// <summary>The root of a number, as randao reveals and selection proofs sign it.</summary>
    public static Hash32 RootOf(ulong number)
    {
        Span<byte> chunk = stackalloc byte[32];
        chunk.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(chunk, number);
        return Hash32.Read(chunk);
    }
}
