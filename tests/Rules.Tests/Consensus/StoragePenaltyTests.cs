using System.Text;
using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Rules.Tests.Consensus;

/// <summary>Penalties for storage fall on the stake, and are part of a block on networks with the Spacetime fork alone.</summary>
public class StoragePenaltyTests
{
    private static readonly ConsensusConfig Config = (ConsensusConfig.Minimal with { ShardCommitteePeriod = 0 }).WithSpacetime();
    private const ulong Gift = 1_000_000_000; // more than a block gives anybody
    private static readonly Preset Vanilla = ConsensusConfig.Minimal.Preset;

    [Fact]
    public void Amounts_are_taken_from_balances_as_far_as_they_reach() => Seeds.Check(random =>
    {
        BeaconWorld world = new(config: Config);
        for (int block = 0; block < 4; block++)
        {
            Preset preset = world.Preset;
            StoragePenaltyRequest[] penalties = [.. Enumerable.Range(0, random.Next(0, 17)).Select(_ => RandomPenalty(random, world))];
            CachedState without = world.Head;
            CachedState expected = After(world, []);
            CachedState charged = After(world, penalties);
            Dictionary<int, ulong> owed = [];
            foreach (StoragePenaltyRequest penalty in penalties)
            {
                int validator = IndexOf(charged, penalty.ValidatorPublicKey);
                ulong sum = owed.GetValueOrDefault(validator);
                owed[validator] = sum > ulong.MaxValue - penalty.Amount.Value ? ulong.MaxValue : sum + penalty.Amount.Value;
            }
            for (int validator = 0; validator < charged.State.Validators.Count; validator++)
            {
                // What a block gives after its requests, to the sync committee, an empty balance still gets.
                ulong spared = expected.State.Balances[validator].Value, left = charged.State.Balances[validator].Value, debt = owed.GetValueOrDefault(validator);
                if (debt <= Math.Max(spared, Gift) - Gift)
                    Assert.Equal(spared - debt, left);
                else
                    Assert.InRange(left, 0UL, Gift);
                bool isTerminated = penalties.Any(penalty => penalty.Kind == StoragePenaltyRequest.Terminate && IndexOf(charged, penalty.ValidatorPublicKey) == validator);
                Assert.Equal(isTerminated || without.State.Validators[validator].ExitEpoch != Epoch.FarFuture, charged.State.Validators[validator].ExitEpoch != Epoch.FarFuture);
                Assert.False(charged.State.Validators[validator].Slashed);
            }
            _ = world.Extend(edit: draft => Charge(draft, penalties));
        }
    });

    [Fact]
    public void Who_is_leaving_already_or_was_never_active_is_not_made_to_leave_again()
    {
        BeaconWorld world = new(config: Config);
        StoragePenaltyRequest first = new(world.Head.State.Validators.PublicKeyOf(5), new(7), StoragePenaltyRequest.Terminate);
        Epoch exit = world.Extend(edit: draft => Charge(draft, [first])).State.Validators[5].ExitEpoch;
        Assert.NotEqual(Epoch.FarFuture, exit);
        CachedState again = world.Extend(edit: draft => Charge(draft, [first, first]));
        Assert.Equal(exit, again.State.Validators[5].ExitEpoch);

        CachedState waiting = world.Head.Copy();
        waiting.State.Validators[6] = waiting.State.Validators[6] with { ActivationEpoch = Epoch.FarFuture };
        world.Head = waiting;
        SignedBeaconBlock block = world.Make(waiting, waiting.State.Slot + 1, draft => Charge(draft, [new(waiting.State.Validators.PublicKeyOf(6), new(7), StoragePenaltyRequest.Terminate)]));
        Assert.Null(StateTransition.Apply<UnverifiedSignatures>(waiting, block, BeaconWorld.Engine, out CachedState after));
        Assert.Equal(Epoch.FarFuture, after.State.Validators[6].ExitEpoch);
    }

    [Fact]
    public void Requests_go_to_the_execution_layer_as_they_came_from_it()
    {
        StoragePenaltyRequest penalty = new(BeaconKeys.PublicKey(3), new(0x0102030405060708), StoragePenaltyRequest.Terminate);
        byte[] encoded = Assert.Single((ExecutionRequests.Empty with { StoragePenalties = [penalty] }).ToRequestList(Config.Preset));
        Assert.Equal([0x50, .. BeaconKeys.PublicKey(3).AsSpan(), 8, 7, 6, 5, 4, 3, 2, 1, 1], encoded);
    }

    [Fact]
    public void Without_the_fork_the_container_is_Electras_to_the_bit()
    {
        ExecutionRequests empty = ExecutionRequests.Empty;
        byte[] three = [12, 0, 0, 0, 12, 0, 0, 0, 12, 0, 0, 0], four = [16, 0, 0, 0, 16, 0, 0, 0, 16, 0, 0, 0, 16, 0, 0, 0];
        Assert.Equal(three, empty.Encode(Vanilla));
        Assert.Equal(four, empty.Encode(Config.Preset));
        Assert.False(ExecutionRequests.TryDecode(four, Vanilla, out _, out _));
        Assert.False(ExecutionRequests.TryDecode(three, Config.Preset, out _, out _));
        Assert.Equal("""{"deposits":[],"withdrawals":[],"consolidations":[]}""", Encoding.UTF8.GetString(Ssz.ToJson(ExecutionRequests.Codec(Vanilla), empty)));
        Assert.False(ExecutionRequests.TryParseJson("""{"deposits":[],"withdrawals":[],"consolidations":[]}"""u8, Config.Preset, out _, out SszFault fault));
        Assert.Equal(new SszFault(SszRule.MissingField, "storage_penalties"), fault);
        Assert.True(ExecutionRequests.TryParseJson("""{"deposits":[],"withdrawals":[],"consolidations":[],"storage_penalties":[1]}"""u8, Vanilla, out ExecutionRequests? parsed, out _));
        Assert.Empty(parsed.StoragePenalties);
        Hash32 pair = Sha256.Hash([.. RootOfEmpty(Vanilla.MaxDepositRequestsPerPayload), .. RootOfEmpty(Vanilla.MaxWithdrawalRequestsPerPayload)]);
        Hash32 other = Sha256.Hash([.. RootOfEmpty(Vanilla.MaxConsolidationRequestsPerPayload), .. new byte[32]]);
        Assert.Equal(Sha256.Hash([.. pair.AsSpan(), .. other.AsSpan()]), empty.HashTreeRoot(Vanilla));
        Hash32 fourth = Sha256.Hash([.. RootOfEmpty(Vanilla.MaxConsolidationRequestsPerPayload), .. RootOfEmpty(16)]);
        Assert.Equal(Sha256.Hash([.. pair.AsSpan(), .. fourth.AsSpan()]), empty.HashTreeRoot(Config.Preset));
    }

    [Fact]
    public void What_is_encoded_is_read_again() => Seeds.Check(random =>
    {
        BeaconWorld world = new(config: Config);
        ExecutionRequests requests = ExecutionRequests.Empty with { StoragePenalties = [.. Enumerable.Range(0, random.Next(1, 17)).Select(_ => RandomPenalty(random, world))] };
        Assert.True(ExecutionRequests.TryDecode(requests.Encode(world.Preset), world.Preset, out ExecutionRequests? back, out SszFault fault), $"{fault}");
        Assert.Equal(requests.StoragePenalties, back.StoragePenalties);
        byte[] json = Ssz.ToJson(ExecutionRequests.Codec(world.Preset), requests);
        Assert.True(ExecutionRequests.TryParseJson(json, world.Preset, out back, out fault), $"{fault}");
        Assert.Equal(requests.HashTreeRoot(world.Preset), back.HashTreeRoot(world.Preset));
        ExecutionRequests crowded = requests with { StoragePenalties = new StoragePenaltyRequest[17] };
        Assert.False(ExecutionRequests.TryDecode(crowded.Encode(world.Preset with { MaxStoragePenaltiesPerPayload = 17 }), world.Preset, out _, out _));
    });

    private static byte[] RootOfEmpty(ulong limit)
    {
        Hash32 root = default;
        for (ulong leaves = 1; leaves < limit; leaves *= 2)
            root = Sha256.Hash([.. root.AsSpan(), .. root.AsSpan()]);
        return [.. Sha256.Hash([.. root.AsSpan(), .. new byte[32]]).AsSpan()];
    }

    private static CachedState After(BeaconWorld world, StoragePenaltyRequest[] penalties)
    {
        SignedBeaconBlock block = world.Make(world.Head, world.Head.State.Slot + 1, draft => Charge(draft, penalties));
        Assert.Null(StateTransition.Apply<BlsVerifier>(world.Head, block, BeaconWorld.Engine, out CachedState after));
        return after;
    }

    private static void Charge(BlockDraft draft, StoragePenaltyRequest[] penalties) =>
        draft.Body = draft.Body with { ExecutionRequests = ExecutionRequests.Empty with { StoragePenalties = penalties } };

    private static int IndexOf(CachedState state, Bytes48 key) => state.State.Validators.IndexOf(in key);

    /// <summary>Small and great amounts; one key in eight is nobody's. Few enough leave that the chain goes on.</summary>
    private static StoragePenaltyRequest RandomPenalty(Random random, BeaconWorld world)
    {
        int validator = random.Next(8) == 0 ? 9_999 : random.Next(world.Head.State.Validators.Count);
        ulong amount = random.Next(4) switch { 0 => ulong.MaxValue - (ulong)random.Next(3), 1 => 0, _ => (ulong)random.NextInt64(40_000_000_000) };
        return new(BeaconKeys.PublicKey(validator), new(amount), random.Next(10) == 0 ? StoragePenaltyRequest.Terminate : StoragePenaltyRequest.Fault);
    }
}
