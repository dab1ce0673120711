using System.Reflection;
using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Rules.Tests.Consensus;

/// <summary>The root of a state that remembers what it hashed, against that of the same state read anew, which remembers nothing.</summary>
public class BeaconStateRootTests
{
    private static readonly Preset Preset = Presets.Minimal;

    /// <summary>What a <see cref="KnownRoot"/> takes in bytes: an object's header and 32 bytes.</summary>
    private const int KnownRootLength = 48;

    private static readonly PropertyInfo[] Fields = [.. typeof(BeaconState).GetProperties().Where(property => property.CanWrite)];

    [Fact]
    public void Every_field_counts_whenever_it_changes() => Seeds.Check(random =>
    {
        BeaconState state = RandomState(random);
        Assert.Equal(37, Fields.Length);
        foreach (PropertyInfo field in Fields.OrderBy(_ => random.Next()).Concat(Fields.OrderBy(_ => random.Next())))
        {
            field.SetValue(state, field.GetValue(RandomState(random)));
            Assert.True(FreshRoot(state) == state.HashTreeRoot(Preset), field.Name);
        }
    });

    [Fact]
    public void Copies_go_on_by_themselves() => Seeds.Check(random =>
    {
        List<BeaconState> states = [RandomState(random)];
        for (int i = 0; i < 60; i++)
        {
            BeaconState state = states[random.Next(states.Count)];
            if (states.Count < 6 && random.Next(3) == 0)
            {
                state = state.Copy();
                states.Add(state);
            }
            Change(state, random);
            if (random.Next(2) == 0)
                state.HashTreeRoot(Preset);
        }
        foreach (BeaconState state in states)
            Assert.Equal(FreshRoot(state), state.HashTreeRoot(Preset));
    });

    [Fact]
    public void A_state_too_full_for_its_type_has_no_root_and_gets_a_right_one_when_mended()
    {
        BeaconState state = RandomState(new Random(1));
        Hash32 before = state.HashTreeRoot(Preset);
        Column<Gwei> slashings = state.Slashings;
        (Fork fork, state.Fork, state.Slashings) = (state.Fork, default, new Column<Gwei>(1));
        Assert.Throws<ArgumentException>(() => state.HashTreeRoot(Preset));
        state.Slashings = slashings;
        Assert.Equal(FreshRoot(state), state.HashTreeRoot(Preset));
        state.Fork = fork;
        Assert.Equal(before, state.HashTreeRoot(Preset));
    }

    [Fact]
    public void A_root_after_a_change_allocates_only_what_the_collection_knows_it_by()
    {
        BeaconState state = RandomState(new Random(1));
        state.Balances.Resize(1000);
        state.HashTreeRoot(Preset);
        for (int round = 0; round < 2; round++)
        {
            state.Balances[500] = new Gwei((ulong)round + 1);
            state.Slot += 1;
            long before = GC.GetAllocatedBytesForCurrentThread();
            state.HashTreeRoot(Preset);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(round == 0 || allocated == KnownRootLength, $"{allocated} bytes"); // the first loads what it needs
        }
    }

    private static void Change(BeaconState state, Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                state.Balances.Resize(random.Next(300));
                break;
            case 1 or 2 when state.Balances.Count > 0:
                state.Balances[random.Next(state.Balances.Count)] = new Gwei((ulong)random.NextInt64());
                break;
            case 3:
                state.BlockRoots[random.Next(state.BlockRoots.Count)] = state.StateRoots[random.Next(state.StateRoots.Count)];
                break;
            case 4:
                state.Fork = state.Fork with { Epoch = new Epoch((ulong)random.Next(3)) };
                break;
            case 5:
                state.FinalizedCheckpoint = state.FinalizedCheckpoint with { Epoch = new Epoch((ulong)random.Next(3)) };
                break;
            case 6 when state.Validators.Count > 0:
                state.Validators.SetEffectiveBalance(random.Next(state.Validators.Count), new Gwei((ulong)random.Next(3)));
                break;
            default:
                PropertyInfo field = Fields[random.Next(Fields.Length)];
                field.SetValue(state, field.GetValue(RandomState(random)));
                break;
        }
    }

    private static Hash32 FreshRoot(BeaconState state) => Read(state.Encode(Preset)).HashTreeRoot(Preset);

    private static BeaconState RandomState(Random random) => Read(RandomEncoding.Of(BeaconState.Codec(Preset).Shape, random));

    private static BeaconState Read(byte[] encoding)
    {
        Assert.True(BeaconState.TryDecode(encoding, Preset, out BeaconState? state, out SszFault fault), fault.ToString());
        return state;
    }
}
