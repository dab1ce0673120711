using Flashback.Chain.Spacetime;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime;

/// <summary>What claims cost: it follows how many there are, and what is paid for them never leaves the contract.</summary>
public class ClaimFeeTests
{
    private const int Provider = 1;
    private const ulong Gwei = 1_000_000_000;

    private readonly SpacetimeWorld _world = new();

    private UInt256 Fee => Abi.WordAt(_world.Ask("claimFee()"), 0);

    [Fact]
    public void Claims_become_dearer_above_the_target_and_cheaper_below_it_and_what_is_too_much_comes_back()
    {
        _world.Register(Provider);
        for (int block = 0; block < 6; block++)
            SpacetimeWorld.AssertDone(_world.TryPreCommit(Provider, [.. Enumerable.Range(0, 128).Select(i => _world.PreCommit((ulong)(1 + (128 * block) + i)))]));
        _ = _world.AdvanceTo(_world.Slot + 5);
        Address sender = SpacetimeWorld.OperatorOf(Provider);
        UInt256 before = _world.Contracts.BalanceOf(sender), burnt = 0, blobs = 0;
        ulong excess = 0;
        for (int block = 0; block < 6; block++)
        {
            Assert.Equal(Exponential(excess), Fee);
            UInt256 due = Fee * 128UL;
            ValueTuple<object[]>[] claims = [.. Enumerable.Range(0, 128).Select(i => SpacetimeWorld.Claim(0, Provider, (ulong)(1 + (128 * block) + i)))];
            SpacetimeWorld.AssertRefused("ClaimFeeTooLow", _world.TryClaim(sender, due - 1UL, claims));
            SpacetimeWorld.AssertDone(_world.TryClaim(sender, due + (UInt256)(ulong)block, claims));
            SpacetimeWorld.AssertRefused("TooManyClaims", _world.TryClaim(Provider, SpacetimeWorld.Claim(0, Provider, 1)));
            burnt += due;
            blobs += 3UL * BlobSchedule.GasPerBlob; // at a wei; refused transactions pay for theirs too
            Assert.Equal(before - burnt - blobs, _world.Contracts.BalanceOf(sender));
            Assert.Equal(burnt, _world.Contracts.BalanceOf(GenesisContracts.Sectors));
            excess += 64;
            _ = _world.AdvanceTo(_world.Slot + 1);
        }
        for (; excess > 0; excess -= 64)
        {
            Assert.Equal(Exponential(excess), Fee);
            _ = _world.AdvanceTo(_world.Slot + 1);
        }
        Assert.Equal((UInt256)Gwei, Fee);
    }

    [Fact]
    public void Who_cannot_take_its_change_claims_nothing()
    {
        // Hands its input and its coins on to Sectors, and refuses what comes from there.
        byte[] code = Hex.Decode("63f1a50003331460265736" + "5f5f37" + "5f5f365f3463f1a500035af1" + "3d5f5f3e" + "6024573d5ffd5b005b5f5ffd");
        GenesisAccount stubborn = new(ContractWorld.NewAddress(0x57b0), 1, UInt256.Zero, code, []);
        SpacetimeWorld world = new(more: stubborn);
        world.Register(Provider);
        SpacetimeWorld.AssertDone(world.TryPreCommit(Provider, world.PreCommit(1)));
        _ = world.AdvanceTo(world.Slot + 5);
        ValueTuple<object[]> claim = SpacetimeWorld.Claim(0, Provider, 1, validUntil: world.Slot, signature: SpacetimeWorld.Sign(Provider, 0, 1, world.Slot));
        TransactionOutcome Pay(ulong wei) => world.Contracts.Send(
            SpacetimeWorld.Sender, stubborn.Address, Abi.Call(SpacetimeWorld.ClaimSignature, (object)new object[] { claim }), wei, SpacetimeWorld.BlobHash);
        SpacetimeWorld.AssertRefused("RefundFailed", Pay(Gwei + 1));
        SpacetimeWorld.AssertDone(Pay(Gwei));
    }

    /// <summary>spec: EIP-4844 fake_exponential, over one Gwei and the fraction 543</summary>
    private static UInt256 Exponential(ulong excess)
    {
        System.Numerics.BigInteger sum = 0, term = (System.Numerics.BigInteger)Gwei * 543;
        for (int i = 1; term > 0; i++)
        {
            sum += term;
            term = term * excess / (543 * i);
        }
        return (UInt256)(sum / 543);
    }
}
