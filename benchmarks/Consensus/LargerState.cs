using System.Buffers.Binary;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Benchmarks.Consensus;

/// <summary>A state with more validators than those that are given: those of the largest one, again and again, under keys that nobody signs with.</summary>
internal static class LargerState
{
    private const int Template = 16_384;

    public static byte[] Make(string folder, int validators, string when)
    {
        Preset preset = ConsensusConfig.Mainnet.Preset;
        if (!BeaconState.TryDecode(File.ReadAllBytes(Path.Combine(folder, $"state-{Template}{when}.ssz")), preset, out BeaconState? state, out SszFault fault))
            throw new InvalidDataException(fault.ToString());
        Span<byte> key = stackalloc byte[48];
        for (int i = state.Validators.Count; i < validators; i++)
        {
            int like = i % Template;
            key.Clear();
            BinaryPrimitives.WriteInt32BigEndian(key, i);
            Validator validator = state.Validators[like] with { PublicKey = FixedBytes.Read<Bytes48>(key) };
            state.Validators.Add(in validator);
            state.Balances.Add(state.Balances[like]);
            state.PreviousEpochParticipation.Add(state.PreviousEpochParticipation[like]);
            state.CurrentEpochParticipation.Add(state.CurrentEpochParticipation[like]);
            state.InactivityScores.Add(state.InactivityScores[like]);
        }
        return state.Encode(preset);
    }
}
