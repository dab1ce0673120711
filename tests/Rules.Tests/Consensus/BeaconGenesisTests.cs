using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Rules.Tests.Consensus;

/// <summary>First states: of validators known beforehand, and of deposits.</summary>
public class BeaconGenesisTests
{
    [Fact]
    public void Prepared_validators_with_enough_stake_are_active()
    {
        ConsensusConfig config = ConsensusConfig.Minimal;
        Gwei least = config.Preset.MinActivationBalance;
        BeaconWorld world = new(64, config, i => new(BeaconKeys.PublicKey(i), BeaconWorld.Credentials(i, Predicates.AddressPrefix), i == 5 ? least - new Gwei(1) : least));
        BeaconState state = world.Head.State;
        Assert.Equal(Epoch.FarFuture, state.Validators[5].ActivationEpoch);
        Assert.Equal(63, world.Head.GetCommittees(Epoch.Genesis).ActiveIndices.Length);
        Assert.Equal(state.Validators.RootOf(SszBound.List(config.Preset.ValidatorRegistryLimit), null), state.GenesisValidatorsRoot);
        Assert.Equal(state.CurrentSyncCommittee, state.NextSyncCommittee);
    }

    [Fact]
    public void Deposits_add_up_and_those_that_nobody_signed_are_passed_over()
    {
        ConsensusConfig config = ConsensusConfig.Minimal;
        BlockDraft draft = new(BeaconWorld.At(new BeaconWorld().Head, new(1)), default);
        List<DepositData> deposits = [];
        for (int i = 0; i < 16; i++)
            deposits.Add(Data(draft.Deposit(i, BeaconWorld.Credentials(i, Predicates.AddressPrefix), config.Preset.MinActivationBalance / 2, 0)));
        for (int i = 0; i < 8; i++)
            deposits.Add(Data(draft.Deposit(i, BeaconWorld.Credentials(i, Predicates.AddressPrefix), config.Preset.MinActivationBalance / 2, 0)));
        deposits.Add(Data(draft.Deposit(99, BeaconWorld.Credentials(99, Predicates.AddressPrefix), config.Preset.MinActivationBalance, 0)) with { Signature = default });

        CachedState state = BeaconGenesis.FromDeposits(config, 1_600_000_000, BeaconWorld.Hash(1), deposits.ToArray(), ExecutionPayloadHeader.Empty);

        Assert.Equal(16, state.State.Validators.Count);
        Assert.Equal(8, state.GetCommittees(Epoch.Genesis).ActiveIndices.Length);
        Assert.Equal(config.Preset.MinActivationBalance / 2, state.State.Validators.EffectiveBalanceOf(15));
        Assert.Equal(25UL, state.State.Eth1Data.DepositCount);
        Assert.Equal(25UL, state.State.Eth1DepositIndex);
    }

    [Fact]
    public void A_deposit_of_the_genesis_list_can_be_proven_against_its_root()
    {
        BlockDraft draft = new(BeaconWorld.At(new BeaconWorld().Head, new(1)), default);
        DepositData[] deposits = [.. Enumerable.Range(0, 5).Select(i => Data(draft.Deposit(i, default, new(1), 0)))];
        SszArray<DepositData, SszContainer<DepositData>> list = new(SszBound.List(1UL << 32));
        Hash32[] branch = MerkleProof.Branch(in list, in deposits, list.Shape.IndexOf("[3]"));
        Assert.True(MerkleProof.IsValidBranch(deposits[3].HashTreeRoot(), branch, 33, 3, BeaconGenesis.RootOf(deposits)));
    }

    [Fact]
    public void Nobody_makes_no_network() =>
        Assert.Throws<OverflowException>(() => BeaconGenesis.FromValidators(ConsensusConfig.Minimal, 0, default, [], ExecutionPayloadHeader.Empty));

    [Theory]
    [InlineData("flashback")]
    [InlineData("devnet")]
    public void Our_own_networks_run(string name)
    {
        ConsensusConfig config = name == "flashback" ? ConsensusConfig.Flashback : ConsensusConfig.Devnet;
        BeaconWorld world = new(64, config);
        for (ulong slot = 1; slot <= 3 * config.Preset.SlotsPerEpoch; slot += config.Preset.SlotsPerEpoch / 8)
            world.Extend(config.Preset.SlotsPerEpoch / 8);
        Assert.Equal(config.Preset.MinActivationBalance * 64, world.Head.GetTotalActiveBalance());
    }

    private static DepositData Data(DepositRequest request) => new(request.PublicKey, request.WithdrawalCredentials, request.Amount, request.Signature);
}
