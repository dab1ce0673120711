using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Rules.Tests.Consensus;

/// <summary>A beacon chain in memory, with everyone's keys: it makes blocks that are valid, or valid but for what a test changes.</summary>
internal sealed class BeaconWorld
{
    private ulong _payloads;

    public BeaconWorld(int validators = 64, ConsensusConfig? config = null, Func<int, GenesisValidator>? validator = null)
    {
        Config = config ?? ConsensusConfig.Minimal;
        GenesisValidator[] all = [.. Enumerable.Range(0, validators).Select(validator ?? Common)];
        Head = BeaconGenesis.FromValidators(Config, 1_600_000_000, Hash(0x6e), all, ExecutionPayloadHeader.Empty with { BlockHash = Hash(0xb0) });
    }

    public ConsensusConfig Config { get; }

    public Preset Preset => Config.Preset;

    /// <summary>The state after the last block.</summary>
    public CachedState Head { get; set; }

    public static IExecutionEngine Engine { get; } = new WillingEngine();

    public static Hash32 Hash(ulong number) => Sha256.Hash(BitConverter.GetBytes(number));

    public static Address AddressOf(int validator) => Address.Read(Hash((ulong)validator + 1_000_000).AsSpan()[..20]);

    public static Hash32 Credentials(int validator, byte prefix) => Hash32.Read([prefix, .. new byte[11], .. AddressOf(validator).AsSpan()]);

    public GenesisValidator Common(int validator) => new(BeaconKeys.PublicKey(validator), Credentials(validator, Predicates.AddressPrefix), Preset.MinActivationBalance);

    /// <summary>The state at a later slot, without a block.</summary>
    public static CachedState At(CachedState state, Slot slot)
    {
        Assert.Null(StateTransition.ProcessSlots(state, slot, out CachedState after));
        return after;
    }

    /// <summary>Makes a valid block and applies it.</summary>
    public CachedState Extend(ulong slots = 1, Action<BlockDraft>? edit = null)
    {
        SignedBeaconBlock block = Make(Head, Head.State.Slot + slots, edit);
        Invalid<TransitionRule>? invalid = StateTransition.Apply<BlsVerifier>(Head, block, Engine, out CachedState after);
        Assert.True(invalid is null, $"{block.Message.Slot}: {invalid}");
        Head = after;
        return Head;
    }

    /// <summary>A block on a state: by its proposer, with everybody's votes for the slot before.</summary>
    /// <param name="state">The state after the parent.</param>
    /// <param name="slot">The block's slot.</param>
    /// <param name="edit">What is different; it is signed as it is then.</param>
    public SignedBeaconBlock Make(CachedState state, Slot slot, Action<BlockDraft>? edit = null)
    {
        BlockDraft draft = new(At(state, slot), Hash(++_payloads + 5_000_000));
        draft.Attest(slot - Slot.Genesis > 0 ? new(slot.Value - 1) : slot);
        edit?.Invoke(draft);
        return draft.Sign();
    }

    private sealed class WillingEngine : IExecutionEngine
    {
        public bool VerifyAndNotifyNewPayload(NewPayloadRequest request) => true;
    }
}
