using System.Text;
using Flashback.Chain.Spacetime;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Cryptography.Groth16;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Engine.Tests.Spacetime.Network;

/// <summary>True replicas, true proofs: what a provider computes is what the gate takes.</summary>
public class RealProofTests
{
    private const int Provider = 3;

    [Fact]
    public async Task A_small_sector_is_proven_over_three_periods_and_its_loss_is_found_out()
    {
        SealKind kind = SealKind.Of(5); // 2 KiB
        using RealCircuit window = new(new StorageCircuit(StorageProof.Window, kind.Size), SetupSecret.FromSeed("a test"u8));
        await LiveAsync(kind, window, seal: null);
    }

    /// <summary>With the devnet's sectors and keys, the seal too.</summary>
    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_devnet_sector_is_sealed_and_proven_by_the_devnets_keys()
    {
        SetupSecret secret = SetupSecret.FromSeed(Encoding.UTF8.GetBytes(DevnetKeys.Words));
        using RealCircuit window = new(new StorageCircuit(StorageProof.Window, SealKind.Devnet.Size), secret), seal = new(StorageCircuit.OfSeal(SealKind.Devnet), secret);
        Assert.Equal(DevnetKeys.All[new StorageCircuit(StorageProof.Window, SealKind.Devnet.Size)].Encode(), window.Verifying.Encode());
        Assert.Equal(DevnetKeys.All[StorageCircuit.OfSeal(SealKind.Devnet)].Encode(), seal.Verifying.Encode());
        await LiveAsync(SealKind.Devnet, window, seal);
    }

    private static async Task LiveAsync(SealKind kind, RealCircuit window, RealCircuit? seal)
    {
        Dictionary<StorageCircuit, VerifyingKey> keys = new() { [new StorageCircuit(StorageProof.Window, kind.Size)] = window.Verifying };
        if (seal is not null)
            keys[StorageCircuit.OfSeal(kind)] = seal.Verifying;
        using StorageNetwork network = new(nodes: 2, kind, real: keys);
        NetworkProvider provider = new(network, Provider);
        await network.PassAsync(2);
        await provider.RegisterAsync();

        ulong ticketSlot = network.Slot.Value;
        Hash32 proverId = Hash32.Read(network.First.Ask(GenesisContracts.Providers, "proverIdOf(uint64)", (ulong)Provider));
        Hash32 domain = Hash32.Read([.. "flashback/ticket"u8, .. new byte[16]]);
        Hash32 ticket = Hash32.Read(network.First.Ask(GenesisContracts.Randomness, "randomness(uint256,bytes32,bytes)", ticketSlot, domain, proverId.AsSpan().ToArray()));
        RealSector sector = new(kind, proverId, number: 1, ticket);
        await provider.PreCommitAsync(1, commR: sector.CommR, sealSlot: ticketSlot);
        await network.PassAsync(network.Parameters.PrecommitDelay);
        byte[] inputs = network.First.Ask(GenesisContracts.Sectors, "sealInputs(uint64,uint64)", (ulong)Provider, 1UL);
        Assert.Equal([.. proverId.AsSpan(), .. ticket.AsSpan()], inputs[..64]);
        Assert.Equal([.. sector.CommD.AsSpan(), .. sector.CommR.AsSpan()], inputs[96..]);
        byte[] sealProof = seal is null ? network.Keys.Seal(1, inputs) : sector.ProveSeal(seal, Hash32.Read(inputs.AsSpan(64, 32)));
        await provider.ClaimAsync(SpacetimeWorld.Claim((int)ClaimKind.Seal, Provider, 1), BlobBytes.Pack(sealProof));

        for (int period = 0; period < 3; period++)
        {
            _ = await provider.WaitForWindowAsync();
            byte[] stated = network.First.Ask(GenesisContracts.Sectors, "windowInputs(uint64,uint64)", (ulong)Provider, 0UL);
            byte[] proof = sector.ProveWindow(window, Hash32.Read(stated.AsSpan(0, 32)));
            await provider.ClaimAsync(SpacetimeWorld.Claim((int)ClaimKind.Window, Provider, 0), BlobBytes.Pack(proof));
        }
        Assert.Equal(0UL, Abi.WordAt(network.First.Ask(GenesisContracts.Sectors, "debtOf(uint64)", (ulong)Provider), 0).Low);

        // The replica is gone: the next window passes without a proof.
        await provider.PassWindowAsync();
        await provider.PassWindowAsync();
        ulong fee = Abi.WordAt(network.First.Ask(GenesisContracts.Sectors, "sectorFee()"), 0).Low;
        StoragePenaltyRequest penalty = Assert.Single(network.First.Chain.Snapshot.Head.Body.ExecutionRequests.StoragePenalties);
        Assert.Equal((3 * fee, StoragePenaltyRequest.Fault), (penalty.Amount.Value, penalty.Kind));
        Assert.Equal(network.First.Head, network.Nodes[1].Head);
    }
}
