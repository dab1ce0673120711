using Flashback.Chain.Spacetime;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime;

/// <summary>The randomness contract beside a sorted list.</summary>
public class RandomnessTests
{
    private const ulong Depth = 65_536;

    private readonly ContractWorld _world = new([.. GenesisContracts.Spacetime(SpacetimeParameters.Devnet(0)), ContractWorld.Rich(SystemCallOutcome.Caller)]);
    private readonly SortedList<ulong, Hash32> _values = [];

    [Fact]
    public void An_empty_slot_has_the_value_of_the_next_block_and_old_ones_are_forgotten()
    {
        Random random = new(7);
        ulong slot = 0;
        // Gaps of all sizes: within a bitmap, across some, and longer than everything that is kept.
        foreach (int longest in new[] { 3, 40, 700, 9_000, 3, 70_000, 200_000, 5 })
        {
            for (int i = 0; i < 12; i++)
            {
                slot += (ulong)random.Next(1, longest + 1);
                Tell(slot);
            }
            for (int i = 0; i < 200; i++)
                AssertKnown((ulong)Math.Max(0, (long)slot - random.Next(2 * longest)));
            foreach (ulong edge in new[] { slot, slot - Depth + 1, slot - Depth, slot + 1, 0UL })
                AssertKnown(edge);
        }
    }

    [Fact]
    public void Randomness_is_drawn_from_domain_value_and_entropy()
    {
        Tell(5);
        Hash32 domain = Keccak.Hash256([1]);
        byte[] answer = _world.Ask(GenesisContracts.Randomness, Abi.Call("randomness(uint256,bytes32,bytes)", 4UL, domain, new byte[] { 1, 2, 3 })).Output.ToArray();
        Assert.Equal(Keccak.Hash256([.. domain.AsSpan(), .. _values[5].AsSpan(), 1, 2, 3]), Hash32.Read(answer));
    }

    [Fact]
    public void Only_the_protocol_tells_it_and_only_forwards()
    {
        Tell(9);
        byte[] next = [.. new byte[32], .. ((UInt256)10UL).ToHash32().AsSpan()];
        Address somebody = ContractWorld.NewAddress(5);
        SpacetimeWorld.AssertRefused("InvalidSystemCall", new ContractWorld([.. GenesisContracts.Spacetime(SpacetimeParameters.Devnet(0)), ContractWorld.Rich(somebody)]).Send(somebody, GenesisContracts.Randomness, next));
        foreach (byte[] wrong in new[] { next[1..], [.. next, 0], [], [.. new byte[32], .. ((UInt256)9UL).ToHash32().AsSpan()], [.. new byte[32], .. ((UInt256)8UL).ToHash32().AsSpan()] })
        {
            SystemCallOutcome outcome = _world.CallAsSystem(GenesisContracts.Randomness, wrong);
            Assert.Equal("InvalidSystemCall", SpacetimeWorld.Reason(outcome.Output));
        }
        Assert.True(_world.CallAsSystem(GenesisContracts.Randomness, next).IsSuccess);
    }

    private void Tell(ulong slot)
    {
        _values[slot] = SpacetimeWorld.RandaoOf(slot);
        Assert.True(_world.CallAsSystem(GenesisContracts.Randomness, [.. _values[slot].AsSpan(), .. ((UInt256)slot).ToHash32().AsSpan()]).IsSuccess);
    }

    private void AssertKnown(ulong slot)
    {
        SystemCallOutcome outcome = _world.Ask(GenesisContracts.Randomness, Abi.Call("randao(uint256)", slot));
        ulong last = _values.Keys[^1];
        if (slot > last || last - slot >= Depth)
        {
            Assert.Equal("SlotOutOfRange", SpacetimeWorld.Reason(outcome.Output));
            return;
        }
        Assert.True(outcome.IsSuccess, SpacetimeWorld.Reason(outcome.Output));
        Assert.Equal(_values.First(pair => pair.Key >= slot).Value, Hash32.Read(outcome.Output.Span));
    }
}
