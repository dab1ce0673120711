using Flashback.Primitives;

namespace Flashback.Consensus;

internal sealed partial class BlockTransition<TVerifier>
{
    /// <summary>The proposer's signature of the epoch is mixed into the epoch's randomness. spec: cs/phase0/beacon-chain#process_randao</summary>
    public Invalid<TransitionRule>? ProcessRandao(BeaconBlockBody body)
    {
        Epoch epoch = cached.GetCurrentEpoch();
        Hash32 signingRoot = Signing.ComputeSigningRoot(Signing.RootOf(epoch.Value), cached.GetDomain(DomainType.Randao, epoch));
        if (_signatures.Add(TransitionRule.RandaoReveal, cached, cached.GetBeaconProposerIndex(), signingRoot, body.RandaoReveal) is { } invalid)
            return invalid;
        State.RandaoMixes[(int)(epoch.Value % Preset.EpochsPerHistoricalVector)] = Xor(cached.GetRandaoMix(epoch), Sha256.Hash(body.RandaoReveal.AsSpan()));
        return null;
    }

    private static Hash32 Xor(in Hash32 left, in Hash32 right)
    {
        Span<byte> mixed = stackalloc byte[32];
        for (int i = 0; i < mixed.Length; i++)
            mixed[i] = (byte)(left.AsSpan()[i] ^ right.AsSpan()[i]);
        return Hash32.Read(mixed);
    }
}
