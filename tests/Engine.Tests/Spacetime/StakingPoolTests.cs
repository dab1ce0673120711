using System.Numerics;
using Flashback.Chain.Spacetime;
using Flashback.Consensus;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime;

/// <summary>The example of a liquid-staking pool: shares, rounds that take stock by proofs, and a queue for those who leave.</summary>
public class StakingPoolTests
{
    private const ulong StakeGwei = 32_000_000_000; // as the records begin with
    private const ulong Coin = 1_000_000_000; // in Gwei

    private static readonly Address Pool = ContractWorld.NewAddress(0x9001), Operator = ContractWorld.NewAddress(0x09e4), Forcer = ContractWorld.NewAddress(0xf0);
    private static readonly Address Ann = ContractWorld.NewAddress(0xa1), Bob = ContractWorld.NewAddress(0xb0);

    private readonly SpacetimeWorld _world;

    public StakingPoolTests()
    {
        SpacetimeParameters parameters = SpacetimeParameters.Devnet(1_000_000);
        Dictionary<string, UInt256> immutables = new()
        {
            ["GENESIS_TIME"] = parameters.GenesisTime, ["SECONDS_PER_SLOT"] = parameters.SecondsPerSlot, ["SLOTS_PER_EPOCH"] = parameters.SlotsPerEpoch, ["STAKE"] = StakeGwei,
            ["DEPOSIT_CONTRACT"] = ToNumber(ChainConfig.MainnetDepositContract), ["OPERATOR"] = ToNumber(Operator),
        };
        _world = new SpacetimeWorld(parameters, gwei: StakeGwei, more:
        [
            new GenesisAccount(Pool, 1, UInt256.Zero, ContractArtifact.Load("StakingPool").Link(immutables), []), GenesisContracts.Deposit(ChainConfig.MainnetDepositContract),
            new GenesisAccount(Forcer, 1, UInt256.Zero, Hex.Decode("5f35ff"), []), // leaves its coins to who is named: as a withdrawal, without a call
            ContractWorld.Rich(Ann), ContractWorld.Rich(Bob), ContractWorld.Rich(Operator),
        ]);
        for (int i = 0; i < 3; i++)
            _world.Beacon.Change(i, validator => validator with { WithdrawalCredentials = BeaconRecords.Credentials(1, Pool), EffectiveBalance = new Gwei(0) });
        _ = _world.AdvanceTo(_world.Slot + 1);
    }

    [Fact]
    public void Shares_are_a_token_like_any_other()
    {
        SpacetimeWorld.AssertDone(Send(Ann, "deposit()", 10 * Coin));
        Assert.Equal((Wei(10 * Coin), Wei(10 * Coin)), (Balance(Ann), Number("totalSupply()")));
        SpacetimeWorld.AssertDone(Send(Ann, "transfer(address,uint256)", 0, Bob, (UInt256)3UL));
        SpacetimeWorld.AssertRefused("InsufficientBalance", Send(Bob, "transfer(address,uint256)", 0, Ann, (UInt256)4UL));
        SpacetimeWorld.AssertRefused("InvalidReceiver", Send(Bob, "transfer(address,uint256)", 0, default(Address), (UInt256)1UL));
        SpacetimeWorld.AssertRefused("InsufficientAllowance", Send(Bob, "transferFrom(address,address,uint256)", 0, Ann, Bob, (UInt256)1UL));
        SpacetimeWorld.AssertDone(Send(Ann, "approve(address,uint256)", 0, Bob, (UInt256)5UL));
        SpacetimeWorld.AssertDone(Send(Bob, "transferFrom(address,address,uint256)", 0, Ann, Bob, (UInt256)2UL));
        Assert.Equal((3, 5), (Number("allowance(address,address)", Ann, Bob), Balance(Bob)));
        SpacetimeWorld.AssertDone(Send(Ann, "approve(address,uint256)", 0, Bob, UInt256.MaxValue));
        SpacetimeWorld.AssertDone(Send(Bob, "transferFrom(address,address,uint256)", 0, Ann, Bob, (UInt256)2UL));
        Assert.Equal((BigInteger)UInt256.MaxValue, Number("allowance(address,address)", Ann, Bob)); // for ever
        SpacetimeWorld.AssertRefused("NothingToDo", Send(Ann, "deposit()", 0));
    }

    [Fact]
    public void The_operator_stakes_for_validators_that_are_the_pools_and_the_queue_comes_first()
    {
        SpacetimeWorld.AssertDone(Send(Ann, "deposit()", 2 * StakeGwei));
        SpacetimeWorld.AssertRefused("NotOperator", Stake(0, by: Ann));
        SpacetimeWorld.AssertRefused("NotOurs", Stake(3)); // another withdrawal address
        _world.Beacon.Change(1, validator => validator with { ExitEpoch = new Epoch(9) });
        _ = _world.AdvanceTo(_world.Slot + 1);
        SpacetimeWorld.AssertRefused("NotOurs", Stake(1));
        SpacetimeWorld.AssertDone(Stake(0));
        SpacetimeWorld.AssertRefused("AlreadyStaked", Stake(0));
        Assert.Equal(Wei(StakeGwei), (BigInteger)_world.Contracts.BalanceOf(ChainConfig.MainnetDepositContract));
        Assert.Equal((1, Wei(StakeGwei)), (Number("validators()"), Number("freeCoins()")));
        SpacetimeWorld.AssertDone(Send(Ann, "requestExit(uint128)", 0, (UInt256)Coin));
        SpacetimeWorld.AssertRefused("NotEnoughCoins", Stake(2));
    }

    [Fact]
    public void A_round_counts_what_is_staked_on_its_way_and_at_hand_and_the_rate_follows()
    {
        SpacetimeWorld.AssertDone(Send(Ann, "deposit()", 3 * StakeGwei));
        SpacetimeWorld.AssertDone(Stake(0));
        SpacetimeWorld.AssertDone(Stake(1));
        Round(0, 1); // both are on their way
        Assert.Equal(Wei(3 * StakeGwei), Number("totalAssets()"));
        Land(0, StakeGwei);
        Land(1, StakeGwei);
        Round(0, 1);
        Assert.Equal(Wei(3 * StakeGwei), Number("totalAssets()"));
        Arrive(StakeGwei / 10); // rewards: seen with the next round
        Assert.Equal(Wei(3 * StakeGwei), Number("totalAssets()"));
        Round(1, 0);
        Assert.Equal(Wei(3 * StakeGwei + StakeGwei / 10), Number("totalAssets()"));
        SpacetimeWorld.AssertDone(Send(Bob, "deposit()", 31 * Coin));
        Assert.InRange(Balance(Bob), Wei(30 * Coin) - 10, Wei(30 * Coin) + 20_000_000);
        _world.Beacon.Change(1, validator => validator with { Slashed = true, EffectiveBalance = new Gwei(StakeGwei / 2) });
        Round(0, 1);
        Assert.Equal(Wei((3 * StakeGwei) + (StakeGwei / 10) - (StakeGwei / 2) + (31 * Coin)), Number("totalAssets()"));
    }

    [Fact]
    public void A_round_wants_each_validator_once_of_its_own_block_and_deposits_in_between_do_not_move_the_rate()
    {
        SpacetimeWorld.AssertDone(Send(Ann, "deposit()", 4 * StakeGwei));
        SpacetimeWorld.AssertDone(Stake(0));
        SpacetimeWorld.AssertDone(Stake(1));
        SpacetimeWorld.AssertRefused("NotOfThisRound", Count(0));
        SpacetimeWorld.AssertDone(Send(Bob, "beginRound()"));
        SpacetimeWorld.AssertRefused("RoundGoesOn", Send(Bob, "beginRound()"));
        SpacetimeWorld.AssertDone(Count(0));
        SpacetimeWorld.AssertRefused("NotCounted", Count(0));
        SpacetimeWorld.AssertRefused("NotCounted", Count(3));
        SpacetimeWorld.AssertDone(Stake(2)); // comes with the next round
        SpacetimeWorld.AssertRefused("NotCounted", Count(2));
        SpacetimeWorld.AssertDone(Send(Bob, "deposit()", 7 * Coin));
        SpacetimeWorld.AssertRefused("InvalidProof", Count(1, record: _world.Beacon[1] with { EffectiveBalance = new Gwei(1) }));
        SpacetimeWorld.AssertDone(Count(1));
        Assert.Equal((1, Wei((4 * StakeGwei) + (7 * Coin))), (Number("finished()"), Number("totalAssets()")));
        SpacetimeWorld.AssertDone(Send(Bob, "beginRound()"));
        ulong old = _world.Timestamp;
        _ = _world.AdvanceTo(_world.Slot + 65);
        SpacetimeWorld.AssertRefused("ProofTooOld", Count(0, timestamp: old));
        SpacetimeWorld.AssertDone(Send(Bob, "beginRound()")); // the one before is given up
        SpacetimeWorld.AssertRefused("NotOfThisRound", Count(0, timestamp: old));
    }

    [Fact]
    public void A_validator_that_leaves_is_counted_until_it_is_withdrawable_and_holds_the_round_while_its_coins_are_on_their_way()
    {
        SpacetimeWorld.AssertDone(Send(Ann, "deposit()", StakeGwei));
        SpacetimeWorld.AssertDone(Stake(0));
        Land(0, StakeGwei);
        ulong epoch = _world.Slot / _world.Parameters.SlotsPerEpoch;
        _world.Beacon.Change(0, validator => validator with { ExitEpoch = new Epoch(epoch), WithdrawableEpoch = new Epoch(epoch + 2) });
        Round(0);
        Assert.Equal(Wei(StakeGwei), Number("totalAssets()"));
        _ = _world.AdvanceTo((epoch + 2) * _world.Parameters.SlotsPerEpoch);
        Arrive(StakeGwei + Coin);
        _ = _world.AdvanceTo(_world.Slot + 1);
        SpacetimeWorld.AssertDone(Send(Bob, "beginRound()"));
        SpacetimeWorld.AssertRefused("OnItsWay", Count(0)); // else it would count twice
        _world.Beacon.Change(0, validator => validator with { EffectiveBalance = new Gwei(0) });
        _ = _world.AdvanceTo(_world.Slot + 65);
        SpacetimeWorld.AssertDone(Send(Bob, "beginRound()"));
        SpacetimeWorld.AssertDone(Count(0));
        Assert.Equal((0, Wei(StakeGwei + Coin)), (Number("validators()"), Number("totalAssets()")));
        SpacetimeWorld.AssertDone(Send(Bob, "beginRound()")); // without validators a round is over at once
        Assert.Equal(Number("rounds()"), Number("finished()"));
    }

    [Fact]
    public void Who_leaves_is_paid_in_turn_at_the_rate_of_a_later_round_and_sees_how_long_the_queue_is()
    {
        SpacetimeWorld.AssertDone(Send(Ann, "deposit()", StakeGwei));
        SpacetimeWorld.AssertDone(Send(Bob, "deposit()", StakeGwei));
        SpacetimeWorld.AssertDone(Stake(0));
        Land(0, StakeGwei);
        Round(0);
        // Ann sees the slashing coming, and leaves before anybody has proven it: her shares lose as much as Bob's.
        _world.Beacon.Change(0, validator => validator with { Slashed = true, EffectiveBalance = new Gwei(StakeGwei / 2) });
        BigInteger all = Balance(Ann);
        SpacetimeWorld.AssertRefused("NothingToDo", Send(Ann, "requestExit(uint128)", 0, UInt256.Zero));
        SpacetimeWorld.AssertDone(Send(Ann, "requestExit(uint128)", 0, (UInt256)all));
        SpacetimeWorld.AssertDone(Send(Bob, "requestExit(uint128)", 0, (UInt256)(all / 2)));
        Assert.Equal((0, all), (Balance(Ann), SharesBefore(1)));
        SpacetimeWorld.AssertRefused("NothingToDo", Send(Bob, "serve(uint256)", 0, 10UL)); // its round is still to come
        SpacetimeWorld.AssertRefused("NotYet", Send(Ann, "claimExit(uint256)", 0, 0UL));
        Round(0);
        SpacetimeWorld.AssertDone(Send(Bob, "serve(uint256)", 0, 10UL));
        BigInteger due = Wei(StakeGwei) * 3 / 4;
        Assert.InRange(Number("reserved()"), due - 1_000_000_000, due + 1_000_000_000);
        Assert.Equal((1, 0), (Number("head()"), SharesBefore(1))); // Bob's turn, but the coins do not reach
        SpacetimeWorld.AssertRefused("NothingToDo", Send(Bob, "serve(uint256)", 0, 10UL));
        SpacetimeWorld.AssertRefused("NotTheOwner", Send(Bob, "claimExit(uint256)", 0, 0UL));
        BigInteger before = (BigInteger)_world.Contracts.BalanceOf(Ann);
        SpacetimeWorld.AssertDone(Send(Ann, "claimExit(uint256)", 0, 0UL));
        Assert.InRange((BigInteger)_world.Contracts.BalanceOf(Ann) - before, due - 1_000_000_000, due + 1_000_000_000);
        SpacetimeWorld.AssertRefused("NotYet", Send(Ann, "claimExit(uint256)", 0, 0UL));
        Arrive(StakeGwei);
        SpacetimeWorld.AssertDone(Send(Ann, "serve(uint256)", 0, 10UL));
        SpacetimeWorld.AssertDone(Send(Bob, "claimExit(uint256)", 0, 1UL));
        Assert.Equal((2, 0), (Number("head()"), Number("reserved()")));
    }

    [Fact]
    public void Validators_are_asked_to_leave_by_the_operator_and_by_anybody_once_the_queue_has_waited_long()
    {
        byte[] key = _world.Beacon[0].PublicKey.AsSpan().ToArray();
        SpacetimeWorld.AssertDone(Send(Ann, "deposit()", StakeGwei));
        SpacetimeWorld.AssertDone(Send(Operator, "askToLeave(bytes)", 1, key));
        SpacetimeWorld.AssertRefused("NotOperator", Send(Ann, "askToLeave(bytes)", 1, key));
        SpacetimeWorld.AssertDone(Send(Ann, "requestExit(uint128)", 0, (UInt256)Coin));
        SpacetimeWorld.AssertRefused("NotOperator", Send(Ann, "askToLeave(bytes)", 1, key));
        _ = _world.End();
        _world.Begin(_world.Slot + 50_400);
        SpacetimeWorld.AssertDone(Send(Ann, "askToLeave(bytes)", 1, key));
        SpacetimeWorld.AssertRefused("PaymentFailed", Send(Ann, "askToLeave(bytes)", 1, new byte[3]));
    }

    [Fact]
    public void At_an_old_rate_nothing_is_taken_and_a_first_depositor_gains_nothing_by_gifts()
    {
        SpacetimeWorld.AssertDone(Send(Ann, "deposit()", StakeGwei + 1));
        SpacetimeWorld.AssertDone(Stake(0));
        _ = _world.End();
        _world.Begin(_world.Slot + 7_201);
        SpacetimeWorld.AssertRefused("RateTooOld", Send(Bob, "deposit()", Coin));
        Land(0, StakeGwei);
        Round(0);
        SpacetimeWorld.AssertDone(Send(Bob, "deposit()", Coin));

        StakingPoolTests other = new();
        SpacetimeWorld.AssertDone(other._world.Contracts.Send(Ann, Pool, Abi.Call("deposit()"), 1)); // one wei
        other.Arrive(1_000 * Coin);
        SpacetimeWorld.AssertDone(other.Send(Ann, "beginRound()"));
        SpacetimeWorld.AssertDone(other.Send(Bob, "deposit()", 1_000 * Coin));
        BigInteger worth = other.Number("convertToAssets(uint256)", (UInt256)other.Balance(Bob));
        Assert.InRange(worth, Wei(1_000 * Coin) * 999_999 / 1_000_000, Wei(1_000 * Coin));
    }

    private static UInt256 ToNumber(in Address address) => UInt256.ReadBigEndian([.. new byte[12], .. address.AsSpan()]);

    private static BigInteger Wei(ulong gwei) => (BigInteger)gwei * 1_000_000_000;

    private TransactionOutcome Send(Address from, string signature, ulong gwei = 0, params object[] arguments) =>
        _world.Contracts.Send(from, Pool, Abi.Call(signature, arguments), (UInt256)Wei(gwei));

    private BigInteger Number(string view, params object[] arguments) => (BigInteger)Abi.WordAt(_world.Ask(Pool, view, arguments), 0);

    private BigInteger Balance(Address owner) => Number("balanceOf(address)", owner);

    /// <summary>Of a position: its five words come first.</summary>
    private BigInteger SharesBefore(ulong position) => (BigInteger)Abi.WordAt(_world.Ask(Pool, "positionOf(uint256)", position), 5);

    private TransactionOutcome Stake(int validator, Address? by = null)
    {
        DepositData data = new(_world.Beacon[validator].PublicKey, BeaconRecords.Credentials(1, Pool), new Gwei(StakeGwei), default);
        return Send(by ?? Operator, "stake((uint64,uint64,(bytes,bytes32,uint64,bool,uint64,uint64,uint64,uint64),bytes32[]),bytes32)", 0, _world.Beacon.Prove(validator, _world.Timestamp), data.HashTreeRoot());
    }

    private TransactionOutcome Count(int validator, Validator? record = null, ulong? timestamp = null) => Send(
        Bob, "count((uint64,uint64,(bytes,bytes32,uint64,bool,uint64,uint64,uint64,uint64),bytes32[])[])", 0, (object)new object[] { _world.Beacon.Prove(validator, timestamp ?? _world.Timestamp, record) });

    /// <summary>A whole round in the next slot.</summary>
    private void Round(params int[] validators)
    {
        _ = _world.AdvanceTo(_world.Slot + 1);
        SpacetimeWorld.AssertDone(Send(Bob, "beginRound()"));
        foreach (int validator in validators)
            SpacetimeWorld.AssertDone(Count(validator));
        Assert.Equal(Number("rounds()"), Number("finished()"));
    }

    private void Land(int validator, ulong gwei) => _world.Beacon.Change(validator, record => record with { EffectiveBalance = new Gwei(gwei) });

    /// <summary>Coins come as withdrawals do.</summary>
    private void Arrive(ulong gwei) => SpacetimeWorld.AssertDone(_world.Contracts.Send(Operator, Forcer, Abi.Encode(Pool), (UInt256)Wei(gwei)));
}
