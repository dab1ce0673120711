// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MARKET, PROVIDERS, SECTORS} from "./Addresses.sol";
import {Market} from "../Market.sol";
import {Providers} from "../Providers.sol";
import {Sectors} from "../Sectors.sol";
import {Slots} from "./Slots.sol";

/// @title What a deal keeps: its terms, and each provider's share.
/// @notice What is held is always the sum of what is owed: escrow or fees, collateral, and what was paid for an extension.
/// Whatever leaves goes to Market, where its owner takes it; so no payment can fail. Fees and collateral of a provider go to
/// its owner, the stake's withdrawal address. Loops go over shares alone, 16 at most.
abstract contract DealBook is Slots {
    enum Phase {
        None,
        Registration, // providers register
        Running, // all that take part are known
        Settled,
        Cancelled,
        Deleted
    }

    enum Standing {
        None,
        Selected, // to be activated
        Active, // a sector holds the piece
        Out // dropped, or the deal is over
    }

    /// @notice Why a provider left the deal without its fee and its collateral.
    enum Cause {
        Late, // not activated in time
        Abandoned, // by its operator
        SectorEnded, // terminated, or faulty too long; or its validator left
        Faulty // too many windows without both proofs
    }

    /// @notice A provider's part of the deal: three words of storage.
    struct Share {
        uint64 provider;
        uint64 sector;
        uint40 partition; // of the sector
        uint40 activation; // slot
        uint40 firstOpens; // slot in which its first window opens whose challenge comes after activation
        Standing standing;
        uint128 fee; // wei, for all of the deal
        uint128 collateral; // wei
        uint32 step; // slots from window to window
        uint32 proven; // windows with a HOT claim
        uint40 lastOpens; // of the window that was proven last
        uint32 requestsBefore; // activation: they do not concern it
        uint32 answered; // requests
        uint32 waited; // for these answers, in ms
        uint32 node; // of the sector's tree of data: where the piece is
    }

    /// @notice Most providers of a deal.
    uint256 public constant MAX_PROVIDERS = 16;

    /// @notice The part of a share's windows that may go by unproven: one in this many.
    uint256 public constant FAULT_TOLERANCE = 20;

    /// @notice What sealing costs, as a part of the fee: one in this many.
    uint256 public constant SEALING_SHARE = 10;

    /// @notice Slots of a proving period.
    uint256 public immutable PROVING_PERIOD;
    /// @notice Deadlines that a proving period is cut into.
    uint256 public immutable DEADLINES;
    /// @notice Bytes of a sector.
    uint256 public immutable SECTOR_SIZE;

    address public client;
    /// @notice Whose signature counts as the client's for requests and receipts: the client, or a key of its.
    address public reader;
    uint64 public number;
    Phase public phase;
    uint8 public levels; // rows of the piece's tree of data above its nodes
    uint8 public cadence;

    bytes32 public commP;

    /// @notice How many providers are wanted.
    uint8 public wanted;
    uint40 public registrationEnd;
    /// @notice When shares must be active; the deal runs from then on.
    uint40 public activationEnd;
    uint40 public end;

    /// @notice The most that a provider may ask, in wei.
    uint128 public ceiling;
    /// @notice The least collateral of a provider, in wei.
    uint128 public minimumFee;

    uint16[] internal _regions;
    Share[] internal _shares;
    mapping(uint64 provider => uint256) internal _placeOf; // 1 + place among the shares
    mapping(uint64 provider => bool) internal _isInvited;
    uint256 internal _invited; // how many are; 0: everybody

    event ShareDropped(uint64 indexed provider, Cause cause, uint256 fee, uint256 collateral);

    error NotClient(address caller);
    error NotOperator(uint64 provider, address caller);
    error NotMarket(address caller);
    error ProviderNotActive(uint64 provider);
    error WrongPhase(Phase phase);
    error NotInDeal(uint64 provider);
    error WrongStanding(uint64 provider, Standing standing);
    error TooEarly(uint256 slot, uint256 from);
    error TooLate(uint256 slot, uint256 until);
    error InvalidPayment(uint256 paid, uint256 expected);

    constructor(uint256 genesisTime, uint256 secondsPerSlot, uint256 period, uint256 deadlines, uint256 size) Slots(genesisTime, secondsPerSlot) {
        PROVING_PERIOD = period;
        DEADLINES = deadlines;
        SECTOR_SIZE = size;
    }

    // Views

    /// @notice All shares, in the order of registration.
    function shares() external view returns (Share[] memory) {
        return _shares;
    }

    /// @notice Where speed is measured.
    function regions() external view returns (uint16[] memory) {
        return _regions;
    }

    /// @notice How a share has proven itself so far.
    /// @return due Windows that have closed.
    /// @return proven Windows with a HOT claim.
    /// @return isFaithful Whether its fee would be paid if the deal ended now.
    function proofsOf(uint64 provider) external view returns (uint256 due, uint256 proven, bool isFaithful) {
        Share storage share = _shareOf(provider);
        uint256 until = currentSlot() < end ? currentSlot() : end;
        return (_windowsUntil(share, until), share.proven, _isFaithful(share, until));
    }

    // Who may do what, and when

    function _onlyClient() internal view {
        if (msg.sender != client) revert NotClient(msg.sender);
    }

    function _onlyMarket() internal view {
        if (msg.sender != MARKET) revert NotMarket(msg.sender);
    }

    function _onlyOperator(uint64 provider) internal view {
        (, address operator, , bool isActive) = Providers(PROVIDERS).standingOf(provider);
        if (!isActive) revert ProviderNotActive(provider);
        if (msg.sender != operator) revert NotOperator(provider, msg.sender);
    }

    function _only(Phase expected) internal view {
        if (phase != expected) revert WrongPhase(phase);
    }

    function _before(uint256 slot) internal view {
        if (currentSlot() >= slot) revert TooLate(currentSlot(), slot);
    }

    function _from(uint256 slot) internal view {
        if (currentSlot() < slot) revert TooEarly(currentSlot(), slot);
    }

    function _shareOf(uint64 provider) internal view returns (Share storage) {
        uint256 place = _placeOf[provider];
        if (place == 0) revert NotInDeal(provider);
        return _shares[place - 1];
    }

    function _shareIn(uint64 provider, Standing expected) internal view returns (Share storage share) {
        share = _shareOf(provider);
        if (share.standing != expected) revert WrongStanding(provider, share.standing);
    }

    // Proofs of a share

    /// @dev Windows of a share that have closed by a slot.
    function _windowsUntil(Share storage share, uint256 until) internal view returns (uint256) {
        uint256 first = share.firstOpens + PROVING_PERIOD / DEADLINES;
        return share.step == 0 || until < first ? 0 : (until - first) / share.step + 1;
    }

    function _isFaithful(Share storage share, uint256 until) internal view returns (bool) {
        uint256 due = _windowsUntil(share, until);
        return due <= share.proven || (due - share.proven) * FAULT_TOLERANCE <= due;
    }

    // Leaving, and money

    /// @dev Takes a provider out: its fee and its collateral are the client's.
    function _drop(Share storage share, Cause cause) internal {
        _leave(share);
        emit ShareDropped(share.provider, cause, share.fee, share.collateral);
        _pay(client, uint256(share.fee) + share.collateral);
        if (cause == Cause.Abandoned || cause == Cause.SectorEnded) Market(MARKET).penalize(share.provider, share.fee);
    }

    /// @dev A share is over; its sector is free of the piece.
    function _leave(Share storage share) internal {
        bool wasActive = share.standing == Standing.Active;
        share.standing = Standing.Out;
        if (wasActive) Market(MARKET).release(share.provider, share.sector, share.node);
    }

    /// @dev Takes out who is late, and whose sector has ended before the deal did.
    function _prune() internal {
        uint256 slot = currentSlot();
        for (uint256 i = 0; i < _shares.length; ++i) {
            Share storage share = _shares[i];
            if (share.standing == Standing.Selected && slot >= activationEnd) _drop(share, Cause.Late);
            if (share.standing == Standing.Active && slot < end && !_isSectorLive(share)) _drop(share, Cause.SectorEnded);
        }
    }

    function _isSectorLive(Share storage share) private view returns (bool isLive) {
        (, isLive, , ) = Sectors(payable(SECTORS)).sectorOf(share.provider, share.sector);
    }

    function _payOwner(uint64 provider, uint256 amount) internal {
        (address owner, , , ) = Providers(PROVIDERS).standingOf(provider);
        _pay(owner, amount);
    }

    function _pay(address payee, uint256 amount) internal {
        if (amount > 0) Market(MARKET).credit{value: amount}(payee);
    }

    function _burn(uint256 amount) internal {
        (bool success, ) = address(0).call{value: amount}("");
        assert(success); // nothing is there that could refuse
    }
}
