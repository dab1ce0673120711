using Flashback.Chain;
using Flashback.Chain.Beacon;
using Flashback.Chain.Spacetime;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime.Network;

/// <summary>A provider's life on a network: contracts, claims, blobs, gate and stake together. The proofs are simulated, everything else is as it is.</summary>
public class StorageLifeTests
{
    private const int Provider = 3;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stores_proves_fails_recovers_pays_and_leaves()
    {
        using StorageNetwork network = new();
        NetworkProvider provider = new(network, Provider);
        ulong fee = network.Parameters.FaultFee * (ulong)network.Parameters.Seal.Size.Bytes / (1UL << 30);
        await network.PassAsync(2);
        await provider.RegisterAsync();
        await provider.CommitAsync(1);
        for (int period = 0; period < 3; period++)
            await provider.ProveAsync();
        Assert.Equal(0UL, DebtAndPaid(network));

        // Declared before the challenge is known: one fee a period; the recovery is proven with the next window.
        await provider.OperateAsync("declareFaults(uint64,uint64[])", (object)new object[] { 1UL });
        await network.PassAsync();
        Assert.Equal(fee, await ChargedAtCloseAsync(network, provider));
        await provider.OperateAsync("declareRecoveries(uint64,uint64[])", (object)new object[] { 1UL });
        await provider.ProveAsync();
        Assert.Equal(0UL, await ChargedAtCloseAsync(network, provider));

        // The data is lost, and nobody says so: found out, three fees; then one a period; then the sector ends, and with it the provider.
        Assert.Equal(3 * fee, await ChargedAtCloseAsync(network, provider));
        Assert.Equal(fee, await ChargedAtCloseAsync(network, provider));
        Assert.Equal(Epoch.FarFuture, network.ValidatorOf(Provider).ExitEpoch);
        Assert.Equal(fee + 14 * fee, await ChargedAtCloseAsync(network, provider));
        Assert.NotEqual(Epoch.FarFuture, network.ValidatorOf(Provider).ExitEpoch);
        Assert.False(network.ValidatorOf(Provider).Slashed);
    }

    [Fact]
    public async Task A_sector_that_took_data_is_proven_by_its_new_replica_alone()
    {
        using StorageNetwork network = new(nodes: 2);
        NetworkProvider provider = new(network, Provider);
        (Hash32 commR, Hash32 commD) = (NetworkProvider.CommR(77), NetworkProvider.CommR(78));
        await network.PassAsync(2);
        await provider.RegisterAsync();
        await provider.CommitAsync(1);
        _ = await provider.WaitForWindowAsync();
        _ = provider.WindowClaim(0, out byte[] ofOldReplica);

        ValueTuple<object[]> update = provider.UpdateClaim(1, commR, commD, out byte[] proof);
        ValueTuple<object[]> other = SpacetimeWorld.Claim((int)ClaimKind.Update, Provider, 1, commR, NetworkProvider.CommR(79));
        Assert.Equal(PoolRule.UnprovenClaim, Assert.IsType<PoolOutcome.Refused>(provider.TryClaim(other, proof)).Reason.Rule); // not the data that was proven
        await provider.ClaimAsync(update, proof);
        Assert.Equal([.. NetworkProvider.CommR(1).AsSpan(), .. commR.AsSpan(), .. commD.AsSpan()], network.First.Ask(GenesisContracts.Sectors, "updateInputs(uint64,uint64)", (ulong)Provider, 1UL));
        Assert.Equal(PoolRule.UnprovenClaim, Assert.IsType<PoolOutcome.Refused>(provider.TryClaim(SpacetimeWorld.Claim((int)ClaimKind.Window, Provider, 0), ofOldReplica)).Reason.Rule);
        for (int period = 0; period < 2; period++)
            await provider.ProveAsync();
        Assert.Equal(0UL, await ChargedAtCloseAsync(network, provider));
        Assert.Equal(network.First.Head, network.Nodes[1].Head);
    }

    [Fact]
    public async Task Only_an_active_validator_that_stays_becomes_a_provider()
    {
        using StorageNetwork network = new();
        await network.PassAsync(2);
        Assert.True(await network.FailsAsync(StorageNetwork.Validators, GenesisContracts.Providers, new NetworkProvider(network, 1).Registration())); // not its stake
        await network.First.Client.PublishVoluntaryExitAsync(Exit(network, 5), Cancellation);
        await network.PassAsync(2);
        Assert.NotEqual(Epoch.FarFuture, network.ValidatorOf(5).ExitEpoch);
        Assert.True(await network.FailsAsync(5, GenesisContracts.Providers, new NetworkProvider(network, 5).Registration()));
        Slash(network, 6);
        await network.PassAsync(2);
        Assert.True(network.ValidatorOf(6).Slashed);
        Assert.True(await network.FailsAsync(6, GenesisContracts.Providers, new NetworkProvider(network, 6).Registration()));
        await new NetworkProvider(network, 7).RegisterAsync();
    }

    [Fact]
    public async Task A_provider_whose_validator_leaves_pays_before_its_stake_is_gone()
    {
        using StorageNetwork network = new();
        NetworkProvider provider = new(network, Provider);
        ulong fee = network.Parameters.FaultFee * (ulong)network.Parameters.Seal.Size.Bytes / (1UL << 30);
        await network.PassAsync(2);
        await provider.RegisterAsync();
        await provider.CommitAsync(1);
        await network.First.Client.PublishVoluntaryExitAsync(Exit(network, Provider), Cancellation);
        await network.PassAsync(2);
        Gwei before = network.BalanceOf(Provider);
        Assert.IsType<PoolOutcome.Accepted>(network.Send(0, GenesisContracts.Providers, provider.Refresh()));
        SignedBeaconBlock block = await network.PassBlockAsync();
        StoragePenaltyRequest penalty = Assert.Single(block.Message.Body.ExecutionRequests.StoragePenalties);
        Assert.Equal((network.ValidatorOf(Provider).PublicKey, 14 * fee, StoragePenaltyRequest.Terminate), (penalty.ValidatorPublicKey, penalty.Amount.Value, penalty.Kind));
        Assert.True(before.Value - network.BalanceOf(Provider).Value >= 14 * fee);
        Assert.True(network.First.Chain.CurrentSlot < network.Preset.StartSlotOf(network.ValidatorOf(Provider).WithdrawableEpoch));
    }

    [Fact]
    public async Task Claims_are_told_again_with_their_inputs_after_they_were_forgotten()
    {
        using StorageNetwork network = new(nodes: 2);
        NetworkProvider provider = new(network, Provider);
        await network.PassAsync(2);
        await provider.RegisterAsync();
        await provider.CommitAsync(1);
        Hash32 block = network.First.Execution.Snapshot.Head.Hash;
        StatedClaim claim = Assert.Single(network.First.Execution.ClaimsOf(block)!);
        Assert.Equal((ClaimKind.Seal, 3UL, 1UL, 192U), (claim.Claim.Kind, claim.Claim.Provider, claim.Claim.Subject, claim.Claim.Length));
        Assert.Equal(network.First.Ask(GenesisContracts.Sectors, "sealInputs(uint64,uint64)", 3UL, 1UL), claim.Inputs.ToArray());
        StatedClaim executed = Assert.Single(network.Nodes[1].Execution.ClaimsOf(block)!);
        Assert.Equal(claim.Fingerprint(), executed.Fingerprint());
        Assert.Equal(claim.Claim, Assert.Single(StorageClaim.Of(network.First.Execution.Snapshot.Head.Receipts)));
        Assert.Null(network.First.Execution.ClaimsOf(Sha256.Hash([1])));
    }

    [Fact]
    public async Task Randomness_is_that_of_the_beacon_chain_also_for_empty_slots()
    {
        using StorageNetwork network = new();
        await network.PassAsync(3);
        network.Time.RunUntil(network.Time.GetUtcNow() + TimeSpan.FromSeconds(2 * network.Config.SecondsPerSlot), Cancellation); // nobody proposes
        await network.PassAsync();
        Hash32 latest = network.First.Execution.Snapshot.Head.Header.PrevRandao;
        for (ulong slot = network.Slot.Value - 2; slot <= network.Slot.Value; slot++)
            Assert.Equal(latest, Hash32.Read(network.First.Ask(GenesisContracts.Randomness, "randao(uint256)", slot)));
        Assert.NotEqual(latest, Hash32.Read(network.First.Ask(GenesisContracts.Randomness, "randao(uint256)", network.Slot.Value - 3)));
    }

    /// <summary>Passes the window that comes next, and returns what its close took from the validator's balance: exactly what the block says, and what the balance shows.</summary>
    private static async Task<ulong> ChargedAtCloseAsync(StorageNetwork network, NetworkProvider provider)
    {
        ulong closes = provider.Window()[3];
        await network.PassUntilBeforeAsync(closes);
        Hash32 parent = network.First.Head;
        await network.PassAsync();
        SignedBeaconBlock block = new(network.First.Chain.Snapshot.Head, default);
        StoragePenaltyRequest[] penalties = block.Message.Body.ExecutionRequests.StoragePenalties;
        ulong charged = penalties.Length == 0 ? 0 : Assert.Single(penalties).Amount.Value;
        Assert.Equal(charged, BalanceWithout(network, parent, block).Value - network.BalanceOf(Provider).Value);
        return charged;
    }

    /// <summary>The balance after the same block without its penalties.</summary>
    private static Gwei BalanceWithout(StorageNetwork network, Hash32 parent, SignedBeaconBlock block)
    {
        CachedState before = network.First.Chain.WithState(parent, block.Message.Slot, state => state)!;
        BeaconBlock spared = block.Message with { Body = block.Message.Body with { ExecutionRequests = block.Message.Body.ExecutionRequests with { StoragePenalties = [] } } };
        Assert.Null(StateTransition.ComputeStateRoot<UnverifiedSignatures>(before, spared, new ExecutedBefore(), out Hash32 root));
        SignedBeaconBlock signed = new(spared with { StateRoot = root }, default);
        Assert.Null(StateTransition.Apply<UnverifiedSignatures>(network.First.Chain.CopyState(parent)!, signed, new ExecutedBefore(), out CachedState after));
        return after.State.Balances[Provider];
    }

    /// <summary>What is owed, in Gwei.</summary>
    private static ulong DebtAndPaid(StorageNetwork network) => Abi.WordAt(network.First.Ask(GenesisContracts.Sectors, "debtOf(uint64)", (ulong)Provider), 0).Low;

    private static SignedVoluntaryExit Exit(StorageNetwork network, int validator)
    {
        VoluntaryExit exit = new(Epoch.Genesis, new((ulong)validator));
        return new(exit, network.Sign(exit.ValidatorIndex, DomainType.VoluntaryExit, exit.HashTreeRoot(), network.Config.CapellaForkVersion));
    }

    private static void Slash(StorageNetwork network, int validator)
    {
        SignedBeaconBlockHeader Header(byte body)
        {
            BeaconBlockHeader header = new(new Slot(1), new((ulong)validator), default, default, Sha256.Hash([body]));
            return new(header, network.Sign(header.ProposerIndex, DomainType.BeaconProposer, header.HashTreeRoot()));
        }
        ProposerSlashing slashing = new(Header(1), Header(2));
        Assert.Equal(Flashback.Network.GossipVerdict.Accept, network.First.Node.Publish(new Flashback.Network.Topic(Flashback.Network.TopicKind.ProposerSlashing), slashing.Encode()));
    }
}
