using Flashback.Chain;
using Flashback.Chain.Spacetime;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Engine.Tests.Spacetime.Deals;
using Flashback.Execution;
using Flashback.Network;
using Flashback.Primitives;
using BlobSidecar = Flashback.Execution.BlobSidecar;

namespace Flashback.Engine.Tests.Spacetime.Network;

/// <summary>A deal on a network: true openings of a piece and true receipts in blobs, past pool, builder and gate.</summary>
public class DealNetworkTests
{
    private const int Provider = 3, Client = 10;

    private readonly TestPiece _piece = new(6, seed: 1); // as large as a sector of 2 KiB

    [Fact]
    public async Task A_deal_is_proven_answered_read_and_settled_and_what_is_forged_gets_in_nowhere()
    {
        using StorageNetwork network = new(nodes: 2);
        NetworkProvider provider = new(network, Provider);
        await network.PassAsync(2);
        await provider.RegisterAsync();
        await provider.PreCommitAsync(1, commD: _piece.CommP);
        await network.PassAsync(network.Parameters.PrecommitDelay);
        await provider.ClaimAsync(provider.SealClaim(1, out byte[] sealing), sealing);

        ulong now = network.Slot.Value;
        Terms terms = new(_piece, now + 5, now + 10, now + 10 + 3 * network.Parameters.ProvingPeriod) { Ceiling = 1_000_000 };
        await network.DoAsync(Client, GenesisContracts.Market, Abi.Call("deploy((bytes32,uint64,uint8,uint8,uint40,uint40,uint40,uint128,uint128,uint16[],uint64[]))", terms.Encoded), terms.Ceiling);
        Address deal = Abi.WordAt(network.First.Ask(GenesisContracts.Market, "dealOf(uint64)", 1UL), 0).ToAddress();
        await network.DoAsync(Provider, deal, Abi.Call("register(uint64,uint128)", (ulong)Provider, 900_000UL), 100);
        await network.DoAsync(Provider, deal, Abi.Call("activate(uint64,uint64,uint256,bytes32[])", (ulong)Provider, 1UL, 0UL, Array.Empty<object>()));

        // A window: replica and readable copy in one blob.
        ulong firstOpens = Abi.WordAt(network.First.Ask(deal, "shares()"), 2 + 4).Low;
        while ((await provider.WaitForWindowAsync())[2] < firstOpens)
            await provider.ProveAsync();
        ValueTuple<object[]> window = provider.WindowClaim(0, out byte[] blob);
        byte[] groth = new byte[192];
        Assert.True(BlobBytes.TryRead(blob, 0, groth));
        await provider.ClaimAsync(BlobBytes.Pack([.. groth, .. Openings(network, item: 0)]), window, SpacetimeWorld.Claim((int)ClaimKind.Hot, Provider, 1, offset: 192));
        Assert.Equal(1UL, Abi.WordAt(network.First.Ask(deal, "proofsOf(uint64)", (ulong)Provider), 1).Low);

        // A request on chain: the bytes themselves are the answer, and others are none.
        await network.DoAsync(Client, deal, Abi.Call("requestData(uint64,uint8)", 2UL, 3UL));
        ValueTuple<object[]> answer = SpacetimeWorld.Claim((int)ClaimKind.Hot, Provider, DealWorld.Subject(1, 1));
        byte[] opening = Openings(network, item: 1);
        opening[40] ^= 4;
        await RequireKeptOutAsync(network, provider, answer, BlobBytes.Pack(opening));
        opening[40] ^= 4;
        await provider.ClaimAsync(answer, BlobBytes.Pack(opening));
        StorageClaim claim = Assert.Single(StorageClaim.Of(network.First.Execution.Snapshot.Head.Receipts));
        Assert.Equal((ClaimKind.Hot, (1UL << 32) + 1), (claim.Kind, claim.Subject));

        // Receipts: fixed by the client, signed by the provider, proven by it.
        SignedDeliveries batch = new(
            _piece, Delivery.DomainOf(network.First.Execution.Config.ChainId, deal), SignedDeliveries.Draw(_piece, 1, 20, Provider, 1, 756), digest => StorageNetwork.SignDigest(Provider, digest));
        await network.DoAsync(Client, deal, Abi.Call(
            "submitReceipts(uint64,uint8,uint64,uint16,uint64,uint32,bytes32)", (ulong)Provider, 0UL, 1UL, 20UL, batch.Sum, (ulong)batch.Median, batch.Root));
        await network.PassAsync();
        ValueTuple<object[]> receipt = SpacetimeWorld.Claim((int)ClaimKind.Receipt, Provider, DealWorld.Subject(1, 1));
        Hash32 seed = Hash32.Read(network.First.Ask(GenesisContracts.Market, "receiptInputs(uint64,uint64)", (ulong)Provider, DealWorld.Subject(1, 1)).AsSpan(32 * 11));
        await RequireKeptOutAsync(network, provider, receipt, BlobBytes.Pack(batch.Show(Sha256.Hash([1]))));
        await provider.ClaimAsync(receipt, BlobBytes.Pack(batch.Show(seed)));
        Assert.Equal(20UL, Abi.WordAt(network.First.Ask(deal, "tallyOf(uint64,uint256)", (ulong)Provider, 0UL), 1).Low);

        // The client has read enough.
        await network.DoAsync(Client, deal, Abi.Call("deleteEarly()"));
        Assert.NotEqual(0UL, Abi.WordAt(network.First.Ask(GenesisContracts.Market, "creditOf(address)", StorageNetwork.AccountOf(Provider)), 0).Low);
        Assert.All(network.Nodes, node => Assert.Equal(network.First.Head, node.Head));
        StatedClaim told = Assert.Single(network.Nodes[1].Execution.ClaimsOf(ParentWithClaims(network))!);
        Assert.Equal(ClaimKind.Receipt, told.Claim.Kind);
    }

    private static Hash32 ParentWithClaims(StorageNetwork network) => network.First.Execution.Snapshot.Head.Header.ParentHash;

    /// <summary>What the view asks for, out of the piece.</summary>
    private byte[] Openings(StorageNetwork network, ulong item)
    {
        byte[] inputs = network.First.Ask(GenesisContracts.Market, "hotInputs(uint64,uint64)", (ulong)Provider, DealWorld.Subject(1, item));
        (int height, int count) = ((int)Abi.WordAt(inputs, 2).Low, (int)Abi.WordAt(inputs, 4).Low);
        return [.. Enumerable.Range(0, count).SelectMany(i => _piece.Open(height, Abi.WordAt(inputs, 5 + i).Low))];
    }

    private static async Task RequireKeptOutAsync(StorageNetwork network, NetworkProvider provider, ValueTuple<object[]> claim, byte[] blob)
    {
        Assert.Equal(PoolRule.UnprovenClaim, Assert.IsType<PoolOutcome.Refused>(provider.TryClaim(claim, blob)).Reason.Rule);
        Slot slot = network.Slot + 1;
        network.Time.RunUntil(network.TimeOf(slot));
        (SignedBeaconBlock block, BlobSidecar sidecar) = await HostileProposer.MakeAsync(network, slot, provider.Sign(claim, blob));
        Hash32 before = network.First.Head;
        foreach (StorageNode node in network.Nodes)
        {
            Assert.Equal(GossipVerdict.Ignore, HostileProposer.Offer(node, block, sidecar));
            Assert.Equal(before, node.Head);
        }
    }
}
