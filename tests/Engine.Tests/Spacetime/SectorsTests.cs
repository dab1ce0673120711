using Flashback.Chain.Spacetime;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime;

/// <summary>Sectors from pre-commit to their end: what is allowed when, and what is refused.</summary>
public class SectorsTests
{
    private const int Provider = 1;
    private const int Seal = 0, Update = 1, Window = 2;

    private const ulong Fee = 3906; // Gwei: 500,000 a GiB and period, 8 MiB

    private readonly SpacetimeWorld _world = new();

    public SectorsTests() => _world.Register(Provider);

    private static ulong Period => SpacetimeParameters.Devnet(0).ProvingPeriod;

    [Fact]
    public void A_pre_commit_is_recorded_and_its_views_are_what_the_proof_is_about()
    {
        _ = _world.AdvanceTo(_world.Slot + 2); // so that there is a block at the ticket's slot
        ValueTuple<object[]> sector = _world.PreCommit(7, cadence: 2, commD: Keccak.Hash256([1]));
        TransactionOutcome outcome = _world.TryPreCommit(Provider, sector);
        SpacetimeWorld.AssertDone(outcome);
        Assert.Equal(Abi.Topic("SectorPreCommitted(uint64,uint64,bytes32,bytes32,uint40,uint40,uint8)"), Assert.Single(outcome.Logs).Topics[0]);
        ulong slot = _world.Slot;
        _ = _world.AdvanceTo(slot + 5);
        SpacetimeWorld.AssertDone(_world.TryClaim(Provider, SpacetimeWorld.Claim(Seal, Provider, 7)));
        byte[] prover = _world.Ask(GenesisContracts.Providers, "proverIdOf(uint64)", (ulong)Provider);
        byte[] inputs = _world.Ask("sealInputs(uint64,uint64)", (ulong)Provider, 7UL);
        Hash32[] words = [.. Enumerable.Range(0, 5).Select(i => Hash32.Read(inputs.AsSpan(32 * i, 32)))];
        Assert.Equal([Hash32.Read(prover), Draw("flashback/ticket", slot - 1, prover), Draw("flashback/seed", slot + 4, prover), Keccak.Hash256([1]), SpacetimeWorld.CommR(7)], words);
        Assert.Equal("SectorNotPreCommitted", _world.ReasonOfAsking("sealInputs(uint64,uint64)", (ulong)Provider, 8UL));
    }

    [Fact]
    public void Pre_commits_that_cannot_be_are_refused()
    {
        ulong earliest = _world.Slot + 4 + (2 * Period), latest = _world.Slot + (1_825 * Period);
        AssertRefusedPreCommit("InvalidCommitment", _world.PreCommit(1, commR: default(Hash32)));
        AssertRefusedPreCommit("InvalidCommitment", _world.PreCommit(1, commD: default(Hash32)));
        AssertRefusedPreCommit("InvalidTicket", _world.PreCommit(1, sealSlot: _world.Slot));
        AssertRefusedPreCommit("InvalidExpiration", _world.PreCommit(1, expiration: earliest - 1));
        AssertRefusedPreCommit("InvalidExpiration", _world.PreCommit(1, expiration: latest + 1));
        foreach (int cadence in new[] { 0, 4, 5, 6, 7 }) // 6 divides 6 deadlines, but leaves no room between windows
            AssertRefusedPreCommit("InvalidCadence", _world.PreCommit(1, cadence));
        SpacetimeWorld.AssertRefused("NotOperator", _world.Contracts.Send(SpacetimeWorld.Sender, GenesisContracts.Sectors, Abi.Call("terminate(uint64,uint64[])", (ulong)Provider, new object[] { 1UL })));
        SpacetimeWorld.AssertRefused("ProviderNotActive", _world.TryPreCommit(2, _world.PreCommit(1)));
        SpacetimeWorld.AssertDone(_world.TryPreCommit(Provider, _world.PreCommit(1, expiration: earliest), _world.PreCommit(2, cadence: 3, expiration: latest)));
        AssertRefusedPreCommit("SectorExists", _world.PreCommit(1));
        SpacetimeWorld later = new(slot: 9_000);
        later.Register(Provider);
        SpacetimeWorld.AssertRefused("InvalidTicket", later.TryPreCommit(Provider, later.PreCommit(1, sealSlot: later.Slot - 7_201)));
        SpacetimeWorld.AssertDone(later.TryPreCommit(Provider, later.PreCommit(1, sealSlot: later.Slot - 7_200)));
    }

    [Fact]
    public void Stake_bounds_what_is_committed_and_what_ends_makes_room()
    {
        // 50 coins a TiB are 381,469.7… Gwei for 8 MiB: this covers two.
        SpacetimeWorld world = new(gwei: 2 * 381_470);
        world.Register(Provider);
        SpacetimeWorld.AssertRefused("CoverageExceeded", world.TryPreCommit(Provider, world.PreCommit(1), world.PreCommit(2), world.PreCommit(3)));
        world.Seal(Provider, 1, 2);
        SpacetimeWorld.AssertRefused("CoverageExceeded", world.TryPreCommit(Provider, world.PreCommit(3)));
        SpacetimeWorld.AssertDone(world.Operate(Provider, "terminate(uint64,uint64[])", (object)new object[] { 1UL }));
        SpacetimeWorld.AssertDone(world.TryPreCommit(Provider, world.PreCommit(3)));
        SpacetimeWorld.AssertRefused("CoverageExceeded", world.TryPreCommit(Provider, world.PreCommit(4)));
    }

    [Fact]
    public void A_seal_is_claimed_once_after_its_seed_and_before_it_is_too_late()
    {
        SpacetimeWorld.AssertDone(_world.TryPreCommit(Provider, _world.PreCommit(1, expiration: _world.Slot + 250), _world.PreCommit(2, expiration: _world.Slot + 100_000)));
        ulong seed = _world.Slot + 4;
        _ = _world.AdvanceTo(seed);
        AssertRefusedClaim("SeedNotReady", Seal, 1);
        _ = _world.AdvanceTo(seed + 1);
        AssertRefusedClaim("SectorNotPreCommitted", Seal, 3);
        TransactionOutcome outcome = _world.TryClaim(Provider, SpacetimeWorld.Claim(Seal, Provider, 1, offset: (31 * 4096) - 192));
        SpacetimeWorld.AssertDone(outcome);
        Log log = outcome.Logs[^1];
        Assert.Equal([Abi.Topic("ProofClaimed(uint8,uint64,uint64,bytes32,uint32,uint32)"), Word(Seal), Word(Provider), Word(1)], log.Topics);
        Assert.Equal([.. SpacetimeWorld.BlobHash.AsSpan(), .. Word((31 * 4096) - 192).AsSpan(), .. Word(192).AsSpan()], log.Payload.ToArray());
        AssertRefusedClaim("SectorNotPreCommitted", Seal, 1);
        SpacetimeWorld late = new();
        late.Register(Provider);
        SpacetimeWorld.AssertDone(late.TryPreCommit(Provider, late.PreCommit(1, expiration: late.Slot + 250), late.PreCommit(2, expiration: late.Slot + 100_000)));
        ulong committed = late.Slot;
        late.Begin(committed + 250);
        SpacetimeWorld.AssertRefused("SealTooLate", late.TryClaim(Provider, SpacetimeWorld.Claim(Seal, Provider, 1)));
        late.Begin(committed + 4 + 50_001);
        SpacetimeWorld.AssertRefused("SealTooLate", late.TryClaim(Provider, SpacetimeWorld.Claim(Seal, Provider, 2)));
        SpacetimeWorld.AssertDone(Operate(late, "expire(uint64,uint64[])", 2));
        Assert.Equal(1UL, Abi.WordAt(late.Ask("accountOf(uint64)", (ulong)Provider), 0).Low);
    }

    [Fact]
    public void A_claim_names_a_blob_and_a_place_in_it()
    {
        SpacetimeWorld.AssertDone(_world.TryPreCommit(Provider, _world.PreCommit(1)));
        _ = _world.AdvanceTo(_world.Slot + 5);
        SpacetimeWorld.AssertRefused("UnknownBlob", _world.TryClaim(Provider, SpacetimeWorld.Claim(Seal, Provider, 1, blob: 1)));
        SpacetimeWorld.AssertRefused("OutsideBlob", _world.TryClaim(Provider, SpacetimeWorld.Claim(Seal, Provider, 1, offset: (31 * 4096) - 191)));
        SpacetimeWorld.AssertRefused("OutsideBlob", _world.TryClaim(Provider, SpacetimeWorld.Claim(Seal, Provider, 1, offset: uint.MaxValue)));
        SpacetimeWorld.AssertRefused("UnknownKind", _world.TryClaim(Provider, SpacetimeWorld.Claim(5, Provider, 1)));
        SpacetimeWorld.AssertRefused("UnknownBlob", _world.Contracts.Send(
            SpacetimeWorld.OperatorOf(Provider), GenesisContracts.Sectors, Abi.Call(SpacetimeWorld.ClaimSignature, (object)new object[] { SpacetimeWorld.Claim(Seal, Provider, 1) }), 1_000_000_000UL));
    }

    [Fact]
    public void Anybody_may_send_what_the_operator_signed_while_it_counts()
    {
        SpacetimeWorld.AssertDone(_world.TryPreCommit(Provider, _world.PreCommit(1), _world.PreCommit(2)));
        _ = _world.AdvanceTo(_world.Slot + 5);
        ulong until = _world.Slot;
        byte[] good = SpacetimeWorld.Sign(Provider, Seal, 1, until);
        string Try(ulong subject, ulong validUntil, byte[] signature, Hash32 commR = default) =>
            SpacetimeWorld.Reason(_world.TryClaim(SpacetimeWorld.Sender, 1_000_000_000UL, SpacetimeWorld.Claim(Seal, Provider, subject, commR, validUntil: validUntil, signature: signature)).Output);
        Assert.Equal("InvalidSignature", Try(1, until, []));
        Assert.Equal("InvalidSignature", Try(1, until, good[1..]));
        Assert.Equal("InvalidSignature", Try(1, until, [.. good, 0]));
        Assert.Equal("InvalidSignature", Try(2, until, good));
        Assert.Equal("InvalidSignature", Try(1, until + 1, good));
        Assert.Equal("InvalidSignature", Try(1, until, good, SpacetimeWorld.CommR(1)));
        Assert.Equal("InvalidSignature", Try(1, until, SpacetimeWorld.Sign(Provider, Seal, 1, until, signer: 2)));
        Assert.Equal("InvalidSignature", Try(1, until, [.. good[..64], 29]));
        Assert.Equal("SignatureExpired", Try(1, until - 1, SpacetimeWorld.Sign(Provider, Seal, 1, until - 1)));
        Assert.Equal("", Try(1, until, good));
    }

    [Fact]
    public void A_window_is_proven_once_while_it_is_open_and_then_costs_nothing()
    {
        _world.Seal(Provider, 1, 1);
        AssertRefusedClaim("UnknownPartition", Window, 1);
        ToWindow(-1);
        AssertRefusedClaim("WindowNotOpen", Window, 0);
        _ = _world.AdvanceTo(_world.Slot + 1);
        byte[] inputs = _world.Ask("windowInputs(uint64,uint64)", (ulong)Provider, 0UL);
        byte[] challenge = Draw("flashback/window", _world.Slot - 4, _world.Ask(GenesisContracts.Providers, "proverIdOf(uint64)", (ulong)Provider)).AsSpan().ToArray();
        challenge[31] &= 0x3f;
        Assert.Equal(challenge, inputs[..32]);
        Assert.Equal(SpacetimeWorld.CommR(1), Hash32.Read(inputs.AsSpan(^32)));
        SpacetimeWorld.AssertDone(Claim(Window, 0));
        Assert.Equal(inputs, _world.Ask("windowInputs(uint64,uint64)", (ulong)Provider, 0UL)); // the view after the claim says what was claimed
        AssertRefusedClaim("AlreadyProven", Window, 0);
        Assert.Empty(_world.AdvanceTo(_world.Slot + 21));
        AssertRefusedClaim("WindowNotOpen", Window, 0);
    }

    [Fact]
    public void Faults_pay_by_the_period_and_end_when_they_are_too_old()
    {
        _world.Seal(Provider, 1, 2);
        _world.Seal(Provider, 3, 1); // in a partition of its own
        AssertPenalty(3 * Fee * 3, 0, OnePeriod()); // found
        for (int period = 1; period < 5; period++)
            AssertPenalty(3 * Fee, 0, OnePeriod());
        AssertPenalty(3 * 15 * Fee, 1, OnePeriod());
        Assert.Empty(OnePeriod());
        SpacetimeWorld.AssertRefused("SectorNotLive", Operate("declareRecoveries(uint64,uint64[])", 1));
        Assert.Equal(0UL, Abi.WordAt(_world.Ask("accountOf(uint64)", (ulong)Provider), 0).Low);
    }

    [Fact]
    public void A_declared_fault_pays_once_and_a_fault_declared_after_the_challenge_as_if_it_were_found()
    {
        _world.Seal(Provider, 1, 1);
        ToWindow(-5);
        SpacetimeWorld.AssertDone(Operate("declareFaults(uint64,uint64[])", 1));
        SpacetimeWorld.AssertRefused("SectorFaulty", Operate("declareFaults(uint64,uint64[])", 1));
        AssertPenalty(Fee, 0, _world.AdvanceTo(_world.Slot + 30));
        SpacetimeWorld.AssertDone(Operate("declareRecoveries(uint64,uint64[])", 1));
        SpacetimeWorld.AssertRefused("SectorNotFaulty", Operate("declareRecoveries(uint64,uint64[])", 1));
        ToWindow(0);
        SpacetimeWorld.AssertDone(Claim(Window, 0));
        // Else the same transaction could claim that it was proven, and then take it out of what the claim's view shows.
        SpacetimeWorld.AssertRefused("ProvenInThisSlot", Operate("declareFaults(uint64,uint64[])", 1));
        Assert.Empty(_world.AdvanceTo(_world.Slot + 30));
        SpacetimeWorld.AssertRefused("SectorNotFaulty", Operate("declareRecoveries(uint64,uint64[])", 1));
        ToWindow(-4);
        SpacetimeWorld.AssertDone(Operate("declareFaults(uint64,uint64[])", 1));
        AssertPenalty(3 * Fee, 0, _world.AdvanceTo(_world.Slot + 30), count: 2);
        ToWindow(0);
        AssertRefusedClaim("NothingToProve", Window, 0);
    }

    [Fact]
    public void A_recovery_that_is_not_proven_is_none()
    {
        _world.Seal(Provider, 1, 1);
        SpacetimeWorld.AssertDone(Operate("declareFaults(uint64,uint64[])", 1));
        SpacetimeWorld.AssertDone(Operate("declareRecoveries(uint64,uint64[])", 1));
        AssertPenalty(Fee, 0, OnePeriod());
        SpacetimeWorld.AssertDone(Operate("declareRecoveries(uint64,uint64[])", 1));
        AssertPenalty(Fee, 0, OnePeriod());
    }

    [Fact]
    public void A_sector_that_comes_after_the_challenge_is_due_in_the_next_window()
    {
        _world.Seal(Provider, 1, 1);
        SpacetimeWorld.AssertDone(_world.TryPreCommit(Provider, _world.PreCommit(2)));
        ToWindow(-4);
        SpacetimeWorld.AssertDone(Claim(Seal, 2));
        ToWindow(0);
        Assert.Equal(1UL, Abi.WordAt(_world.Ask("windowInputs(uint64,uint64)", (ulong)Provider, 0UL), 3).Low);
        AssertPenalty(3 * Fee, 0, _world.AdvanceTo(_world.Slot + 30)); // the first alone is found faulty
        AssertPenalty((1 + 3) * Fee, 0, OnePeriod());
    }

    [Fact]
    public void A_sector_of_a_higher_cadence_is_due_as_often_and_pays_in_parts()
    {
        SpacetimeWorld.AssertDone(_world.TryPreCommit(Provider, _world.PreCommit(1, cadence: 3)));
        _ = _world.AdvanceTo(_world.Slot + 5);
        SpacetimeWorld.AssertDone(Claim(Seal, 1));
        ulong step = Period / 3;
        Penalty[] paid = _world.AdvanceTo(_world.Slot + (5 * step));
        Assert.Equal([3 * Fee / 3, Fee / 3, Fee / 3, Fee / 3], paid.Take(4).Select(penalty => penalty.Gwei));
    }

    [Fact]
    public void A_sector_without_data_takes_some_once()
    {
        _world.Seal(Provider, 1, 2);
        Hash32 commR = Keccak.Hash256([5]), commD = Keccak.Hash256([6]);
        Assert.Equal("SectorNotUpdated", _world.ReasonOfAsking("updateInputs(uint64,uint64)", (ulong)Provider, 1UL));
        byte[] sealing = _world.Ask("sealInputs(uint64,uint64)", (ulong)Provider, 1UL);
        SpacetimeWorld.AssertRefused("InvalidCommitment", UpdateTo(1, default, commD));
        SpacetimeWorld.AssertRefused("InvalidCommitment", UpdateTo(1, commR, default));
        SpacetimeWorld.AssertRefused("SectorNotLive", UpdateTo(9, commR, commD));
        SpacetimeWorld.AssertDone(UpdateTo(1, commR, commD));
        Assert.Equal([.. SpacetimeWorld.CommR(1).AsSpan(), .. commR.AsSpan(), .. commD.AsSpan()], _world.Ask("updateInputs(uint64,uint64)", (ulong)Provider, 1UL));
        Assert.Equal(sealing, _world.Ask("sealInputs(uint64,uint64)", (ulong)Provider, 1UL)); // as it was sealed
        SpacetimeWorld.AssertRefused("SectorHasData", UpdateTo(1, commR, commD));
        SpacetimeWorld.AssertDone(UpdateTo(2, commR, _world.EmptyCommD)); // even if it is none
        SpacetimeWorld.AssertRefused("SectorHasData", UpdateTo(2, commR, commD));
        SpacetimeWorld.AssertDone(_world.TryPreCommit(Provider, _world.PreCommit(3, commD: commD)));
        _ = _world.AdvanceTo(_world.Slot + 5);
        SpacetimeWorld.AssertDone(Claim(Seal, 3));
        SpacetimeWorld.AssertRefused("SectorHasData", UpdateTo(3, commR, commD));
        _world.Seal(Provider, 4, 1);
        SpacetimeWorld.AssertDone(Operate("declareFaults(uint64,uint64[])", 4));
        SpacetimeWorld.AssertRefused("SectorFaulty", UpdateTo(4, commR, commD));
    }

    [Fact]
    public void Sectors_end_by_will_by_time_and_not_before()
    {
        _world.Seal(Provider, 1, 2);
        SpacetimeWorld.AssertRefused("SectorNotExpired", Operate("expire(uint64,uint64[])", 1));
        SpacetimeWorld.AssertDone(Operate("terminate(uint64,uint64[])", 1));
        SpacetimeWorld.AssertRefused("SectorNotLive", Operate("terminate(uint64,uint64[])", 1));
        AssertPenalty(14 * Fee, 0, _world.End());
        AssertRefusedClaim("SectorNotPreCommitted", Seal, 1);
        ulong expiration = Abi.WordAt(_world.Ask("sectorOf(uint64,uint64)", (ulong)Provider, 2UL), 6).Low;
        SpacetimeWorld.AssertRefused("InvalidExpiration", Operate("extend(uint64,uint64[],uint40)", 2, expiration));
        SpacetimeWorld.AssertRefused("InvalidExpiration", Operate("extend(uint64,uint64[],uint40)", 2, _world.Slot + (1_825 * Period) + 1));
        SpacetimeWorld.AssertDone(Operate("extend(uint64,uint64[],uint40)", 2, expiration + 1));
        SpacetimeWorld.AssertDone(Operate("declareFaults(uint64,uint64[])", 2));
        SpacetimeWorld.AssertRefused("SectorFaulty", Operate("extend(uint64,uint64[],uint40)", 2, expiration + 2));
        SpacetimeWorld.AssertRefused("SectorNotLive", Operate("extend(uint64,uint64[],uint40)", 9, expiration + 2));
    }

    [Fact]
    public void Anybody_ends_a_sector_whose_time_is_over()
    {
        SpacetimeWorld.AssertDone(_world.TryPreCommit(Provider, _world.PreCommit(1, expiration: _world.Slot + 4 + (2 * Period))));
        ulong expiration = _world.Slot + 4 + (2 * Period);
        _ = _world.AdvanceTo(_world.Slot + 5);
        SpacetimeWorld.AssertDone(Claim(Seal, 1));
        _ = _world.AdvanceTo(expiration - 1);
        byte[] call = Abi.Call("expire(uint64,uint64[])", (ulong)Provider, new object[] { 1UL });
        SpacetimeWorld.AssertRefused("SectorNotExpired", _world.Contracts.Send(SpacetimeWorld.Sender, GenesisContracts.Sectors, call));
        _ = _world.AdvanceTo(expiration);
        SpacetimeWorld.AssertDone(_world.Contracts.Send(SpacetimeWorld.Sender, GenesisContracts.Sectors, call));
        SpacetimeWorld.AssertRefused("SectorNotLive", _world.Contracts.Send(SpacetimeWorld.Sender, GenesisContracts.Sectors, call));
        Assert.Empty(_world.AdvanceTo(expiration + (2 * Period)));
    }

    [Fact]
    public void Nobody_but_the_protocol_closes_deadlines()
    {
        SpacetimeWorld.AssertRefused("InvalidSystemCall", _world.Contracts.Send(SpacetimeWorld.Sender, GenesisContracts.Sectors, []));
        Assert.Equal("InvalidSystemCall", SpacetimeWorld.Reason(_world.Contracts.CallAsSystem(GenesisContracts.Sectors, [1]).Output));
    }

    private static Hash32 Word(int number) => ((UInt256)(ulong)number).ToHash32();

    private static Hash32 Draw(string domain, ulong slot, byte[] entropy) =>
        Keccak.Hash256([.. System.Text.Encoding.ASCII.GetBytes(domain.PadRight(32, '\0')), .. SpacetimeWorld.RandaoOf(slot).AsSpan(), .. entropy]);

    private static TransactionOutcome Operate(SpacetimeWorld world, string signature, ulong sector) => world.Operate(Provider, signature, (object)new object[] { sector });

    private TransactionOutcome Operate(string signature, ulong sector) => Operate(_world, signature, sector);

    private TransactionOutcome Operate(string signature, ulong sector, ulong expiration) => _world.Operate(Provider, signature, new object[] { sector }, expiration);

    private TransactionOutcome Claim(int kind, ulong subject) => _world.TryClaim(Provider, SpacetimeWorld.Claim(kind, Provider, subject));

    private TransactionOutcome UpdateTo(ulong sector, Hash32 commR, Hash32 commD) => _world.TryClaim(Provider, SpacetimeWorld.Claim(Update, Provider, sector, commR, commD));

    /// <summary>Goes to some slots after the next opening of the first partition's window.</summary>
    private void ToWindow(int after)
    {
        ulong opens = _world.Window(Provider, 0)[2];
        if ((long)opens + after < (long)_world.Slot)
            opens += Period;
        _ = _world.AdvanceTo((ulong)((long)opens + after));
    }

    private Penalty[] OnePeriod() => _world.AdvanceTo(_world.Slot + Period);

    private void AssertRefusedPreCommit(string error, ValueTuple<object[]> sector) => SpacetimeWorld.AssertRefused(error, _world.TryPreCommit(Provider, sector));

    private void AssertRefusedClaim(string error, int kind, ulong subject) => SpacetimeWorld.AssertRefused(error, Claim(kind, subject));

    private void AssertPenalty(ulong gwei, byte kind, Penalty[] found, int? count = null)
    {
        Assert.NotEmpty(found);
        Assert.All(found, penalty => Assert.Equal(_world.Beacon[Provider].PublicKey, penalty.PublicKey));
        Assert.Equal(gwei, found.Aggregate(0UL, (sum, penalty) => sum + penalty.Gwei));
        Assert.Equal(kind, found.Max(penalty => penalty.Kind));
        if (count is { } many)
            Assert.Equal(many, found.Length);
    }
}
