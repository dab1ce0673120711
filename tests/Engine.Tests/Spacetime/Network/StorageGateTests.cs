using Flashback.Chain;
using Flashback.Chain.Beacon;
using Flashback.Chain.Spacetime;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Network;
using Flashback.Primitives;
using BlobSidecar = Flashback.Execution.BlobSidecar;

namespace Flashback.Engine.Tests.Spacetime.Network;

/// <summary>What is not proven gets in nowhere: not into the pool, not into a block that is made here, not into the chain.</summary>
public class StorageGateTests
{
    private const int Provider = 3, Other = 4;

    [Fact]
    public async Task A_block_with_a_claim_that_is_not_proven_is_kept_out_by_everybody_and_the_chain_goes_on()
    {
        using StorageNetwork network = new(nodes: 2);
        (NetworkProvider provider, NetworkProvider other) = (new(network, Provider), new(network, Other));
        await network.PassAsync(2);
        await provider.RegisterAsync();
        await other.RegisterAsync();
        await other.CommitAsync(1);
        _ = await other.WaitForWindowAsync();
        _ = other.WindowClaim(0, out byte[] foreign); // true, but of another provider
        await provider.CommitAsync(1);
        _ = await provider.WaitForWindowAsync();
        ValueTuple<object[]> early = provider.WindowClaim(0, out byte[] replayed);
        await provider.ClaimAsync(early, replayed); // proven once, truly
        foreach (Cheat cheat in Enum.GetValues<Cheat>())
        {
            ulong[] window = await provider.WaitForWindowAsync();
            ValueTuple<object[]> claim = provider.WindowClaim(0, out byte[] blob);
            blob = cheat switch
            {
                Cheat.Forged => ForgedBlob(network, provider),
                Cheat.Misplaced => MisplacedBlob(provider),
                Cheat.Cut => BlobBytes.Pack(Unpack(blob).AsSpan(0, 100)),
                Cheat.Replayed => replayed,
                _ => foreign,
            };
            Assert.Equal(PoolRule.UnprovenClaim, Assert.IsType<PoolOutcome.Refused>(provider.TryClaim(claim, blob)).Reason.Rule);
            await RequireKeptOutAsync(network, provider, claim, blob);
            // The slot is lost to the cheater alone: the window can still be proven.
            await provider.ProveAsync();
            Assert.Equal(window[0], provider.Window()[0]);
        }
        await network.PassAsync(3 * network.Preset.SlotsPerEpoch);
        Assert.All(network.Nodes, node => Assert.Equal(network.First.Head, node.Head));
        Assert.True(network.First.Chain.Snapshot.Finalized.Epoch.Value + 4 > network.Preset.EpochAt(network.Slot).Value);
        Assert.True(network.First.Chain.Snapshot.Finalized.Epoch > new Epoch(1));
    }

    [Fact]
    public async Task A_builder_begins_anew_without_what_claims_what_is_not_so()
    {
        using StorageNetwork network = new();
        NetworkProvider provider = new(network, Provider);
        await network.PassAsync(2);
        await provider.RegisterAsync();
        await provider.CommitAsync(1);
        await provider.ProveAsync();
        await provider.PassWindowAsync();
        await network.PassUntilBeforeAsync(provider.Window()[2] - 1);
        // Two slots before the window opens the pool's trial fails; the block that can take it is the one after the next.
        byte[] blob = BlobBytes.Pack(new byte[192]);
        Assert.IsType<PoolOutcome.Accepted>(provider.TryClaim(SpacetimeWorld.Claim((int)ClaimKind.Window, Provider, 0), blob));
        Assert.IsType<PoolOutcome.Accepted>(network.Send(9, StorageNetwork.AccountOf(10), [], 1));
        BuiltBlock built = Build(network, slotsAhead: 2);
        Assert.Empty(built.Claims);
        Assert.Equal(StorageNetwork.AccountOf(10), Assert.Single(built.Block.Block.Transactions).To);
        Assert.Equal((1, 0), network.First.Pool.Count);
    }

    [Fact]
    public async Task A_node_that_joins_after_blobs_are_gone_relies_on_what_is_final()
    {
        using StorageNetwork network = new(nodes: 0);
        StorageNode first = network.Join("first", blobRetention: 2);
        NetworkProvider provider = new(network, Provider);
        await network.PassAsync(2);
        await provider.RegisterAsync();
        await provider.CommitAsync(1);
        (Slot slot, Hash32 sealing) = (network.Slot, first.Head);
        Assert.NotEmpty(first.Chain.Database.Blobs(slot, sealing));
        for (int period = 0; period < 5; period++)
            await provider.ProveAsync();
        Assert.Empty(first.Chain.Database.Blobs(slot, sealing));
        StorageNode late = network.Join("late", blobRetention: 2);
        await network.PassAsync(3);
        Assert.Equal(first.Head, late.Head);
        // The newest claims it has verified itself: with other keys it would not have come so far.
        StorageNode stranger = network.Join("stranger", new SimulatedKeys(network.Parameters.Seal, seed: 1_000), blobRetention: 2);
        await network.PassAsync(3);
        Assert.NotEqual(first.Head, stranger.Head);
        Assert.True(stranger.Chain.Snapshot.Head.Slot > new Slot(10));
    }

    [Fact]
    public async Task Without_its_contracts_no_block_follows_the_first()
    {
        using StorageNetwork network = new();
        await network.PassAsync();
        ChainService chain = network.First.Execution;
        BlockHeader parent = chain.Snapshot.Head.Header;
        // The slot does not rise: the call of Randomness fails, and so does the block.
        BlockHeader draft = new BlockAttributes(parent.Timestamp + 1, default, parent.GasLimit, default, default, default).Draft(parent, chain.Config);
        Invalid<BlockRule>? broken = chain.Executor.Begin(draft, chain.Snapshot.State, new Ancestors(chain.Blocks, parent), chain.HooksOf(draft), out _);
        Assert.Equal(BlockRule.SystemContractCallFailed, broken!.Rule);
        using Chain.DevChain plain = new(fork: "prague");
        SpacetimeFork fork = new(network.Parameters, network.Keys.Verifying);
        broken = plain.Chain.Executor.Begin(draft, plain.Chain.Snapshot.State, new Ancestors(plain.Chain.Blocks, plain.Head.Header), fork.HooksOf(draft), out _);
        Assert.Equal(BlockRule.SystemContractEmpty, broken!.Rule);
    }

    private enum Cheat
    {
        Forged,
        Misplaced,
        Cut,
        Replayed,
        OfAnotherProvider,
    }

    /// <summary>A block with the claim, by the proposer whose turn it is, signed and whole: no node takes it.</summary>
    private static async Task RequireKeptOutAsync(StorageNetwork network, NetworkProvider provider, ValueTuple<object[]> claim, byte[] blob)
    {
        PooledTransaction transaction = provider.Sign(claim, blob);
        Slot slot = network.Slot + 1;
        network.Time.RunUntil(network.TimeOf(slot));
        (SignedBeaconBlock block, BlobSidecar sidecar) = await HostileProposer.MakeAsync(network, slot, transaction);
        Hash32 before = network.First.Head, root = block.Message.HashTreeRoot(network.Preset);
        foreach (StorageNode node in network.Nodes)
        {
            Assert.Equal(GossipVerdict.Ignore, HostileProposer.Offer(node, block, sidecar));
            Assert.Equal(before, node.Head);
            Assert.Null(node.Chain.CopyState(root));
            Assert.Equal(ForkChoiceRule.Unproven, Assert.IsType<BlockImport.Waiting>(node.Chain.Import(block)).Reason); // and again
        }
    }

    private static BuiltBlock Build(StorageNetwork network, ulong slotsAhead)
    {
        ChainSnapshot parent = network.First.Execution.Snapshot;
        BlockHeader header = parent.Head.Header;
        BlockAttributes attributes = new(header.Timestamp + slotsAhead * network.Config.SecondsPerSlot, default, header.GasLimit, Sha256.Hash([1]), default, default);
        return network.First.Builder.Build(parent, attributes, [], TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private static byte[] Unpack(byte[] blob)
    {
        byte[] data = new byte[192];
        Assert.True(BlobBytes.TryRead(blob, 0, data));
        return data;
    }

    private static byte[] ForgedBlob(StorageNetwork network, NetworkProvider provider)
    {
        _ = provider.WindowClaim(0, out byte[] blob, new SimulatedKeys(network.Parameters.Seal, seed: 99));
        return blob;
    }

    private static byte[] MisplacedBlob(NetworkProvider provider)
    {
        _ = provider.WindowClaim(0, out byte[] blob, offset: 31); // the claim says 0
        return blob;
    }
}
