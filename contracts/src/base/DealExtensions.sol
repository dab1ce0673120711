// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SECTORS} from "./Addresses.sol";
import {DealReceipts} from "./DealReceipts.sol";
import {Sectors} from "../Sectors.sol";

/// @title A new period for a running deal: the client pays each provider in proportion, and all that are left must agree.
/// @notice What is not agreed to before the deal's end is void; what was paid for it comes back.
abstract contract DealExtensions is DealReceipts {
    /// @notice The new end that is proposed, in slots; 0 while none is.
    uint40 public proposedEnd;

    uint16 private _agreed; // a bit for each share
    uint128 internal _prepaid; // wei: the part of what is held that belongs to the proposal

    event ExtensionProposed(uint40 end, uint256 paid);
    event ExtensionAccepted(uint64 indexed provider);
    event ExtensionWithdrawn(uint256 refund);
    event DealExtended(uint40 end);

    error InvalidEnd(uint256 end);
    error ExtensionPending(uint40 end);
    error NoExtension();
    error SectorEndsBefore(uint256 expiration, uint256 end);

    /// @notice What an extension costs the client, in wei: each fee once more, by the slots added over those the deal has, rounded down.
    function extensionFee(uint40 newEnd) public view returns (uint256 fee) {
        if (newEnd <= end) revert InvalidEnd(newEnd);
        for (uint256 i = 0; i < _shares.length; ++i) {
            if (_shares[i].standing == Standing.Active) fee += _addedFee(_shares[i], newEnd);
        }
    }

    /// @notice Proposes a later end. What is paid above the fee comes back when all have agreed.
    function proposeExtension(uint40 newEnd) external payable {
        _onlyClient();
        _only(Phase.Running);
        _from(activationEnd);
        _before(end);
        if (proposedEnd != 0) revert ExtensionPending(proposedEnd);
        uint256 fee = extensionFee(newEnd);
        if (_activeShares() == 0) revert NoExtension();
        if (msg.value < fee || msg.value > type(uint128).max) revert InvalidPayment(msg.value, fee);
        (proposedEnd, _agreed, _prepaid) = (newEnd, 0, uint128(msg.value));
        emit ExtensionProposed(newEnd, msg.value);
    }

    /// @notice Takes a proposal back.
    function withdrawExtension() external {
        _onlyClient();
        if (proposedEnd == 0) revert NoExtension();
        _endProposal();
    }

    /// @notice Agrees; the last one to do so extends the deal (who has agreed may ask again, after others were taken out). The sector must live until the new end.
    function acceptExtension(uint64 provider) external {
        _onlyOperator(provider);
        _only(Phase.Running);
        _before(end);
        if (proposedEnd == 0) revert NoExtension();
        _prune();
        Share storage share = _shareIn(provider, Standing.Active);
        (Sectors.Sector memory sector, , , ) = Sectors(payable(SECTORS)).sectorOf(provider, share.sector);
        if (sector.expiration < proposedEnd) revert SectorEndsBefore(sector.expiration, proposedEnd);
        uint16 bit = uint16(1 << (_placeOf[provider] - 1));
        if (_agreed & bit == 0) {
            _agreed |= bit;
            emit ExtensionAccepted(provider);
        }
        if (_haveAllAgreed()) _extend();
    }

    /// @dev What was paid for a proposal goes back to the client.
    function _endProposal() internal {
        uint256 refund = _prepaid;
        (proposedEnd, _agreed, _prepaid) = (0, 0, 0);
        _pay(client, refund);
        emit ExtensionWithdrawn(refund);
    }

    function _extend() private {
        uint40 newEnd = proposedEnd;
        uint256 rest = _prepaid;
        for (uint256 i = 0; i < _shares.length; ++i) {
            Share storage share = _shares[i];
            if (share.standing != Standing.Active) continue;
            uint256 added = _addedFee(share, newEnd);
            share.fee += uint128(added);
            rest -= added;
        }
        (proposedEnd, _agreed, _prepaid, end) = (0, 0, 0, newEnd);
        _pay(client, rest);
        emit DealExtended(newEnd);
    }

    function _addedFee(Share storage share, uint40 newEnd) private view returns (uint256) {
        return (uint256(share.fee) * (newEnd - end)) / (end - activationEnd);
    }

    function _activeShares() internal view returns (uint256 many) {
        for (uint256 i = 0; i < _shares.length; ++i) {
            if (_shares[i].standing == Standing.Active) ++many;
        }
    }

    function _haveAllAgreed() private view returns (bool) {
        for (uint256 i = 0; i < _shares.length; ++i) {
            if (_shares[i].standing == Standing.Active && (_agreed >> i) & 1 == 0) return false;
        }
        return true;
    }
}
