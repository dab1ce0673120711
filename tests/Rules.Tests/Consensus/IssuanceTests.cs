using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Rules.Tests.Consensus;

/// <summary>What must hold whatever happens on a chain.</summary>
public class IssuanceTests
{
    private static readonly ConsensusConfig Config = RandomChain.Lively;

    /// <summary>An epoch pays no more than a base reward for each increment that is active, votes and proposers and sync committee together.</summary>
    [Fact]
    public void Never_more_is_there_than_was_deposited_and_issued() => Seeds.Check(random =>
    {
        RandomChain chain = new(random, Config) { Silence = (new(4), new(10)) };
        UInt128 start = Total(chain.World.Head);
        UInt128 perEpoch = 0;
        while (chain.World.Head.GetCurrentEpoch() < new Epoch(14))
        {
            _ = chain.Next();
            CachedState head = chain.World.Head;
            ulong increments = head.GetTotalActiveBalance() / Config.Preset.EffectiveBalanceIncrement;
            perEpoch = UInt128.Max(perEpoch, (UInt128)head.GetBaseRewardPerIncrement().Value * increments);
            // One epoch more: votes are paid for at the end of the next, their proposers at once.
            UInt128 most = start + chain.Deposited.Value + (perEpoch * (head.GetCurrentEpoch().Value + 2));
            Assert.True(Total(head) <= most, $"{Total(head)} Gwei at {head.State.Slot}, at most {most} can be there");
        }
    });

    /// <summary>Whatever a block's bytes are changed to: it is applied, or refused for a reason, and the state before it stays.</summary>
    [Fact]
    public void A_block_that_is_not_valid_changes_nothing() => Seeds.Check(random =>
    {
        RandomChain chain = new(random, Config);
        for (int i = 0; i < 12; i++)
            _ = chain.Next();
        BeaconWorld world = chain.World;
        CachedState head = world.Head;
        Hash32 root = head.HashTreeRoot();
        byte[] before = head.State.Encode(world.Preset);
        byte[] block = world.Make(head, head.State.Slot + 1).Encode(world.Preset);
        int refused = 0;
        for (int i = 0; i < 60; i++)
        {
            byte[] mutated = [.. block];
            mutated[random.Next(100 + 96 + 8, block.Length)] ^= (byte)(1 << random.Next(8)); // behind the block's slot, so that no slots by the million pass
            if (!SignedBeaconBlock.TryDecode(mutated, world.Preset, out SignedBeaconBlock? changed, out _))
                continue;
            Assert.NotNull(StateTransition.Apply<BlsVerifier>(head, changed, BeaconWorld.Engine, out CachedState after));
            Assert.Same(head, after);
            refused++;
        }
        Assert.True(refused > 20);
        Assert.Equal(root, head.HashTreeRoot());
        Assert.Equal(before, head.State.Encode(world.Preset));
    });

    /// <summary>Balances, and deposits that wait.</summary>
    private static UInt128 Total(CachedState state)
    {
        UInt128 total = 0;
        foreach (Gwei balance in state.State.Balances.ToArray())
            total += balance.Value;
        foreach (PendingDeposit deposit in state.State.PendingDeposits.ToArray())
            total += deposit.Amount.Value;
        return total;
    }
}
