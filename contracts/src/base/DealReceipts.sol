// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MARKET, PROVIDERS, RANDOMNESS} from "./Addresses.sol";
import {DealRequests} from "./DealRequests.sol";
import {Market} from "../Market.sol";
import {Providers} from "../Providers.sol";
import {Randomness} from "../Randomness.sol";

/// @title Receipts: deliveries that client and provider have signed for each other, in batches.
/// @notice Either side submits what the other one signed. First the batch is fixed: the root of its deliveries, and what they add up to.
/// A RECEIPT claim then puts them into a blob, each with a path at a node of its range that was drawn after the batch was fixed; the
/// nodes of the chain check signatures, sums and paths. Deliveries of a provider to a region are numbered by the two of them, from 1, and
/// batches follow on each other without a gap: none counts twice, and none that was slow is left out.
abstract contract DealReceipts is DealRequests {
    /// @notice Deliveries that count together.
    struct Batch {
        bytes32 root; // of a tree of keccak256 over the deliveries' EIP-712 digests, zeros up to a power of two
        address signer; // who has signed each: the other side, as of its submission
        uint40 slot; // of its submission
        uint8 region; // its place among the deal's
        uint16 count;
        bool isProven;
        uint64 provider;
        uint64 first; // the first delivery's number
        uint64 sum; // ms to the last byte, each at most TIME_OUT
        uint32 median; // of these, the lower one
    }

    struct Tally {
        uint64 sum; // ms
        uint64 count;
    }

    /// @notice Most deliveries of a batch: with their paths they fit a blob, whatever the piece's size.
    uint256 public constant MAX_BATCH = 64;

    /// @notice Most deliveries that count for a provider in a region.
    uint256 public constant MAX_SAMPLES = 1_024;

    /// @notice With fewer samples in one of the regions a provider cannot be the quickest.
    uint256 public constant MIN_SAMPLES = 3;

    /// @dev How long after its submission a batch may still be claimed, in slots.
    uint256 private constant MAX_WAIT = 50_000;

    bytes32 private constant RECEIPT_DOMAIN = "flashback/receipt";
    bytes32 private constant DOMAIN_TYPEHASH = keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    Batch[] internal _batches;
    mapping(uint64 provider => mapping(uint256 region => Tally)) internal _tallies;

    event ReceiptsSubmitted(
        uint256 indexed batch, uint64 indexed provider, uint16 region, uint64 first, uint16 count, uint64 sum, uint32 median, bytes32 root, address signer
    );
    event ReceiptsProven(uint256 indexed batch, uint64 indexed provider);

    error NotParty(address caller);
    error InvalidBatch();
    error UnknownBatch(uint256 batch);
    error AlreadyProven(uint256 batch);
    error NotNext(uint64 first, uint256 expected);
    error TooManySamples(uint256 samples);

    /// @notice How a provider did in a region: the sum of its times, in ms, and their number.
    function tallyOf(uint64 provider, uint256 region) external view returns (uint64 sum, uint64 count) {
        Tally storage tally = _tallies[provider][region];
        return (tally.sum, tally.count);
    }

    /// @notice A batch, by its number, from 1.
    function batchOf(uint256 batch) external view returns (Batch memory) {
        return _batch(batch);
    }

    /// @notice Fixes a batch of deliveries that the other side has signed. It counts once its RECEIPT claim is made, which anybody may.
    /// @param region The region's place among the deal's.
    /// @param first The number of the first of them: one more than count already when the claim is made.
    /// @param count How many: 1 to 64.
    /// @param sum Of their times to the last byte, in ms, each at most TIME_OUT.
    /// @param median Of these, the lower one.
    /// @param root Of the tree over their digests.
    /// @return batch Its number, from 1.
    function submitReceipts(uint64 provider, uint8 region, uint64 first, uint16 count, uint64 sum, uint32 median, bytes32 root)
        external
        returns (uint256 batch)
    {
        _only(Phase.Running);
        _before(end);
        _shareIn(provider, Standing.Active);
        if (region >= _regions.length || count == 0 || count > MAX_BATCH) revert InvalidBatch();
        (, address operator, , ) = Providers(PROVIDERS).standingOf(provider);
        bool isClients = msg.sender == client || msg.sender == reader;
        if (!isClients && msg.sender != operator) revert NotParty(msg.sender);
        address signer = isClients ? operator : reader;
        _batches.push(Batch(root, signer, uint40(currentSlot()), region, count, false, provider, first, sum, median));
        batch = _batches.length;
        emit ReceiptsSubmitted(batch, provider, _regions[region], first, count, sum, median, root, signer);
    }

    /// @dev A RECEIPT claim: what was submitted counts. Returns how many bytes show it.
    function _claimReceipts(uint64 provider, uint256 item) internal returns (uint256 length) {
        Batch storage batch = _batch(item);
        _shareIn(provider, Standing.Active);
        _before(end);
        if (batch.provider != provider) revert UnknownBatch(item);
        if (batch.isProven) revert AlreadyProven(item);
        _from(uint256(batch.slot) + 2); // the seed is that of the slot after submission, and known only behind it
        _before(uint256(batch.slot) + MAX_WAIT); // so that the seed is still in Randomness
        Tally storage tally = _tallies[provider][batch.region];
        if (batch.first != tally.count + 1) revert NotNext(batch.first, tally.count + 1);
        if (tally.count + batch.count > MAX_SAMPLES) revert TooManySamples(tally.count + batch.count);
        batch.isProven = true;
        tally.count += batch.count;
        tally.sum += batch.sum;
        emit ReceiptsProven(item, provider);
        Market(MARKET).record(client, provider, batch.count, batch.count, batch.count, batch.median);
        return uint256(batch.count) * (185 + 32 * uint256(levels)); // see docs/PROTOCOL.md
    }

    /// @notice What a RECEIPT claim of this deal states: see Market. Of what was fixed at submission nothing changes.
    function receiptInputs(uint64 provider, uint256 item) external view returns (bytes32[12] memory words) {
        Batch storage batch = _batch(item);
        if (batch.provider != provider) revert UnknownBatch(item);
        words[0] = keccak256(abi.encode(DOMAIN_TYPEHASH, keccak256("Flashback Deals"), keccak256("1"), block.chainid, address(this)));
        words[1] = batch.root;
        words[2] = bytes32(uint256(uint160(batch.signer)));
        words[3] = bytes32(uint256(provider));
        words[4] = bytes32(uint256(_regions[batch.region]));
        words[5] = commP;
        words[6] = bytes32(uint256(levels));
        words[7] = bytes32(uint256(batch.first));
        words[8] = bytes32(uint256(batch.count));
        words[9] = bytes32(uint256(batch.sum));
        words[10] = bytes32(uint256(batch.median));
        words[11] = Randomness(RANDOMNESS).randomness(uint256(batch.slot) + 1, RECEIPT_DOMAIN, abi.encodePacked(batch.root));
    }

    /// @dev How long a provider takes: the average of each region, in microseconds, added up over them; every region has the same weight.
    /// Requests on chain are samples of all regions: by the slots that they waited, or as time-outs.
    /// @return isRanked Whether there are enough samples in all of them, and not time-outs alone.
    function _timeOf(Share storage share) internal view returns (bool isRanked, uint256 time) {
        uint256 timeOuts = _timeOutsOf(share);
        uint256 waited = share.waited + timeOuts * TIME_OUT;
        for (uint256 region = 0; region < _regions.length; ++region) {
            Tally storage tally = _tallies[share.provider][region];
            uint256 served = tally.count + share.answered;
            if (served == 0 || served + timeOuts < MIN_SAMPLES) return (false, 0);
            time += ((tally.sum + waited) * 1_000) / (served + timeOuts);
        }
        return (true, time);
    }

    function _batch(uint256 item) private view returns (Batch storage) {
        if (item == 0 || item > _batches.length) revert UnknownBatch(item);
        return _batches[item - 1];
    }
}
