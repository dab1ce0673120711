// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MARKET, PROVIDERS, RANDOMNESS, SYSTEM} from "./base/Addresses.sol";
import {ClaimFee} from "./base/ClaimFee.sol";
import {ClaimSignature} from "./base/ClaimSignature.sol";
import {Partitions} from "./base/Partitions.sol";
import {Slots} from "./base/Slots.sol";

/// @notice What is asked of Providers.
interface IProviderStanding {
    function standingOf(uint64 provider) external view returns (address owner, address operator, uint64 effectiveBalance, bool isActive);
    function proverIdOf(uint64 provider) external view returns (bytes32);
}

/// @notice What is asked of Randomness.
interface IRandomness {
    function randomness(uint256 slot, bytes32 domain, bytes calldata entropy) external view returns (bytes32);
}

/// @notice What is asked of Market: claims about deals.
interface IMarketClaims {
    function claim(uint8 kind, uint64 provider, uint64 subject) external returns (uint256 length);
}

/// @title Sectors: what providers store, and when they prove it.
/// @notice Proofs are not seen here. A claim is checked for being allowed now and takes effect at once; the node verifies the
/// bytes that it points to before it lets the block in. spec: docs/PROTOCOL.md, sections 3 to 5.
contract Sectors is Partitions, ClaimFee, ClaimSignature {
    enum Status {
        None,
        PreCommitted,
        Sealed, // to be proven until its bit in its partition is gone
        Ended
    }

    /// @notice A sector, by its number.
    struct Sector {
        bytes32 commR; // the replica
        bytes32 commD; // the data in it
        bytes32 sealedCommR; // the replica as it was sealed, after an update; else 0
        uint40 sealSlot; // its ticket's
        uint40 preCommitSlot;
        uint40 activation; // slot of its seal claim
        uint40 expiration; // slot from which on it need not be kept
        uint40 partition;
        uint16 place; // in the partition
        uint8 cadence; // proofs in a proving period
        Status status;
    }

    /// @notice A sector that is about to be sealed.
    struct PreCommit {
        uint64 number;
        bytes32 commR;
        bytes32 commD;
        uint40 sealSlot;
        uint40 expiration;
        uint8 cadence;
    }

    /// @notice Slots from a pre-commit to its seed.
    uint256 public immutable PRECOMMIT_DELAY;
    /// @notice The number of the registered seal proof.
    uint256 public immutable SEAL_PROOF;
    uint256 public immutable SEAL_PARTITIONS;
    uint256 public immutable UPDATE_PARTITIONS;
    /// @notice Stake that stands behind a TiB, in Gwei.
    uint256 public immutable COLLATERAL_PER_TIB;
    /// @notice Slots that a sector is committed for at least.
    uint256 public immutable MIN_LIFETIME;
    /// @notice CommD of a sector without data.
    bytes32 public immutable EMPTY_COMM_D;

    /// @dev Most proving periods that a sector may be committed for from now on.
    uint256 private constant MAX_LIFETIME_PERIODS = 1_825;
    /// @dev How old a ticket may be at pre-commit, in slots.
    uint256 private constant TICKET_MAX_AGE = 7_200;
    /// @dev How long after its seed a sector may still be proven, in slots; ticket and seed are in Randomness all the time.
    uint256 private constant SEAL_MAX_WAIT = 50_000;

    bytes32 private constant TICKET_DOMAIN = "flashback/ticket";
    bytes32 private constant SEED_DOMAIN = "flashback/seed";
    bytes32 private constant WINDOW_DOMAIN = "flashback/window";

    uint8 private constant KIND_SEAL = 0;
    uint8 private constant KIND_UPDATE = 1;
    uint8 private constant KIND_WINDOW = 2;
    uint8 private constant KIND_RECEIPT = 4;

    uint256 private constant PROOF_BYTES = 192; // Groth16 over BLS12-381
    uint256 private constant BLOB_BYTES = 4096 * 31; // 31 to a field element

    mapping(uint64 provider => mapping(uint64 number => Sector)) private _sectors;

    /// @notice Places of a sector that deals hold: until they are over, neither `terminate` nor `expire` ends it.
    mapping(uint64 provider => mapping(uint64 number => uint256)) public dealsIn;

    event SectorPreCommitted(uint64 indexed provider, uint64 indexed number, bytes32 commR, bytes32 commD, uint40 sealSlot, uint40 expiration, uint8 cadence);
    event SectorActivated(uint64 indexed provider, uint64 indexed number, uint64 partition, uint16 place);
    event SectorUpdated(uint64 indexed provider, uint64 indexed number, bytes32 commR, bytes32 commD);
    event SectorExtended(uint64 indexed provider, uint64 indexed number, uint40 expiration);
    event SectorExpired(uint64 indexed provider, uint64 indexed number);
    event SectorTerminated(uint64 indexed provider, uint64 indexed number);
    event FaultDeclared(uint64 indexed provider, uint64 indexed number);
    event RecoveryDeclared(uint64 indexed provider, uint64 indexed number);

    /// @notice The bytes at this place of this blob prove this; every node verifies it before it takes the block.
    /// @param kind Which statement.
    /// @param subject The sector's number; of a WINDOW, the partition's.
    /// @param blobHash The blob's versioned hash.
    /// @param offset Where the proof begins, in bytes of data: 31 to a field element.
    /// @param length Of the proof, in bytes.
    event ProofClaimed(uint8 indexed kind, uint64 indexed provider, uint64 indexed subject, bytes32 blobHash, uint32 offset, uint32 length);

    error ProviderNotActive(uint64 provider);
    error NotOperator(uint64 provider, address caller);
    error NotProviders(address caller);
    error NotMarket(address caller);
    error SectorExists(uint64 number);
    error SectorNotPreCommitted(uint64 number);
    error SectorNotLive(uint64 number);
    error SectorFaulty(uint64 number);
    error SectorHasDeals(uint64 number);
    error ProvenInThisSlot(uint64 partition);
    error SectorNotFaulty(uint64 number);
    error SectorHasData(uint64 number);
    error SectorNotUpdated(uint64 number);
    error SectorNotExpired(uint64 number, uint256 expiration);
    error InvalidCommitment();
    error InvalidTicket(uint256 sealSlot, uint256 slot);
    error InvalidExpiration(uint256 expiration, uint256 earliest, uint256 latest);
    error CoverageExceeded(uint256 sectors, uint256 effectiveBalance);
    error SeedNotReady(uint256 seedSlot, uint256 slot);
    error SealTooLate(uint256 latest, uint256 slot);
    error UnknownBlob(uint256 blob);
    error OutsideBlob(uint256 offset, uint256 length);
    error RefundFailed();
    error InvalidSystemCall();

    /// @dev In a genesis no constructor runs: the values are put into the code. Here they come in the order in which they are declared.
    constructor(uint256[16] memory p) Slots(p[0], p[1]) Partitions(p[2], p[3], p[4], p[5], p[6], p[7], p[8]) {
        PRECOMMIT_DELAY = p[9];
        SEAL_PROOF = p[10];
        SEAL_PARTITIONS = p[11];
        UPDATE_PARTITIONS = p[12];
        COLLATERAL_PER_TIB = p[13];
        MIN_LIFETIME = p[14];
        EMPTY_COMM_D = bytes32(p[15]);
    }

    /// @dev The protocol's call at the end of each block, without input: closes deadlines, returns the penalties of request
    /// type 0x50, 57 bytes each.
    fallback(bytes calldata input) external returns (bytes memory) {
        if (msg.sender != SYSTEM || input.length != 0) revert InvalidSystemCall();
        _updateFee();
        _closeDeadlines();
        return _dequeue();
    }

    // Committing

    /// @notice Announces sectors that the caller, the provider's operator, is sealing. Their data is known, so the seed that
    /// comes after it cannot have been known while sealing.
    function preCommit(uint64 provider, PreCommit[] calldata sectors) external {
        uint64 effectiveBalance = _requireOperator(provider);
        uint256 committed = _accounts[provider].committed + sectors.length;
        if (committed * SECTOR_SIZE * COLLATERAL_PER_TIB > uint256(effectiveBalance) << 40) revert CoverageExceeded(committed, effectiveBalance);
        _accounts[provider].committed = uint64(committed);
        for (uint256 i = 0; i < sectors.length; ++i) {
            _preCommit(provider, sectors[i]);
        }
    }

    function _preCommit(uint64 provider, PreCommit calldata s) private {
        Sector storage sector = _sectors[provider][s.number];
        uint256 slot = currentSlot();
        if (sector.status != Status.None) revert SectorExists(s.number);
        if (s.commR == 0 || s.commD == 0) revert InvalidCommitment();
        if (s.sealSlot >= slot || slot - s.sealSlot > TICKET_MAX_AGE) revert InvalidTicket(s.sealSlot, slot);
        if (s.cadence == 0 || DEADLINES % s.cadence != 0 || uint256(s.cadence) * 2 > DEADLINES) revert InvalidCadence(s.cadence);
        _checkExpiration(s.expiration, slot + PRECOMMIT_DELAY + MIN_LIFETIME);
        sector.commR = s.commR;
        sector.commD = s.commD;
        sector.sealSlot = s.sealSlot;
        sector.preCommitSlot = uint40(slot);
        sector.expiration = s.expiration;
        sector.cadence = s.cadence;
        sector.status = Status.PreCommitted;
        emit SectorPreCommitted(provider, s.number, s.commR, s.commD, s.sealSlot, s.expiration, s.cadence);
    }

    function _checkExpiration(uint256 expiration, uint256 earliest) private view {
        uint256 latest = currentSlot() + MAX_LIFETIME_PERIODS * PROVING_PERIOD;
        if (expiration < earliest || expiration > latest) revert InvalidExpiration(expiration, earliest, latest);
    }

    // Claims

    /// @notice Claims that proofs are in this transaction's blobs. Each claim is the operator's, by sending or by signature;
    /// so anybody can put many into one blob. What is paid above the fee comes back.
    function claim(Claim[] calldata claims) external payable {
        uint256 change = _takeFee(claims.length);
        for (uint256 i = 0; i < claims.length; ++i) {
            _claim(claims[i]);
        }
        if (change == 0) return;
        (bool success, ) = msg.sender.call{value: change}("");
        if (!success) revert RefundFailed();
    }

    function _claim(Claim calldata c) private {
        (, address operator, , bool isActive) = IProviderStanding(PROVIDERS).standingOf(c.provider);
        if (!isActive) revert ProviderNotActive(c.provider);
        // A batch of receipts is fixed when it is proven, so it does not matter who proves it.
        if (msg.sender != operator && c.kind != KIND_RECEIPT) _checkSignature(c, operator, currentSlot());
        uint256 length = _apply(c);
        bytes32 blobHash = blobhash(c.blob);
        if (blobHash == 0) revert UnknownBlob(c.blob);
        if (c.offset + length > BLOB_BYTES) revert OutsideBlob(c.offset, length);
        emit ProofClaimed(c.kind, c.provider, c.subject, blobHash, c.offset, uint32(length));
    }

    /// @dev Does what a claim says; returns how many bytes it takes to show it.
    function _apply(Claim calldata c) private returns (uint256 length) {
        if (c.kind > KIND_WINDOW) return IMarketClaims(MARKET).claim(c.kind, c.provider, c.subject);
        uint256 proofs = 1;
        if (c.kind == KIND_WINDOW) {
            _prove(c.provider, c.subject);
        } else if (c.kind == KIND_SEAL) {
            _activate(c.provider, c.subject);
            proofs = SEAL_PARTITIONS;
        } else {
            _update(c.provider, c.subject, c.commR, c.commD);
            proofs = UPDATE_PARTITIONS;
        }
        return proofs * PROOF_BYTES;
    }

    function _activate(uint64 provider, uint64 number) private {
        Sector storage sector = _sectors[provider][number];
        if (sector.status != Status.PreCommitted) revert SectorNotPreCommitted(number);
        uint256 slot = currentSlot();
        uint256 seedSlot = sector.preCommitSlot + PRECOMMIT_DELAY;
        if (slot <= seedSlot) revert SeedNotReady(seedSlot, slot);
        if (slot > seedSlot + SEAL_MAX_WAIT) revert SealTooLate(seedSlot + SEAL_MAX_WAIT, slot);
        if (slot >= sector.expiration) revert SealTooLate(sector.expiration, slot);
        (uint64 partition, uint16 place) = _place(provider, number, sector.cadence);
        sector.status = Status.Sealed;
        sector.activation = uint40(slot);
        sector.partition = uint40(partition);
        sector.place = place;
        emit SectorActivated(provider, number, partition, place);
    }

    /// @dev A sector without data takes some.
    function _update(uint64 provider, uint64 number, bytes32 commR, bytes32 commD) private {
        Sector storage sector = _sectors[provider][number];
        if (commR == 0 || commD == 0) revert InvalidCommitment();
        (Partition storage p, Head memory h, uint256 word, uint256 bit) = _open(provider, number, sector);
        if (p.faulty[word] & bit != 0) revert SectorFaulty(number);
        if (sector.commD != EMPTY_COMM_D || sector.sealedCommR != 0) revert SectorHasData(number);
        p.head = h;
        sector.sealedCommR = sector.commR;
        sector.commR = commR;
        sector.commD = commD;
        emit SectorUpdated(provider, number, commR, commD);
    }

    // Faults, recoveries, ends

    /// @notice Says that sectors cannot be proven for now. Once the window's challenge is known, a fault that is due in it
    /// costs as much as one that is found. Refused in the slot of a partition's claim: until its transaction is over, the claim's
    /// view must show all that was claimed.
    function declareFaults(uint64 provider, uint64[] calldata numbers) external {
        _requireOperator(provider);
        for (uint256 i = 0; i < numbers.length; ++i) {
            uint64 number = numbers[i];
            Sector storage sector = _sectors[provider][number];
            (Partition storage p, Head memory h, uint256 word, uint256 bit) = _open(provider, number, sector);
            if (p.faulty[word] & bit != 0) revert SectorFaulty(number);
            if (h.provenSlot == currentSlot()) revert ProvenInThisSlot(sector.partition);
            p.faulty[word] |= bit;
            ++h.faulty;
            p.head = h;
            emit FaultDeclared(provider, number);
            uint256 window = h.settled;
            bool isChallenged = currentSlot() + CHALLENGE_LOOKBACK >= _opening(h, offsetOf(provider), window);
            if (isChallenged && h.proven != window + 1 && sector.place < _dueIn(h, window)) {
                _charge(provider, ((FOUND_FAULT_FEES - 1) * sectorFee()) / h.cadence, false);
            }
        }
    }

    /// @notice Says that faulty sectors will be proven again with their partition's next proof.
    function declareRecoveries(uint64 provider, uint64[] calldata numbers) external {
        _requireOperator(provider);
        for (uint256 i = 0; i < numbers.length; ++i) {
            uint64 number = numbers[i];
            (Partition storage p, Head memory h, uint256 word, uint256 bit) = _open(provider, number, _sectors[provider][number]);
            if (p.faulty[word] & ~p.recovering[word] & bit == 0) revert SectorNotFaulty(number);
            p.recovering[word] |= bit;
            ++h.recovering;
            p.head = h;
            emit RecoveryDeclared(provider, number);
        }
    }

    /// @notice Ends sectors before their time, for the termination fee.
    function terminate(uint64 provider, uint64[] calldata numbers) external {
        _requireOperator(provider);
        for (uint256 i = 0; i < numbers.length; ++i) {
            _take(provider, numbers[i]);
            emit SectorTerminated(provider, numbers[i]);
        }
        _charge(provider, numbers.length * TERMINATION_FEES * sectorFee(), false);
    }

    /// @notice Ends sectors whose time is over, and pre-commits that can no longer be proven; anybody may ask for it.
    function expire(uint64 provider, uint64[] calldata numbers) external {
        uint256 slot = currentSlot();
        if (_accounts[provider].isEnded) revert ProviderNotActive(provider);
        for (uint256 i = 0; i < numbers.length; ++i) {
            Sector storage sector = _sectors[provider][numbers[i]];
            bool isPreCommit = sector.status == Status.PreCommitted;
            uint256 from = isPreCommit ? sector.preCommitSlot + PRECOMMIT_DELAY + SEAL_MAX_WAIT + 1 : sector.expiration;
            if (isPreCommit && sector.expiration < from) from = sector.expiration;
            if (slot < from) revert SectorNotExpired(numbers[i], from);
            if (isPreCommit) {
                sector.status = Status.Ended;
                --_accounts[provider].committed;
            } else {
                _take(provider, numbers[i]);
            }
            emit SectorExpired(provider, numbers[i]);
        }
    }

    /// @notice Commits faultless sectors for longer.
    function extend(uint64 provider, uint64[] calldata numbers, uint40 expiration) external {
        _requireOperator(provider);
        for (uint256 i = 0; i < numbers.length; ++i) {
            Sector storage sector = _sectors[provider][numbers[i]];
            (Partition storage p, Head memory h, uint256 word, uint256 bit) = _open(provider, numbers[i], sector);
            if (p.faulty[word] & bit != 0) revert SectorFaulty(numbers[i]);
            _checkExpiration(expiration, sector.expiration + 1);
            p.head = h;
            sector.expiration = expiration;
            emit SectorExtended(provider, numbers[i], expiration);
        }
    }

    /// @dev Providers' alone: its validator leaves or was slashed, and so all its sectors end.
    function terminateProvider(uint64 provider) external {
        if (msg.sender != PROVIDERS) revert NotProviders(msg.sender);
        Account memory account = _accounts[provider];
        _accounts[provider] = Account(0, 0, account.partitions, true);
        if (account.active > 0) _charge(provider, account.active * TERMINATION_FEES * sectorFee(), true);
    }

    // Deals: Market's alone

    /// @dev A deal holds a place of a sector, or lets go of it.
    function hold(uint64 provider, uint64 number, bool isHeld) external {
        if (msg.sender != MARKET) revert NotMarket(msg.sender);
        dealsIn[provider][number] = isHeld ? dealsIn[provider][number] + 1 : dealsIn[provider][number] - 1;
    }

    /// @dev A deal is broken: what is left of its fee falls on the stake too, in Gwei.
    function chargeDeal(uint64 provider, uint256 amount) external {
        if (msg.sender != MARKET) revert NotMarket(msg.sender);
        _charge(provider, amount, false);
    }

    // Views: what claims must prove. The node asks after each transaction, in the state as it is then.

    /// @notice What a SEAL claim states.
    /// @return proverId Who the replica is made for.
    /// @return ticket Randomness from before sealing.
    /// @return seed Randomness from after pre-commit.
    /// @return commD The data.
    /// @return commR The replica.
    function sealInputs(uint64 provider, uint64 number)
        external
        view
        returns (bytes32 proverId, bytes32 ticket, bytes32 seed, bytes32 commD, bytes32 commR)
    {
        Sector storage sector = _sectors[provider][number];
        if (sector.status == Status.None) revert SectorNotPreCommitted(number);
        proverId = IProviderStanding(PROVIDERS).proverIdOf(provider);
        ticket = _randomness(sector.sealSlot, TICKET_DOMAIN, proverId);
        seed = _randomness(sector.preCommitSlot + PRECOMMIT_DELAY, SEED_DOMAIN, proverId);
        bool isUpdated = sector.sealedCommR != 0;
        commD = isUpdated ? EMPTY_COMM_D : sector.commD;
        commR = isUpdated ? sector.sealedCommR : sector.commR;
    }

    /// @notice What an UPDATE claim states.
    function updateInputs(uint64 provider, uint64 number) external view returns (bytes32 commROld, bytes32 commRNew, bytes32 commDNew) {
        Sector storage sector = _sectors[provider][number];
        if (sector.sealedCommR == 0) revert SectorNotUpdated(number);
        return (sector.sealedCommR, sector.commR, sector.commD);
    }

    /// @notice What a WINDOW claim states in the window that is open or comes next: each sector, in this order, is held.
    /// Before the claim these are all that are due but the faulty, and of these all that are recovering; after it, those it proved.
    /// @return challenge Randomness, cut to 254 bits (little-endian): a field element.
    function windowInputs(uint64 provider, uint64 partition) external view returns (bytes32 challenge, uint64[] memory numbers, bytes32[] memory commRs) {
        Partition storage p = _partitions[provider][partition];
        Head memory h = _headNow(provider, partition);
        uint256 due = _dueIn(h, h.settled);
        bool isProven = h.proven == h.settled + 1;
        uint256[WORDS] memory bits;
        uint256 count;
        for (uint256 word = 0; word < _words(due); ++word) {
            bits[word] = p.live[word] & ~p.faulty[word] & _below(due, word);
            if (!isProven && h.recovering > 0) bits[word] |= p.recovering[word] & _below(due, word);
            count += _ones(bits[word]);
        }
        (numbers, commRs) = _named(provider, p, bits, due, count);
        bytes32 proverId = IProviderStanding(PROVIDERS).proverIdOf(provider);
        challenge = _randomness(_challengeSlot(h, provider), WINDOW_DOMAIN, proverId) & ~bytes32(uint256(0xc0));
    }

    function _named(uint64 provider, Partition storage p, uint256[WORDS] memory bits, uint256 due, uint256 count)
        private
        view
        returns (uint64[] memory numbers, bytes32[] memory commRs)
    {
        numbers = new uint64[](count);
        commRs = new bytes32[](count);
        uint256 next = 0;
        for (uint256 place = 0; place < due; ++place) {
            if ((bits[place >> 8] >> (place & 0xff)) & 1 == 0) continue;
            numbers[next] = p.numbers[place];
            commRs[next] = _sectors[provider][numbers[next]].commR;
            ++next;
        }
    }

    // Views: what there is

    /// @notice A sector, and how it stands.
    /// @return sector What was recorded of it.
    /// @return isLive Whether it is to be proven.
    function sectorOf(uint64 provider, uint64 number) external view returns (Sector memory sector, bool isLive, bool isFaulty, bool isRecovering) {
        sector = _sectors[provider][number];
        if (sector.status != Status.Sealed || _accounts[provider].isEnded) return (sector, false, false, false);
        Partition storage p = _partitions[provider][sector.partition];
        uint256 word = sector.place >> 8;
        uint256 bit = 1 << (sector.place & 0xff);
        return (sector, p.live[word] & bit != 0, p.faulty[word] & bit != 0, p.recovering[word] & bit != 0);
    }

    /// @notice What is counted of a partition, as of its last change: windows that have passed since are not closed in it.
    function partitionOf(uint64 provider, uint64 partition) external view returns (Head memory) {
        return _partitions[provider][partition].head;
    }

    /// @notice The numbers of all sectors that were ever put into a partition, by place.
    function sectorsOf(uint64 provider, uint64 partition) external view returns (uint64[] memory numbers) {
        Partition storage p = _partitions[provider][partition];
        numbers = new uint64[](p.head.count);
        for (uint256 place = 0; place < numbers.length; ++place) {
            numbers[place] = p.numbers[place];
        }
    }

    /// @notice What is counted of a provider.
    function accountOf(uint64 provider) external view returns (Account memory) {
        return _accounts[provider];
    }

    /// @notice The window of a partition that is open or comes next. All times are slots.
    /// @return window Its number.
    /// @return challengeSlot Whose randomness it is about.
    /// @return opens The first slot in which it can be proven.
    /// @return closes The first slot in which it no longer can.
    function windowOf(uint64 provider, uint64 partition)
        external
        view
        returns (uint256 window, uint256 challengeSlot, uint256 opens, uint256 closes, bool isProven)
    {
        Head memory h = _headNow(provider, partition);
        opens = _opening(h, offsetOf(provider), h.settled);
        return (h.settled, _challengeSlot(h, provider), opens, opens + PROVING_PERIOD / DEADLINES, h.proven == h.settled + 1);
    }

    /// @dev A live sector's partition, with its head settled, which the caller writes back; and the sector's bit there.
    function _open(uint64 provider, uint64 number, Sector storage sector) private returns (Partition storage p, Head memory h, uint256 word, uint256 bit) {
        if (sector.status != Status.Sealed) revert SectorNotLive(number);
        p = _partitions[provider][sector.partition];
        h = _settled(provider, sector.partition);
        word = sector.place >> 8;
        bit = 1 << (sector.place & 0xff);
        if (p.live[word] & bit == 0) revert SectorNotLive(number);
    }

    /// @dev Takes a live sector out of its partition, for good.
    function _take(uint64 provider, uint64 number) private {
        Sector storage sector = _sectors[provider][number];
        if (dealsIn[provider][number] != 0) revert SectorHasDeals(number);
        (Partition storage p, Head memory h, , ) = _open(provider, number, sector);
        _remove(provider, p, h, sector.place);
        p.head = h;
        sector.status = Status.Ended;
    }

    /// @dev A head whose window is that of this slot; closings that are still to come are not looked into.
    function _headNow(uint64 provider, uint64 partition) private view returns (Head memory h) {
        h = _partitions[provider][partition].head;
        if (h.cadence == 0) revert UnknownPartition(partition);
        h.settled = uint40(_closedWindows(h, offsetOf(provider), currentSlot()));
    }

    function _challengeSlot(Head memory h, uint64 provider) private view returns (uint256) {
        uint256 opens = _opening(h, offsetOf(provider), h.settled);
        return opens > CHALLENGE_LOOKBACK ? opens - CHALLENGE_LOOKBACK : 0;
    }

    function _randomness(uint256 slot, bytes32 domain, bytes32 proverId) private view returns (bytes32) {
        return IRandomness(RANDOMNESS).randomness(slot, domain, abi.encodePacked(proverId));
    }

    function _requireOperator(uint64 provider) private view returns (uint64 effectiveBalance) {
        address operator;
        bool isActive;
        (, operator, effectiveBalance, isActive) = IProviderStanding(PROVIDERS).standingOf(provider);
        if (!isActive) revert ProviderNotActive(provider);
        if (msg.sender != operator) revert NotOperator(provider, msg.sender);
    }
}
