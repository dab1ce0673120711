// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PROVIDERS, RANDOMNESS, SECTORS} from "./Addresses.sol";
import {DealBook} from "./DealBook.sol";
import {Providers} from "../Providers.sol";
import {Randomness} from "../Randomness.sol";
import {Sectors} from "../Sectors.sol";

/// @title Showing that the piece is at hand, unsealed: in every window, and whenever the client forces it.
/// @notice A window counts when the sealed replica is proven (WINDOW) and then the readable copy (HOT), while it is open. A request
/// on chain is answered by a HOT claim that puts the asked bytes into a blob: the client reads them there, so a provider needs
/// nobody's signature to disprove that it was silent. A request that is not answered is a time-out.
abstract contract DealRequests is DealBook {
    struct Request {
        uint40 slot;
        uint64 place; // in the row
        uint8 height; // of the row above the nodes: 2^height of them are asked for
        uint16 answered; // a bit for each share
    }

    /// @notice Nodes that a window's HOT claim shows.
    uint256 public constant HOT_NODES = 16;

    /// @notice The largest request: 2^11 nodes of 32 bytes, 64 KiB, fit a blob with their path.
    uint256 public constant MAX_REQUEST_HEIGHT = 11;

    /// @notice Most requests on chain of a deal.
    uint256 public constant MAX_REQUESTS = 64;

    /// @notice What a request that is not answered counts as, and the most that a delivery does, in milliseconds.
    uint256 public constant TIME_OUT = 60_000;

    bytes32 private constant HOT_DOMAIN = "flashback/hot";

    Request[] internal _requests;

    event ReaderChanged(address reader);
    event DataRequested(uint256 indexed request, uint64 place, uint8 height, uint256 until);
    event RequestAnswered(uint256 indexed request, uint64 indexed provider);
    event WindowShown(uint64 indexed provider, uint256 opens);

    error NotReader(address caller);
    error InvalidRequest(uint64 place, uint8 height);
    error TooManyRequests();
    error UnknownRequest(uint256 request);
    error AlreadyAnswered(uint64 provider, uint256 request);
    error WindowNotDue(uint256 opens, uint256 closes);
    error WindowNotProven(uint256 opens);
    error WindowAlreadyShown(uint256 opens);
    error SectorFaulty(uint64 sector);

    /// @notice Slots that providers have to answer a request on chain: a deadline's.
    function disputeWindow() public view returns (uint256) {
        return PROVING_PERIOD / DEADLINES;
    }

    /// @notice Names the key that reads for the client.
    function setReader(address newReader) external {
        _onlyClient();
        reader = newReader;
        emit ReaderChanged(newReader);
    }

    /// @notice All requests on chain.
    function requests() external view returns (Request[] memory) {
        return _requests;
    }

    /// @notice Asks all providers on chain for a part of the piece: the forced path, for who gets no answer. One at a time.
    /// @param place The part's place among the piece's parts of this height.
    /// @param height The part has 2^height nodes of 32 bytes, Fr32-padded: 0 to 11, and not more than the piece.
    /// @return request Its number, from 1.
    function requestData(uint64 place, uint8 height) external returns (uint256 request) {
        if (msg.sender != reader && msg.sender != client) revert NotReader(msg.sender);
        _only(Phase.Running);
        uint256 slot = currentSlot();
        uint256 until = slot + disputeWindow();
        if (until >= end) revert TooLate(slot, end - disputeWindow());
        if (height > MAX_REQUEST_HEIGHT || height > levels || place >> (levels - height) != 0) revert InvalidRequest(place, height);
        if (_isRequestOpen()) revert TooEarly(slot, _requests[_requests.length - 1].slot + disputeWindow() + 1);
        if (_requests.length == MAX_REQUESTS) revert TooManyRequests();
        _requests.push(Request(uint40(slot), place, height, 0));
        request = _requests.length;
        emit DataRequested(request, place, height, until);
    }

    /// @dev A HOT claim: item 0 is the window that is open, others are requests. Returns how many bytes show it.
    function _claimHot(uint64 provider, uint256 item) internal returns (uint256 length) {
        Share storage share = _shareIn(provider, Standing.Active);
        if (item == 0) {
            _showWindow(share);
            return HOT_NODES * 32 * (1 + uint256(levels));
        }
        Request storage request = _request(item);
        if (currentSlot() > request.slot + disputeWindow()) revert TooLate(currentSlot(), request.slot + disputeWindow() + 1);
        if (item <= share.requestsBefore) revert UnknownRequest(item);
        uint16 bit = uint16(1 << (_placeOf[provider] - 1));
        if (request.answered & bit != 0) revert AlreadyAnswered(provider, item);
        request.answered |= bit;
        ++share.answered;
        uint256 waited = (currentSlot() - request.slot) * SECONDS_PER_SLOT * 1_000;
        share.waited += uint32(waited < TIME_OUT ? waited : TIME_OUT - 1); // any answer is better than none
        emit RequestAnswered(item, provider);
        return 32 * ((1 << request.height) + uint256(levels) - request.height);
    }

    function _showWindow(Share storage share) private {
        Sectors sectors = Sectors(payable(SECTORS));
        (, , uint256 opens, uint256 closes, bool isProven) = sectors.windowOf(share.provider, share.partition);
        _from(opens);
        if (opens < share.firstOpens || closes > end) revert WindowNotDue(opens, closes);
        if (!isProven) revert WindowNotProven(opens);
        if (opens == share.lastOpens) revert WindowAlreadyShown(opens);
        (, bool isLive, bool isFaulty, ) = sectors.sectorOf(share.provider, share.sector);
        if (!isLive || isFaulty) revert SectorFaulty(share.sector);
        share.lastOpens = uint40(opens);
        ++share.proven;
        emit WindowShown(share.provider, opens);
    }

    /// @notice What a HOT claim of this deal states: see Market.
    function hotInputs(uint64 provider, uint256 item) external view returns (bytes32, uint256, uint256 height, uint64[] memory places) {
        if (item != 0) {
            places = new uint64[](1);
            places[0] = _request(item).place;
            return (commP, levels, _request(item).height, places);
        }
        (, uint256 challengeSlot, , , ) = Sectors(payable(SECTORS)).windowOf(provider, _shareOf(provider).partition);
        bytes32 proverId = Providers(PROVIDERS).proverIdOf(provider);
        bytes32 seed = Randomness(RANDOMNESS).randomness(challengeSlot, HOT_DOMAIN, abi.encodePacked(proverId, commP));
        places = new uint64[](HOT_NODES);
        for (uint256 i = 0; i < HOT_NODES; ++i) {
            places[i] = uint64(uint256(keccak256(abi.encode(seed, i))) & ((1 << levels) - 1));
        }
        return (commP, levels, 0, places);
    }

    /// @dev Requests that a share did not answer while it could; one that is still open does not count.
    function _timeOutsOf(Share storage share) internal view returns (uint256) {
        uint256 asked = _requests.length;
        if (asked > 0 && _isRequestOpen() && _requests[asked - 1].answered & (1 << (_placeOf[share.provider] - 1)) == 0) --asked;
        uint256 settled = uint256(share.requestsBefore) + share.answered;
        return asked > settled ? asked - settled : 0;
    }

    function _isRequestOpen() private view returns (bool) {
        return _requests.length > 0 && currentSlot() <= _requests[_requests.length - 1].slot + disputeWindow();
    }

    function _request(uint256 item) private view returns (Request storage) {
        if (item == 0 || item > _requests.length) revert UnknownRequest(item);
        return _requests[item - 1];
    }
}
