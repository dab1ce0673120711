// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PenaltyQueue} from "./PenaltyQueue.sol";
import {Slots} from "./Slots.sol";

/// @title Which sectors are proven together, when, and what follows if they are not.
/// @notice A partition is due `cadence` times in a proving period: its windows are numbered from 0, counted from its
/// provider's first period. Window k opens at `offset + (firstDeadline + k·step)·length` and lasts `length` slots.
/// @dev Sectors are bits, at the place they were given when they became active; what is counted is kept in one word, so
/// proving costs the same for one sector as for all. Closing is lazy: whoever touches a partition first settles the windows
/// that have passed, so the end-of-block call may come late without changing what anybody owes.
/// spec: docs/PROTOCOL.md, sections 3 and 5.
abstract contract Partitions is Slots, PenaltyQueue {
    uint256 internal constant WORDS = 10; // 256 places each: 2,560, room for Filecoin's 2,349
    uint256 private constant AGE_BITS = 6; // FAULT_MAX_AGE < 64

    /// @dev Fees that a sector's end by fault or by will costs.
    uint256 internal constant TERMINATION_FEES = 14;

    /// @dev Fees that a fault costs in the window it is found in.
    uint256 internal constant FOUND_FAULT_FEES = 3;

    /// @notice What is counted of a partition: one word of storage.
    struct Head {
        uint40 settled; // windows that have been closed
        uint40 proven; // 1 + the window that was proven last
        uint40 fresh; // 1 + the window after whose challenge sectors came in last
        uint16 due; // places given before that challenge: these alone are due in that window
        uint16 count; // places given
        uint16 live; // sectors that have not ended
        uint16 faulty; // of these
        uint16 recovering; // of the faulty
        uint16 firstDeadline;
        uint8 cadence; // windows in a proving period
        uint32 provenSlot; // of the last claim
    }

    struct Partition {
        Head head;
        uint256[WORDS] live;
        uint256[WORDS] faulty;
        uint256[WORDS] recovering;
        /// Periods that a faulty sector has been faulty, a bit of the number in each plane.
        uint256[WORDS][AGE_BITS] age;
        /// Sector numbers by place.
        uint64[256 * WORDS] numbers;
    }

    struct Account {
        uint64 committed; // sectors, from pre-commit to end
        uint64 active; // sectors that are to be proven
        uint64 partitions;
        bool isEnded;
    }

    /// @dev Where new sectors of a cadence go.
    struct Group {
        uint64 partition; // 1 + the one that is filled
        uint64 nextDeadline;
    }

    /// @notice Slots of a proving period.
    uint256 public immutable PROVING_PERIOD;
    /// @notice Deadlines that a proving period is cut into.
    uint256 public immutable DEADLINES;
    /// @notice Slots between a window's challenge and its opening; no more than a deadline has.
    uint256 public immutable CHALLENGE_LOOKBACK;
    /// @notice Periods that a fault may last, below 64.
    uint256 public immutable FAULT_MAX_AGE;
    /// @notice Most sectors of a partition, up to 2,560.
    uint256 public immutable PARTITION_SECTORS;
    /// @notice Bytes of a sector.
    uint256 public immutable SECTOR_SIZE;
    /// @notice What a faulty GiB costs in a period, in Gwei.
    uint256 public immutable FAULT_FEE;

    mapping(uint64 provider => Account) internal _accounts;
    mapping(uint64 provider => mapping(uint64 partition => Partition)) internal _partitions;
    mapping(uint64 provider => mapping(uint256 cadence => Group)) private _groups;

    /// @dev Partitions by the slot of the period at which a window of theirs closes: provider in the upper, partition in the lower 64 bits.
    mapping(uint256 slotInPeriod => uint256[]) private _closings;
    uint64 private _nextSlot; // the first whose closings are not all done
    uint64 private _nextEntry; // of these, the first that is not done

    /// @dev Gas that one closing and what comes after it may need.
    uint256 private constant GAS_RESERVE = 5_000_000;

    event PartitionCreated(uint64 indexed provider, uint64 indexed partition, uint16 firstDeadline, uint8 cadence);
    /// @notice A window passed in which not everything was proven.
    /// @param found Sectors that became faulty with it.
    /// @param faulty Sectors that had been faulty before.
    /// @param ended Sectors that ended because they were faulty too long.
    event WindowClosed(uint64 indexed provider, uint64 indexed partition, uint256 window, uint256 found, uint256 faulty, uint256 ended);

    error InvalidCadence(uint256 cadence);
    error UnknownPartition(uint64 partition);
    error WindowNotOpen(uint256 slot, uint256 opens);
    error AlreadyProven(uint256 window);
    error NothingToProve(uint256 window);

    constructor(uint256 period, uint256 deadlines, uint256 lookback, uint256 maxAge, uint256 sectors, uint256 size, uint256 fee) {
        PROVING_PERIOD = period;
        DEADLINES = deadlines;
        CHALLENGE_LOOKBACK = lookback;
        FAULT_MAX_AGE = maxAge;
        PARTITION_SECTORS = sectors;
        SECTOR_SIZE = size;
        FAULT_FEE = fee;
    }

    /// @notice What a faulty sector costs in a period, in Gwei.
    function sectorFee() public view returns (uint256) {
        return (FAULT_FEE * SECTOR_SIZE) >> 30;
    }

    /// @notice The slot of its first proving period's start: drawn from its number, so that the load spreads.
    function offsetOf(uint64 provider) public view returns (uint256) {
        return uint256(keccak256(abi.encode(provider))) % PROVING_PERIOD;
    }

    // Windows

    /// @dev How many windows of a partition have closed at a slot: also the number of the one that is open or comes next.
    function _closedWindows(Head memory h, uint256 offset, uint256 slot) internal view returns (uint256) {
        uint256 length = PROVING_PERIOD / DEADLINES;
        if (slot < offset + (h.firstDeadline + 1) * length) return 0;
        return ((slot - offset) / length - 1 - h.firstDeadline) / (DEADLINES / h.cadence) + 1;
    }

    function _opening(Head memory h, uint256 offset, uint256 window) internal view returns (uint256) {
        return offset + (h.firstDeadline + window * (DEADLINES / h.cadence)) * (PROVING_PERIOD / DEADLINES);
    }

    /// @dev Places that are due in a window.
    function _dueIn(Head memory h, uint256 window) internal pure returns (uint256) {
        return h.fresh == window + 1 ? h.due : h.count;
    }

    /// @dev The places below a number, in one of the words.
    function _below(uint256 places, uint256 word) internal pure returns (uint256) {
        if (places >= (word + 1) << 8) return type(uint256).max;
        return places <= word << 8 ? 0 : (1 << (places & 0xff)) - 1;
    }

    function _words(uint256 places) internal pure returns (uint256) {
        return (places + 255) >> 8;
    }

    // Sectors come and go

    /// @dev Gives an active sector its place: due from the next window whose challenge is still to come.
    function _place(uint64 provider, uint64 number, uint8 cadence) internal returns (uint64 partition, uint16 place) {
        partition = _openPartition(provider, cadence);
        Partition storage p = _partitions[provider][partition];
        Head memory h = p.head;
        uint256 slot = currentSlot();
        uint256 offset = offsetOf(provider);
        _settle(provider, partition, h, slot);
        if (slot + CHALLENGE_LOOKBACK >= _opening(h, offset, h.settled) && h.fresh != h.settled + 1) {
            h.fresh = h.settled + 1;
            h.due = h.count;
        }
        place = h.count++;
        ++h.live;
        p.live[place >> 8] |= 1 << (place & 0xff);
        p.numbers[place] = number;
        p.head = h;
        ++_accounts[provider].active;
    }

    /// @dev The partition that is being filled, or a new one at the deadline after the last one's.
    function _openPartition(uint64 provider, uint8 cadence) private returns (uint64 partition) {
        Group memory group = _groups[provider][cadence];
        if (group.partition != 0 && _partitions[provider][group.partition - 1].head.count < PARTITION_SECTORS) return group.partition - 1;
        partition = _accounts[provider].partitions++;
        uint256 step = DEADLINES / cadence;
        uint256 first = group.nextDeadline % step;
        _groups[provider][cadence] = Group(partition + 1, uint64(first + 1));
        Head storage h = _partitions[provider][partition].head;
        h.firstDeadline = uint16(first);
        h.cadence = cadence;
        uint256 offset = offsetOf(provider);
        uint256 length = PROVING_PERIOD / DEADLINES;
        for (uint256 i = 0; i < cadence; ++i) {
            _closings[(offset + (first + i * step + 1) * length) % PROVING_PERIOD].push((uint256(provider) << 64) | partition);
        }
        emit PartitionCreated(provider, partition, uint16(first), cadence);
    }

    /// @dev Takes a live sector out. The head is the caller's to write back.
    function _remove(uint64 provider, Partition storage p, Head memory h, uint256 place) internal {
        uint256 word = place >> 8;
        uint256 bit = 1 << (place & 0xff);
        p.live[word] &= ~bit;
        --h.live;
        if (p.faulty[word] & bit != 0) {
            --h.faulty;
            if (p.recovering[word] & bit != 0) --h.recovering;
            _heal(p, word, bit);
        }
        --_accounts[provider].active;
        --_accounts[provider].committed;
    }

    /// @dev Makes sectors of a word faultless: bits and ages. Counts are the caller's.
    function _heal(Partition storage p, uint256 word, uint256 bits) private {
        p.faulty[word] &= ~bits;
        if (p.recovering[word] & bits != 0) p.recovering[word] &= ~bits;
        for (uint256 plane = 0; plane < AGE_BITS; ++plane) {
            uint256 ages = p.age[plane][word];
            if (ages & bits != 0) p.age[plane][word] = ages & ~bits;
        }
    }

    // Proving

    /// @dev Records that the open window is proven, and that what was recovering has recovered. Returns the window.
    function _prove(uint64 provider, uint64 partition) internal returns (uint256 window) {
        Partition storage p = _partitions[provider][partition];
        Head memory h = _settled(provider, partition);
        window = h.settled;
        uint256 opens = _opening(h, offsetOf(provider), window);
        if (currentSlot() < opens) revert WindowNotOpen(currentSlot(), opens);
        if (h.proven == window + 1) revert AlreadyProven(window);
        if (_provable(p, h, window) == 0) revert NothingToProve(window);
        h.proven = uint40(window + 1);
        h.provenSlot = uint32(currentSlot());
        if (h.recovering > 0) _recover(p, h, _dueIn(h, window));
        p.head = h;
    }

    /// @dev How many sectors a proof for the window must show; exact only as far as whether there are any.
    function _provable(Partition storage p, Head memory h, uint256 window) private view returns (uint256 sectors) {
        if (h.fresh != window + 1) return uint256(h.live) - h.faulty + h.recovering;
        for (uint256 word = 0; word < _words(h.due) && sectors == 0; ++word) {
            sectors = p.live[word] & (~p.faulty[word] | p.recovering[word]) & _below(h.due, word);
        }
    }

    function _recover(Partition storage p, Head memory h, uint256 due) private {
        for (uint256 word = 0; word < _words(due); ++word) {
            uint256 recovered = p.recovering[word] & _below(due, word);
            if (recovered == 0) continue;
            _heal(p, word, recovered);
            uint16 many = uint16(_ones(recovered));
            h.faulty -= many;
            h.recovering -= many;
        }
    }

    // Closing

    /// @dev The head of a partition whose past windows are all closed.
    function _settled(uint64 provider, uint64 partition) internal returns (Head memory h) {
        h = _partitions[provider][partition].head;
        if (h.cadence == 0) revert UnknownPartition(partition);
        _settle(provider, partition, h, currentSlot());
    }

    /// @dev Closes the windows that have passed. The head is the caller's to write back.
    function _settle(uint64 provider, uint64 partition, Head memory h, uint256 slot) internal {
        _settle(provider, partition, h, slot, 0);
    }

    /// @dev The same, as long as there is more gas than a reserve: what is left is closed next time.
    function _settle(uint64 provider, uint64 partition, Head memory h, uint256 slot, uint256 reserve) private returns (bool isDone) {
        uint256 closed = _closedWindows(h, offsetOf(provider), slot);
        while (h.settled < closed && h.live > 0) {
            if (gasleft() < reserve) return false;
            _close(provider, partition, h);
        }
        h.settled = uint40(closed);
        return true;
    }

    /// @dev Closes one window: what was faulty pays and grows older, what was not proven becomes faulty.
    function _close(uint64 provider, uint64 partition, Head memory h) private {
        Partition storage p = _partitions[provider][partition];
        uint256 window = h.settled++;
        uint256 before = h.faulty;
        uint256 ended = before > 0 && (window + 1) % h.cadence == 0 ? _grow(provider, p, h) : 0;
        uint256 found = h.proven == window + 1 ? 0 : _find(p, h, _dueIn(h, window));
        if (before + found == 0) return;
        uint256 fee = sectorFee();
        uint256 amount = (before * fee + found * FOUND_FAULT_FEES * fee) / h.cadence + ended * TERMINATION_FEES * fee;
        emit WindowClosed(provider, partition, window, found, before, ended);
        _charge(provider, amount, ended > 0 && _accounts[provider].active == 0);
    }

    /// @dev All that was due and not faulty becomes faulty; what was recovering has not recovered.
    function _find(Partition storage p, Head memory h, uint256 due) private returns (uint256 found) {
        if (h.recovering > 0) {
            for (uint256 word = 0; word < _words(h.count); ++word) {
                if (p.recovering[word] != 0) p.recovering[word] = 0;
            }
            h.recovering = 0;
        }
        if (h.live == h.faulty) return 0;
        for (uint256 word = 0; word < _words(due); ++word) {
            uint256 faulty = p.faulty[word];
            uint256 missed = p.live[word] & ~faulty & _below(due, word);
            if (missed == 0) continue;
            p.faulty[word] = faulty | missed;
            found += _ones(missed);
        }
        h.faulty += uint16(found);
    }

    /// @dev Adds a period to the age of every faulty sector: binary addition, for 256 of them at once. Ends those that are too old.
    function _grow(uint64 provider, Partition storage p, Head memory h) private returns (uint256 ended) {
        for (uint256 word = 0; word < _words(h.count); ++word) {
            uint256 faulty = p.faulty[word];
            if (faulty == 0) continue;
            uint256 carry = faulty;
            uint256 tooOld = faulty;
            for (uint256 plane = 0; plane < AGE_BITS; ++plane) {
                uint256 ages = p.age[plane][word];
                uint256 grown = ages ^ carry;
                if (carry != 0) p.age[plane][word] = grown;
                carry &= ages;
                tooOld &= (FAULT_MAX_AGE >> plane) & 1 == 1 ? grown : ~grown;
            }
            if (tooOld != 0) ended += _end(p, h, word, tooOld);
        }
        if (ended == 0) return 0;
        _accounts[provider].active -= uint64(ended);
        _accounts[provider].committed -= uint64(ended);
    }

    function _end(Partition storage p, Head memory h, uint256 word, uint256 bits) private returns (uint256 many) {
        many = _ones(bits);
        h.live -= uint16(many);
        h.faulty -= uint16(many);
        h.recovering -= uint16(_ones(p.recovering[word] & bits));
        p.live[word] &= ~bits;
        _heal(p, word, bits);
    }

    /// @dev At the end of each block: closes what has passed since, as far as gas reaches; the rest comes with the next block.
    function _closeDeadlines() internal {
        uint256 slot = currentSlot();
        uint256 next = _nextSlot;
        uint256 entry = _nextEntry;
        if (next + PROVING_PERIOD <= slot) (next, entry) = (slot + 1 - PROVING_PERIOD, 0); // settling catches up with all periods
        while (next <= slot && gasleft() > GAS_RESERVE) {
            uint256[] storage closings = _closings[next % PROVING_PERIOD];
            if (entry >= closings.length) {
                (next, entry) = (next + 1, 0);
                continue;
            }
            (bool isDone, bool isOver) = _closeEntry(closings[entry], slot);
            if (isOver) {
                closings[entry] = closings[closings.length - 1];
                closings.pop();
            } else if (isDone) {
                ++entry;
            }
        }
        _nextSlot = uint64(next);
        _nextEntry = uint64(entry);
    }

    /// @dev Settles a partition.
    /// @return isDone False when gas ran short on the way.
    /// @return isOver Whether there will never be anything to settle in it again.
    function _closeEntry(uint256 closing, uint256 slot) private returns (bool isDone, bool isOver) {
        uint64 provider = uint64(closing >> 64);
        uint64 partition = uint64(closing);
        if (_accounts[provider].isEnded) return (true, true);
        Partition storage p = _partitions[provider][partition];
        Head memory h = p.head;
        if (h.live == 0 && h.count == PARTITION_SECTORS) return (true, true);
        uint256 before = h.settled;
        isDone = _settle(provider, partition, h, slot, GAS_RESERVE);
        if (h.settled != before) p.head = h;
    }

    /// @dev How many bits are set.
    function _ones(uint256 v) internal pure returns (uint256) {
        unchecked {
            v -= (v >> 1) & (type(uint256).max / 3);
            v = (v & (type(uint256).max / 5)) + ((v >> 2) & (type(uint256).max / 5));
            v = (v + (v >> 4)) & (type(uint256).max / 17);
            // Bytes hold at most 8 each; halves are added so that 256 does not overflow a byte.
            v += v >> 128;
            v += v >> 64;
            v = (v & 0x00ff00ff00ff00ff) + ((v >> 8) & 0x00ff00ff00ff00ff);
            v += v >> 32;
            v += v >> 16;
            return v & 0xffff;
        }
    }
}
