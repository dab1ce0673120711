using Flashback.Chain.Spacetime;
using Flashback.Consensus;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime;

/// <summary>Who may be a provider, shown by proofs out of true beacon states.</summary>
public class ProvidersTests
{
    private readonly SpacetimeWorld _world = new();

    [Fact]
    public void An_active_validators_owner_registers_it()
    {
        _world.Register(2);
        byte[] provider = _world.Ask(GenesisContracts.Providers, "providerOf(uint64)", 2UL);
        Bytes48 key = _world.Beacon[2].PublicKey;
        Assert.Equal(BeaconRecords.OwnerOf(2), Abi.WordAt(provider, 0).ToAddress());
        Assert.Equal(_world.Beacon[2].EffectiveBalance.Value, Abi.WordAt(provider, 1).Low);
        Assert.Equal(1UL, Abi.WordAt(provider, 2).Low);
        Assert.Equal(SpacetimeWorld.OperatorOf(2), Abi.WordAt(provider, 3).ToAddress());
        Assert.Equal(_world.Slot, Abi.WordAt(provider, 4).Low);
        Assert.Equal(key.AsSpan(), provider.AsSpan(5 * 32, 48));
        Assert.Equal(Sha256.Hash([.. "flashback/prover"u8, .. key.AsSpan()]), Hash32.Read(provider.AsSpan(7 * 32, 32)));
        Assert.Equal(1UL, Abi.WordAt(_world.Ask(GenesisContracts.Providers, "count()"), 0).Low);
        Assert.Equal(provider[(7 * 32)..(8 * 32)], _world.Ask(GenesisContracts.Providers, "proverIdOf(uint64)", 2UL));
        Assert.Equal(new byte[20], Abi.BytesAt(_world.Ask(GenesisContracts.Providers, "askOf(uint64)", 2UL).AsSpan(32), 5).Select(b => (byte)(b - 'x')));
    }

    [Fact]
    public void Compounding_credentials_are_an_address_too()
    {
        _world.Beacon.Change(0, validator => validator with { WithdrawalCredentials = BeaconRecords.Credentials(2, BeaconRecords.OwnerOf(0)) });
        NextBlock();
        _world.Register(0);
    }

    [Fact]
    public void A_provider_registers_once()
    {
        _world.Register(1);
        AssertRefused("AlreadyRegistered");
    }

    public static TheoryData<string, string, Func<Validator, Validator>> Unfit => new()
    {
        { "exiting", "NotActive", validator => validator with { ExitEpoch = new Epoch(500) } },
        { "exited", "NotActive", validator => validator with { ExitEpoch = new Epoch(1) } },
        { "slashed", "NotActive", validator => validator with { Slashed = true } },
        { "not yet active", "NotActive", validator => validator with { ActivationEpoch = new Epoch((1_000 / 8) + 2) } },
        { "never active", "NotActive", validator => validator with { ActivationEpoch = new Epoch(ulong.MaxValue) } },
        { "BLS credentials", "NotWithdrawalAddress", validator => validator with { WithdrawalCredentials = BeaconRecords.Credentials(0, BeaconRecords.OwnerOf(1)) } },
        { "credentials of a kind to come", "NotWithdrawalAddress", validator => validator with { WithdrawalCredentials = BeaconRecords.Credentials(3, BeaconRecords.OwnerOf(1)) } },
        { "somebody else's", "NotWithdrawalAddress", validator => validator with { WithdrawalCredentials = BeaconRecords.Credentials(1, BeaconRecords.OwnerOf(3)) } },
        { "dirty credentials", "NotWithdrawalAddress", validator => validator with { WithdrawalCredentials = Hash32.Read([1, 1, .. new byte[10], .. BeaconRecords.OwnerOf(1).AsSpan()]) } },
    };

    [Theory]
    [MemberData(nameof(Unfit), DisableDiscoveryEnumeration = true)]
    public void Others_are_refused(string what, string error, Func<Validator, Validator> change)
    {
        Assert.NotEmpty(what);
        _world.Beacon.Change(1, change);
        NextBlock();
        AssertRefused(error);
    }

    [Fact]
    public void A_validator_is_active_from_the_first_slot_of_its_activation_epoch()
    {
        _world.Beacon.Change(1, validator => validator with { ActivationEpoch = new Epoch((_world.Slot / 8) + 1) });
        _world.Begin(((_world.Slot / 8) * 8) + 7);
        AssertRefused("NotActive");
        _world.Begin(_world.Slot + 1);
        _world.Register(1);
    }

    [Fact]
    public void A_record_that_is_not_in_the_state_is_refused()
    {
        Validator record = _world.Beacon[1];
        Validator[] others =
        [
            record with { EffectiveBalance = new Gwei(record.EffectiveBalance.Value + 1) }, record with { PublicKey = _world.Beacon[2].PublicKey }, record with { Slashed = true },
            record with { WithdrawalCredentials = BeaconRecords.Credentials(1, SpacetimeWorld.Sender) }, record with { ActivationEligibilityEpoch = new Epoch(9) },
            record with { ActivationEpoch = new Epoch(9) }, record with { ExitEpoch = new Epoch(9) }, record with { WithdrawableEpoch = new Epoch(9) },
        ];
        Assert.All(others, other => AssertRefused("InvalidProof", _world.Beacon.Prove(1, _world.Timestamp, other)));
        for (int level = 0; level < 50; level++)
        {
            AssertRefused("InvalidProof", _world.Beacon.Prove(1, _world.Timestamp, change: branch =>
            {
                branch[level] = Sha256.Hash(branch[level].AsSpan());
                return branch;
            }));
        }
        AssertRefused("InvalidLength", _world.Beacon.Prove(1, _world.Timestamp, change: branch => branch[1..]));
        AssertRefused("InvalidLength", _world.Beacon.Prove(1, _world.Timestamp, change: branch => [.. branch, default]));
        // The right record for another place: index 3's branch says so.
        ValueTuple<object[]> elsewhere = _world.Beacon.Prove(1, _world.Timestamp);
        elsewhere.Item1[0] = 3UL;
        AssertRefused("InvalidProof", elsewhere);
        elsewhere.Item1[0] = 1UL + (1UL << 40); // beyond the registry: the way would lead through another field
        AssertRefused("InvalidIndex", elsewhere);
        elsewhere.Item1[0] = 1UL;
        ((ValueTuple<object[]>)elsewhere.Item1[2]).Item1[0] = new byte[47];
        AssertRefused("InvalidLength", elsewhere);
        _world.Register(1);
    }

    [Fact]
    public void The_beacon_block_must_be_known_and_recent()
    {
        ulong first = _world.Timestamp;
        ValueTuple<object[]> proof = _world.Beacon.Prove(1, first);
        AssertRefused("UnknownBeaconRoot", _world.Beacon.Prove(1, first + 1));
        _world.Begin(_world.Slot + 65);
        AssertRefused("ProofTooOld", proof);
        SpacetimeWorld other = new();
        ValueTuple<object[]> early = other.Beacon.Prove(1, other.Timestamp);
        other.Begin(other.Slot + 64);
        SpacetimeWorld.AssertDone(other.TryRegister(1, BeaconRecords.OwnerOf(1), early));
    }

    [Fact]
    public void Anybody_brings_a_newer_proof_and_only_a_newer_one()
    {
        _world.Register(1);
        SpacetimeWorld.AssertRefused("ProofNotNewer", _world.TryRefresh(_world.Beacon.Prove(1, _world.Timestamp)));
        _world.Beacon.Change(1, validator => validator with { EffectiveBalance = new Gwei(123) });
        NextBlock();
        SpacetimeWorld.AssertDone(_world.TryRefresh(_world.Beacon.Prove(1, _world.Timestamp)));
        Assert.Equal(123UL, Abi.WordAt(_world.Ask(GenesisContracts.Providers, "standingOf(uint64)", 1UL), 2).Low);
        SpacetimeWorld.AssertRefused("NotRegistered", _world.TryRefresh(_world.Beacon.Prove(2, _world.Timestamp)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_proof_of_exit_or_slashing_ends_the_provider_and_all_its_sectors(bool slashed)
    {
        _world.Register(1);
        _world.Seal(1, 10, 3);
        SpacetimeWorld.AssertDone(_world.TryPreCommit(1, _world.PreCommit(99)));
        _world.Beacon.Change(1, validator => slashed ? validator with { Slashed = true } : validator with { ExitEpoch = new Epoch(400) });
        _ = _world.AdvanceTo(_world.Slot + 1);
        SpacetimeWorld.AssertDone(_world.TryRefresh(_world.Beacon.Prove(1, _world.Timestamp)));
        Assert.Equal(new Penalty(_world.Beacon[1].PublicKey, 3 * 14 * 3906, 1), Assert.Single(_world.End()));
        Assert.Equal(0UL, Abi.WordAt(_world.Ask(GenesisContracts.Providers, "standingOf(uint64)", 1UL), 3).Low);
        Assert.Equal(0UL, Abi.WordAt(_world.Ask("accountOf(uint64)", 1UL), 0).Low);
        Assert.Equal(0UL, Abi.WordAt(_world.Ask("sectorOf(uint64,uint64)", 1UL, 10UL), 11).Low);
        _world.Begin(_world.Slot + 1);
        AssertRefused("AlreadyRegistered");
        SpacetimeWorld.AssertRefused("NotRegistered", _world.TryRefresh(_world.Beacon.Prove(1, _world.Timestamp)));
        SpacetimeWorld.AssertRefused("ProviderNotActive", _world.TryPreCommit(1, _world.PreCommit(100)));
        SpacetimeWorld.AssertRefused("ProviderNotActive", _world.TryClaim(1, SpacetimeWorld.Claim(0, 1, 99)));
        SpacetimeWorld.AssertRefused("ProviderNotActive", _world.Operate(1, "terminate(uint64,uint64[])", (object)new object[] { 10UL }));
        Assert.Empty(_world.AdvanceTo(_world.Slot + 3 * _world.Parameters.ProvingPeriod)); // what is over is not due
    }

    [Fact]
    public void Nobody_but_Providers_ends_a_providers_sectors() =>
        SpacetimeWorld.AssertRefused("NotProviders", _world.Contracts.Send(SpacetimeWorld.Sender, GenesisContracts.Sectors, Abi.Call("terminateProvider(uint64)", 1UL)));

    [Fact]
    public void The_owner_alone_changes_operator_and_ask()
    {
        const string setOperator = "setOperator(uint64,address)", setAsk = "setAsk(uint64,(uint128,uint64,uint64,uint64,uint16,string))";
        SpacetimeWorld.AssertRefused("NotRegistered", ByOwner(setOperator, 1UL, SpacetimeWorld.Sender));
        _world.Register(1);
        SpacetimeWorld.AssertDone(ByOwner(setOperator, 1UL, SpacetimeWorld.OperatorOf(3)));
        Assert.Equal(SpacetimeWorld.OperatorOf(3), Abi.WordAt(_world.Ask(GenesisContracts.Providers, "standingOf(uint64)", 1UL), 1).ToAddress());
        SpacetimeWorld.AssertRefused("NotOperator", _world.TryPreCommit(1, _world.PreCommit(1)));
        SpacetimeWorld.AssertDone(ByOwner(setAsk, 1UL, SpacetimeWorld.Ask(smallest: 1, largest: 1, endpointLength: 256)));
        SpacetimeWorld.AssertRefused("InvalidOperator", ByOwner(setOperator, 1UL, default(Address)));
        SpacetimeWorld.AssertRefused("InvalidAsk", ByOwner(setAsk, 1UL, SpacetimeWorld.Ask(smallest: 2, largest: 1)));
        SpacetimeWorld.AssertRefused("InvalidLength", ByOwner(setAsk, 1UL, SpacetimeWorld.Ask(endpointLength: 257)));
        foreach ((string signature, object argument) in new[] { (setOperator, (object)SpacetimeWorld.Sender), (setAsk, SpacetimeWorld.Ask()) })
            SpacetimeWorld.AssertRefused("NotOwner", _world.Contracts.Send(SpacetimeWorld.Sender, GenesisContracts.Providers, Abi.Call(signature, 1UL, argument)));
        SpacetimeWorld.AssertRefused("InvalidOperator", _world.TryRegister(2, BeaconRecords.OwnerOf(2), _world.Beacon.Prove(2, _world.Timestamp), hotKey: default(Address)));
    }

    private TransactionOutcome ByOwner(string signature, params object[] arguments) => _world.Contracts.Send(BeaconRecords.OwnerOf(1), GenesisContracts.Providers, Abi.Call(signature, arguments));

    private void NextBlock() => _world.Begin(_world.Slot + 1);

    private void AssertRefused(string error, ValueTuple<object[]>? proof = null) =>
        SpacetimeWorld.AssertRefused(error, _world.TryRegister(1, BeaconRecords.OwnerOf(1), proof ?? _world.Beacon.Prove(1, _world.Timestamp)));
}
