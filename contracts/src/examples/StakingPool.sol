// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BeaconProofs} from "../base/BeaconProofs.sol";
import {Slots} from "../base/Slots.sol";

/// @notice What is asked of the deposit contract.
interface IDepositContract {
    function deposit(bytes calldata pubkey, bytes calldata withdrawalCredentials, bytes calldata signature, bytes32 depositDataRoot) external payable;
}

/// @title An example of a liquid-staking pool: one operator's validators, stake of many, shares as an ERC-20.
/// @notice What the stake is worth needs nobody's word. All validators' withdrawal address is this contract, so rewards and exits arrive here
/// as withdrawals; and what the beacon chain still holds is shown by SSZ proofs against EIP-4788, as in Providers. A *round* takes stock:
/// it notes the coins here in some block, then anybody brings the record of every validator in the state of that block's parent. Withdrawals
/// are paid after a block's transactions, so both are of the same moment and nothing is counted twice. Between rounds the rate stands:
/// deposits and exits do not move it. Withdrawals alone would not do: a loss would show only when a validator has left, and who
/// leaves first would leave it to the others.
/// @dev Who leaves queues: shares are taken at once and are paid, first come first served, at the rate of a round that began
/// after the request, so nobody leaves at a rate that hides a loss already known. Effective balances are counted: rewards above them count when they arrive here,
/// and a validator may have up to a quarter of an increment less. There is no fee: what the operator earns is a matter of its own.
contract StakingPool is BeaconProofs {
    /// @notice A validator of the pool. Balances in Gwei.
    struct Stake {
        uint64 joined; // 1 + rounds begun before it came; 0 for none
        uint64 round; // in which it was last counted
        bool hasLanded; // its stake is in the beacon state: until then it is on its way
    }

    /// @notice A place in the queue of those who leave.
    struct Position {
        address owner;
        uint64 round; // rounds begun before the request: a later one decides its rate
        uint128 shares; // still to be paid
        uint128 before; // shares that were ever queued before these
        uint256 amount; // wei to be claimed, once it was its turn
    }

    string public constant name = "Flashback Staking Pool";
    string public constant symbol = "spFLASH";
    uint8 public constant decimals = 18;

    /// @notice Slots of an epoch.
    uint256 public immutable SLOTS_PER_EPOCH;
    /// @notice Stake of a validator, in Gwei.
    uint64 public immutable STAKE;
    IDepositContract public immutable DEPOSIT_CONTRACT;
    /// @notice Who runs the validators.
    address public immutable OPERATOR;

    /// @notice How old a round may be for deposits to be taken at its rate, in slots.
    uint256 public constant RATE_MAX_AGE = 7_200;

    /// @notice How long the head of the queue waits, in slots, until anybody may ask validators to leave.
    uint256 public constant PATIENCE = 50_400;

    /// @dev Shares and wei that nobody has: so that the first depositor cannot make shares so dear that others' deposits are rounded away.
    uint256 private constant VIRTUAL = 1e9;

    /// @dev EIP-7002: takes a validator's key and 0 for all of its balance, from the withdrawal address.
    address private constant WITHDRAWAL_REQUESTS = 0x00000961Ef480Eb55e80D19ad83579A64c007002;

    uint256 public totalSupply;
    mapping(address owner => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    /// @notice What all shares are worth by the last round, in wei; deposits and exits since are in it.
    uint256 public totalAssets;
    /// @notice Coins that belong to those whose turn has come, in wei.
    uint256 public reserved;

    mapping(uint64 index => Stake) public stakes;
    /// @notice Validators that count.
    uint64 public validators;

    /// @notice Rounds that were ever begun; the last may be going on.
    uint64 public rounds;
    /// @notice The last one that was finished.
    uint64 public finished;
    /// @notice The slot in which it began.
    uint64 public rateSlot;
    uint64 private _timestamp; // of the block in which the round that is going on began
    uint64 private _missing; // validators that it still wants
    uint256 private _assets; // what it has found so far, in wei
    int256 private _flow; // deposits less exits since it began, in wei

    Position[] private _queue;
    /// @notice The place of the first position that has not been paid.
    uint256 public head;
    /// @notice Shares that were ever queued, and of these, that were paid.
    uint128 public queuedShares;
    uint128 public servedShares;
    uint256 private _headSince; // slot in which the head became the head

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);
    event Deposited(address indexed owner, uint256 assets, uint256 shares);
    event ExitQueued(uint256 indexed position, address indexed owner, uint256 shares);
    event ExitServed(uint256 indexed position, address indexed owner, uint256 shares, uint256 assets);
    event ExitClaimed(uint256 indexed position, address indexed owner, uint256 assets);
    event Staked(uint64 indexed index, bytes pubkey);
    event ValidatorGone(uint64 indexed index);
    event ValidatorAskedToLeave(bytes pubkey);
    event RoundBegun(uint64 indexed round, uint64 timestamp, uint64 validators);
    event RoundFinished(uint64 indexed round, uint256 assets, uint256 shares);

    error NotOperator(address caller);
    error InsufficientBalance(uint256 balance, uint256 needed);
    error InsufficientAllowance(uint256 allowance, uint256 needed);
    error InvalidReceiver(address to);
    error NothingToDo();
    error RateTooOld(uint256 slot, uint256 rateSlot);
    error NotEnoughCoins(uint256 free, uint256 needed);
    error NotOurs(bytes32 withdrawalCredentials);
    error AlreadyStaked(uint64 index);
    error NotCounted(uint64 index);
    error RoundGoesOn(uint64 timestamp);
    error NotOfThisRound(uint64 timestamp, uint64 expected);
    error OnItsWay(uint64 index);
    error NotTheOwner(address caller);
    error NotYet(uint256 position);
    error PaymentFailed(address to);

    constructor(uint256 genesisTime, uint256 secondsPerSlot, uint256 slotsPerEpoch, uint64 stake_, IDepositContract depositContract, address operator)
        Slots(genesisTime, secondsPerSlot)
    {
        SLOTS_PER_EPOCH = slotsPerEpoch;
        STAKE = stake_;
        DEPOSIT_CONTRACT = depositContract;
        OPERATOR = operator;
    }

    // Shares: ERC-20

    function transfer(address to, uint256 value) external returns (bool) {
        _move(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed < value) revert InsufficientAllowance(allowed, value);
        if (allowed != type(uint256).max) allowance[from][msg.sender] = allowed - value;
        _move(from, to, value);
        return true;
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
        return true;
    }

    function _move(address from, address to, uint256 value) private {
        if (to == address(0)) revert InvalidReceiver(to);
        if (balanceOf[from] < value) revert InsufficientBalance(balanceOf[from], value);
        balanceOf[from] -= value;
        balanceOf[to] += value;
        emit Transfer(from, to, value);
    }

    /// @notice What shares are worth by the last round, in wei, rounded down.
    function convertToAssets(uint256 shares) public view returns (uint256) {
        return (shares * (totalAssets + VIRTUAL)) / (totalSupply + VIRTUAL);
    }

    /// @notice The shares that a deposit brings, rounded down.
    function convertToShares(uint256 assets) public view returns (uint256) {
        return (assets * (totalSupply + VIRTUAL)) / (totalAssets + VIRTUAL);
    }

    // Coming

    /// @notice Takes stake for shares, at the rate of a round that is not too old.
    function deposit() external payable returns (uint256 shares) {
        if (validators > 0 && currentSlot() > rateSlot + RATE_MAX_AGE) revert RateTooOld(currentSlot(), rateSlot);
        shares = convertToShares(msg.value);
        if (shares == 0) revert NothingToDo();
        totalSupply += shares;
        balanceOf[msg.sender] += shares;
        totalAssets += msg.value;
        _flow += int256(msg.value);
        emit Transfer(address(0), msg.sender, shares);
        emit Deposited(msg.sender, msg.value, shares);
    }

    // Leaving

    /// @notice Queues shares; they are the pool's from now on, and are paid when it is their turn.
    /// @return position Its number in the queue.
    function requestExit(uint128 shares) external returns (uint256 position) {
        if (shares == 0) revert NothingToDo();
        _move(msg.sender, address(this), shares);
        position = _queue.length;
        if (position == head) _headSince = currentSlot();
        _queue.push(Position(msg.sender, rounds, shares, queuedShares, 0));
        queuedShares += shares;
        emit ExitQueued(position, msg.sender, shares);
    }

    /// @notice Pays the first of the queue, as far as coins and rounds reach; anybody may ask for it.
    /// @param most How many at most.
    function serve(uint256 most) external {
        uint256 first = head;
        for (; head < _queue.length && head - first < most; ++head) {
            Position storage position = _queue[head];
            uint256 amount = convertToAssets(position.shares);
            if (amount > totalAssets) amount = totalAssets;
            if (position.round >= finished || freeCoins() < amount) break;
            uint256 shares = position.shares;
            servedShares += uint128(shares);
            (position.shares, position.amount) = (0, amount);
            totalSupply -= shares;
            balanceOf[address(this)] -= shares;
            totalAssets -= amount;
            _flow -= int256(amount);
            reserved += amount;
            emit Transfer(address(this), address(0), shares);
            emit ExitServed(head, position.owner, shares, amount);
        }
        if (head == first) revert NothingToDo();
        _headSince = currentSlot();
    }

    /// @notice Pays out a position whose turn has come.
    function claimExit(uint256 position) external {
        Position storage p = _queue[position];
        if (msg.sender != p.owner) revert NotTheOwner(msg.sender);
        uint256 amount = p.amount;
        if (amount == 0) revert NotYet(position);
        p.amount = 0;
        reserved -= amount;
        emit ExitClaimed(position, msg.sender, amount);
        (bool success, ) = msg.sender.call{value: amount}("");
        if (!success) revert PaymentFailed(msg.sender);
    }

    /// @notice A position, and how many shares are to be paid before it.
    function positionOf(uint256 position) external view returns (Position memory p, uint256 sharesBefore) {
        p = _queue[position];
        sharesBefore = p.before > servedShares ? p.before - servedShares : 0;
    }

    // Validators

    /// @notice Coins that are neither staked nor somebody's already, in wei.
    function freeCoins() public view returns (uint256) {
        return address(this).balance - reserved;
    }

    /// @notice Stakes for a validator of the operator. It is in the beacon state already, by a small deposit of the operator's own, with the pool as
    /// its withdrawal address: so nobody else's key can come between. Coins that the queue waits for are not staked.
    /// @param depositDataRoot Of the deposit, with zeros for a signature: for a validator that exists none is looked at.
    function stake(Proof calldata proof, bytes32 depositDataRoot) external {
        if (msg.sender != OPERATOR) revert NotOperator(msg.sender);
        _verify(proof);
        bytes32 credentials = withdrawalCredentials();
        if (proof.validator.withdrawalCredentials != credentials || _isLeaving(proof.validator)) revert NotOurs(proof.validator.withdrawalCredentials);
        if (stakes[proof.index].joined != 0) revert AlreadyStaked(proof.index);
        uint256 value = uint256(STAKE) * 1 gwei;
        uint256 needed = value + convertToAssets(queuedShares - servedShares);
        if (freeCoins() < needed) revert NotEnoughCoins(freeCoins(), needed);
        stakes[proof.index] = Stake(rounds + 1, 0, false);
        ++validators;
        emit Staked(proof.index, proof.validator.pubkey);
        DEPOSIT_CONTRACT.deposit{value: value}(proof.validator.pubkey, abi.encodePacked(credentials), new bytes(96), depositDataRoot);
    }

    /// @notice What a validator of the pool has as withdrawal credentials: 0x01, eleven zeros, the pool.
    function withdrawalCredentials() public view returns (bytes32) {
        return bytes32((uint256(1) << 248) | uint160(address(this)));
    }

    /// @notice Asks for a validator's exit (EIP-7002; its fee is sent along). The operator may; and anybody, once the head of the queue has waited long.
    function askToLeave(bytes calldata pubkey) external payable {
        bool isOverdue = head < _queue.length && currentSlot() >= _headSince + PATIENCE;
        if (msg.sender != OPERATOR && !isOverdue) revert NotOperator(msg.sender);
        emit ValidatorAskedToLeave(pubkey);
        (bool success, ) = WITHDRAWAL_REQUESTS.call{value: msg.value}(abi.encodePacked(pubkey, uint64(0)));
        if (!success) revert PaymentFailed(WITHDRAWAL_REQUESTS);
    }

    // Rounds

    /// @notice Begins to take stock; one that was not finished while its proofs could be had is given up.
    function beginRound() external {
        bool isGoingOn = rounds != finished && block.timestamp <= _timestamp + PROOF_MAX_AGE * SECONDS_PER_SLOT;
        if (isGoingOn) revert RoundGoesOn(_timestamp);
        ++rounds;
        (_timestamp, _missing, _assets, _flow) = (uint64(block.timestamp), validators, freeCoins(), 0);
        emit RoundBegun(rounds, _timestamp, validators);
        if (_missing == 0) _finishRound();
    }

    /// @notice Brings validators' records as of the round's block; anybody may. The last of them finishes the round.
    function count(Proof[] calldata proofs) external {
        for (uint256 i = 0; i < proofs.length; ++i) {
            Proof calldata proof = proofs[i];
            Stake storage s = stakes[proof.index];
            if (rounds == finished || proof.timestamp != _timestamp) revert NotOfThisRound(proof.timestamp, _timestamp);
            if (s.joined == 0 || s.joined > rounds || s.round == rounds) revert NotCounted(proof.index);
            _verify(proof);
            s.round = rounds;
            _assets += uint256(_worth(proof, s)) * 1 gwei;
            --_missing;
        }
        if (proofs.length > 0 && _missing == 0) _finishRound();
    }

    /// @dev What a validator adds, in Gwei. One that is empty is gone.
    function _worth(Proof calldata proof, Stake storage s) private returns (uint64 gwei_) {
        gwei_ = proof.validator.effectiveBalance;
        if (gwei_ >= STAKE) s.hasLanded = true;
        if (!s.hasLanded) return STAKE; // on its way
        if (proof.validator.withdrawableEpoch > (proof.timestamp - GENESIS_TIME) / SECONDS_PER_SLOT / SLOTS_PER_EPOCH) return gwei_;
        // Its balance may have been paid out already, though its effective balance follows at the epoch's end only: the round waits for that.
        if (gwei_ != 0) revert OnItsWay(proof.index);
        delete stakes[proof.index];
        --validators;
        emit ValidatorGone(proof.index);
    }

    function _finishRound() private {
        finished = rounds;
        rateSlot = uint64((_timestamp - GENESIS_TIME) / SECONDS_PER_SLOT);
        totalAssets = uint256(int256(_assets) + _flow);
        emit RoundFinished(rounds, totalAssets, totalSupply);
    }
}
