// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MARKET, SECTORS} from "./base/Addresses.sol";
import {DealExtensions} from "./base/DealExtensions.sol";
import {DealBook} from "./base/DealBook.sol";
import {DealTerms} from "./base/DealTerms.sol";
import {Market} from "./Market.sol";
import {dataRootOf, log2} from "./base/Merkle.sol";
import {Sectors} from "./Sectors.sol";

/// @title QonOptimizer: a deal. A client buys storage of one piece from some providers, and the quickest of them earns most.
/// @notice Its life, all times in slots:
/// 1. Registration, before `registrationEnd`: providers name a fee up to the ceiling and put in collateral; the first `wanted` that
///    may, take part. When all are there, or the client takes fewer, it runs; or the client cancels.
/// 2. Before `activationEnd` each shows that a sector holds the piece. Who does not is out: its collateral is the client's.
/// 3. Until `end` providers prove every window, answer requests, and collect receipts.
/// 4. From `end` on anybody settles: the quickest gets its fee and half of the others' fees, the others share a quarter, the rest is
///    burnt. Without requests each gets its own fee.
/// @dev The code of every deal: deals are clones that Market makes. This contract itself is no deal. spec: docs/PROTOCOL.md, section 6.
contract QonOptimizer is DealExtensions {
    uint256 private constant SMALLEST_PIECE = 128;
    uint256 private constant NODE_BYTES = 32;
    uint256 private constant MAX_REGIONS = 4;
    uint256 private constant MAX_INVITED = 32;

    /// @dev Most proving periods from now until the deal's end, as of a sector.
    uint256 private constant MAX_LIFETIME_PERIODS = 1_825;

    uint8 private constant KIND_HOT = 3;

    event ShareSelected(uint64 indexed provider, uint256 fee, uint256 collateral);
    event DealStarted(uint256 providers, uint256 fees);
    event DealCancelled();
    event ShareActivated(uint64 indexed provider, uint64 indexed sector, uint256 node, uint40 firstOpens, uint32 step);
    event SharePaid(uint64 indexed provider, uint256 fee, uint256 collateral);
    event DealSettled(uint64 indexed winner, uint256 time, uint256 paid, uint256 burnt);
    event DealDeleted(uint256 paid, uint256 refund);

    error InvalidPiece(bytes32 commP, uint256 pieceSize);
    error InvalidProviders(uint256 providers, uint256 invited);
    error InvalidTimes(uint256 registrationEnd, uint256 activationEnd, uint256 end);
    error InvalidCadence(uint256 cadence);
    error InvalidRegions();
    error AlreadyRegistered(uint64 provider);
    error NotInvited(uint64 provider);
    error FeeAboveCeiling(uint256 fee, uint256 ceiling);
    error NobodyRegistered();
    error SectorNotLive(uint64 sector);
    error SectorEmpty(uint64 sector);
    error SectorTooSlow(uint256 cadence, uint256 asked);
    error NotInSector(bytes32 commD, bytes32 root);

    constructor(uint256[5] memory p) DealBook(p[0], p[1], p[2], p[3], p[4]) {}

    /// @dev Market's alone, once.
    function initialize(uint64 deal, address newClient, DealTerms calldata terms) external payable {
        _onlyMarket();
        _only(Phase.None);
        _check(terms);
        uint256 escrow = uint256(terms.providers) * terms.ceiling;
        if (msg.value != escrow) revert InvalidPayment(msg.value, escrow);
        (number, client, reader, phase) = (deal, newClient, newClient, Phase.Registration);
        (commP, levels, cadence, wanted) = (terms.commP, uint8(log2(terms.pieceSize / NODE_BYTES)), terms.cadence, terms.providers);
        (registrationEnd, activationEnd, end) = (terms.registrationEnd, terms.activationEnd, terms.end);
        (ceiling, minimumFee) = (terms.ceiling, terms.minimumFee);
        _regions = terms.regions;
        _invited = terms.invited.length;
        for (uint256 i = 0; i < terms.invited.length; ++i) {
            _isInvited[terms.invited[i]] = true;
        }
    }

    function _check(DealTerms calldata t) private view {
        uint256 size = t.pieceSize;
        if (t.commP == 0 || size < SMALLEST_PIECE || size > SECTOR_SIZE || size & (size - 1) != 0) revert InvalidPiece(t.commP, size);
        bool areEnough = t.invited.length == 0 || (t.invited.length >= t.providers && t.invited.length <= MAX_INVITED);
        if (t.providers == 0 || t.providers > MAX_PROVIDERS || !areEnough) revert InvalidProviders(t.providers, t.invited.length);
        uint256 slot = currentSlot();
        bool areInOrder = slot < t.registrationEnd && t.registrationEnd < t.activationEnd && t.activationEnd + PROVING_PERIOD <= t.end;
        if (!areInOrder || t.end > slot + MAX_LIFETIME_PERIODS * PROVING_PERIOD) revert InvalidTimes(t.registrationEnd, t.activationEnd, t.end);
        if (t.cadence == 0 || DEADLINES % t.cadence != 0 || uint256(t.cadence) * 2 > DEADLINES) revert InvalidCadence(t.cadence);
        if (t.regions.length == 0 || t.regions.length > MAX_REGIONS) revert InvalidRegions();
        for (uint256 i = 1; i < t.regions.length; ++i) {
            if (t.regions[i] <= t.regions[i - 1]) revert InvalidRegions();
        }
    }

    // 1. Registration

    /// @notice Takes part, as the provider's operator, with the collateral that is sent along, in wei.
    /// @param fee For all of the deal, in wei, up to the ceiling.
    function register(uint64 provider, uint128 fee) external payable {
        _onlyOperator(provider);
        _only(Phase.Registration);
        _before(registrationEnd);
        if (_placeOf[provider] != 0) revert AlreadyRegistered(provider);
        if (_invited != 0 && !_isInvited[provider]) revert NotInvited(provider);
        if (fee > ceiling) revert FeeAboveCeiling(fee, ceiling);
        if (msg.value < minimumFee || msg.value > type(uint128).max) revert InvalidPayment(msg.value, minimumFee);
        Share storage share = _shares.push();
        (share.provider, share.standing, share.fee, share.collateral) = (provider, Standing.Selected, fee, uint128(msg.value));
        _placeOf[provider] = _shares.length;
        emit ShareSelected(provider, fee, msg.value);
        if (_shares.length == wanted) _start();
    }

    /// @notice Goes on with those that have registered, though they are fewer than wanted; at least one.
    function takeFewer() external {
        _onlyClient();
        _only(Phase.Registration);
        _from(registrationEnd);
        _before(activationEnd);
        if (_shares.length == 0) revert NobodyRegistered();
        _start();
    }

    /// @dev All that take part are known: what of the escrow nobody asks for goes back at once.
    function _start() private {
        phase = Phase.Running;
        uint256 fees = 0;
        for (uint256 i = 0; i < _shares.length; ++i) {
            fees += _shares[i].fee;
        }
        emit DealStarted(_shares.length, fees);
        _pay(client, uint256(wanted) * ceiling - fees);
    }

    /// @notice Gives up a deal that does not run yet: everybody gets back what it put in. The client may at any time, anybody once
    /// it can no longer run.
    function cancel() external {
        _only(Phase.Registration);
        if (msg.sender != client) _from(activationEnd);
        phase = Phase.Cancelled;
        emit DealCancelled();
        for (uint256 i = 0; i < _shares.length; ++i) {
            _shares[i].standing = Standing.Out;
            _payOwner(_shares[i].provider, _shares[i].collateral);
        }
        _pay(client, uint256(wanted) * ceiling);
    }

    // 2. Activation

    /// @notice Shows, as the operator, that a sector holds the piece: CommP is a node of the sector's tree of data. The sector must be
    /// live and faultless, outlive the deal, be proven as often as asked, and its place must serve no other deal.
    /// @param place Of the piece among the parts of its size that the sector has.
    /// @param path The siblings on the way up to CommD.
    function activate(uint64 provider, uint64 sector, uint256 place, bytes32[] calldata path) external {
        _onlyOperator(provider);
        _only(Phase.Running);
        _before(activationEnd);
        Share storage share = _shareIn(provider, Standing.Selected);
        (Sectors.Sector memory s, bool isLive, bool isFaulty, ) = Sectors(payable(SECTORS)).sectorOf(provider, sector);
        if (!isLive) revert SectorNotLive(sector);
        if (isFaulty) revert SectorFaulty(sector);
        if (s.expiration < end) revert SectorEndsBefore(s.expiration, end);
        if (s.cadence < cadence) revert SectorTooSlow(s.cadence, cadence);
        if (s.commD == Sectors(payable(SECTORS)).EMPTY_COMM_D()) revert SectorEmpty(sector); // it can still be updated to hold something else
        _checkIn(s.commD, place, path);
        uint256 node = (1 << path.length) | place;
        (share.sector, share.partition, share.activation, share.standing) = (sector, s.partition, uint40(currentSlot()), Standing.Active);
        (share.node, share.requestsBefore, share.step) = (uint32(node), uint32(_requests.length), uint32(PROVING_PERIOD / s.cadence));
        share.firstOpens = _firstOpens(share);
        emit ShareActivated(provider, sector, node, share.firstOpens, share.step);
        Market(MARKET).take(provider, sector, node);
    }

    function _checkIn(bytes32 commD, uint256 place, bytes32[] calldata path) private view {
        bool fits = path.length + levels == log2(SECTOR_SIZE / NODE_BYTES) && place >> path.length == 0;
        bytes32 root = dataRootOf(commP, place, path);
        if (!fits || root != commD) revert NotInSector(commD, root);
    }

    /// @dev The opening of the first window whose challenge is still to come.
    function _firstOpens(Share storage share) private view returns (uint40) {
        (, uint256 challengeSlot, uint256 opens, , ) = Sectors(payable(SECTORS)).windowOf(share.provider, share.partition);
        return uint40(challengeSlot > currentSlot() ? opens : opens + share.step);
    }

    // 3. While it runs

    /// @dev Market's alone: a claim about this deal takes effect. Returns how many bytes show it.
    function claim(uint8 kind, uint64 provider, uint256 item) external returns (uint256 length) {
        _onlyMarket();
        _only(Phase.Running);
        return kind == KIND_HOT ? _claimHot(provider, item) : _claimReceipts(provider, item);
    }

    /// @notice Takes out providers that were late, and those whose sector has ended before the deal; anybody may ask for it.
    function prune() external {
        _only(Phase.Running);
        _prune();
    }

    /// @notice Leaves the deal, as the operator: fee and collateral are the client's, and the fee falls on the stake too. So a sector is
    /// freed that shall be terminated.
    function abandon(uint64 provider) external {
        _onlyOperator(provider);
        _only(Phase.Running);
        _before(end);
        Share storage share = _shareOf(provider);
        if (share.standing == Standing.Out) revert WrongStanding(provider, share.standing);
        _drop(share, share.standing == Standing.Active ? Cause.Abandoned : Cause.Late);
    }

    // 4. The end

    /// @notice Pays everybody, from the deal's end on; anybody may ask for it. With F the sum of the fees of those that kept the deal,
    /// n of them, and w the quickest (of equals the cheapest, then the first to register), in wei, each division rounded down:
    /// w gets f_w + (F − f_w) / 2; of the rest P each other gets P / 2 / (n − 1); what remains is burnt.
    /// Where nobody is ranked, or one alone is left, each gets its own fee. Collateral comes back. Who was late, or missed too many windows,
    /// loses fee and collateral to the client.
    function settle() external {
        _only(Phase.Running);
        _from(end);
        _judge(end);
        phase = Phase.Settled;
        (uint256 winner, uint256 time, uint256 many, uint256 fees) = _rank();
        uint256 paid = fees;
        if (winner == 0) {
            for (uint256 i = 0; i < _shares.length; ++i) {
                if (_shares[i].standing == Standing.Active) _payShare(_shares[i], _shares[i].fee);
            }
        } else {
            paid = _payRanked(winner - 1, many, fees);
        }
        if (fees > paid) _burn(fees - paid);
        emit DealSettled(winner == 0 ? 0 : _shares[winner - 1].provider, time, paid, fees - paid);
    }

    /// @notice Deletes the piece before the deal's end, as the client. Each provider gets a tenth of its fee, for sealing, and of the
    /// rest the part of the time from activationEnd to end that has passed, rounded down; the client gets what remains.
    function deleteEarly() external {
        _onlyClient();
        _only(Phase.Running);
        _before(end);
        uint256 slot = currentSlot();
        _judge(slot);
        phase = Phase.Deleted;
        uint256 passed = slot > activationEnd ? slot - activationEnd : 0;
        (uint256 paid, uint256 refund) = (0, 0);
        for (uint256 i = 0; i < _shares.length; ++i) {
            Share storage share = _shares[i];
            if (share.standing == Standing.Out) continue;
            uint256 sealing = share.fee / SEALING_SHARE;
            uint256 earned = sealing + ((share.fee - sealing) * passed) / (end - activationEnd);
            paid += earned;
            refund += share.fee - earned;
            _payShare(share, earned);
        }
        emit DealDeleted(paid, refund);
        _pay(client, refund);
    }

    /// @dev Takes out who did not keep the deal until a slot, counts requests on chain for the scores, ends a proposed extension.
    function _judge(uint256 until) private {
        if (proposedEnd != 0) _endProposal();
        _prune();
        for (uint256 i = 0; i < _shares.length; ++i) {
            Share storage share = _shares[i];
            if (share.standing != Standing.Active) continue;
            Market(MARKET).record(client, share.provider, share.answered + _timeOutsOf(share), share.answered, 0, 0);
            if (!_isFaithful(share, until)) _drop(share, Cause.Faulty);
        }
    }

    /// @return winner 1 + the place of the quickest; 0 where nobody is ranked, or one alone is left.
    /// @return time Its time: see `_timeOf`.
    /// @return many How many are left.
    /// @return fees The sum of their fees.
    function _rank() private view returns (uint256 winner, uint256 time, uint256 many, uint256 fees) {
        for (uint256 i = 0; i < _shares.length; ++i) {
            Share storage share = _shares[i];
            if (share.standing != Standing.Active) continue;
            ++many;
            fees += share.fee;
            (bool isRanked, uint256 taken) = _timeOf(share);
            if (!isRanked) continue;
            bool isBetter = winner == 0 || taken < time || (taken == time && share.fee < _shares[winner - 1].fee);
            if (isBetter) (winner, time) = (i + 1, taken);
        }
        if (many == 1) (winner, time) = (0, 0);
    }

    function _payRanked(uint256 winner, uint256 many, uint256 fees) private returns (uint256 paid) {
        uint256 own = _shares[winner].fee;
        uint256 first = own + (fees - own) / 2;
        uint256 other = (fees - first) / 2 / (many - 1);
        for (uint256 i = 0; i < _shares.length; ++i) {
            if (_shares[i].standing == Standing.Active) _payShare(_shares[i], i == winner ? first : other);
        }
        return first + other * (many - 1);
    }

    function _payShare(Share storage share, uint256 fee) private {
        _leave(share);
        emit SharePaid(share.provider, fee, share.collateral);
        _payOwner(share.provider, fee + share.collateral);
    }
}
