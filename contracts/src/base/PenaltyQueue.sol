// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PROVIDERS} from "./Addresses.sol";

/// @notice What the queue asks of Providers.
interface IProviderKeys {
    function pubkeyOf(uint64 provider) external view returns (bytes32 head, bytes16 tail);
}

/// @title Penalties on their way to the consensus layer.
/// @notice A provider stands in the queue once, with all that it owes by then: so the queue is never longer than there are
/// providers, whatever happens. spec: docs/PROTOCOL.md, section 5.
abstract contract PenaltyQueue {
    /// @dev Most penalties that a block carries.
    uint256 private constant MAX_PENALTIES_PER_BLOCK = 16;

    uint8 private constant KIND_FAULT = 0;
    uint8 private constant KIND_TERMINATE = 1; // the validator shall leave

    struct Debt {
        uint128 amount; // Gwei
        bool isQueued;
        bool terminates;
    }

    mapping(uint64 provider => Debt) private _debts;
    mapping(uint64 place => uint64 provider) private _queue;
    uint64 private _first;
    uint64 private _next;

    /// @notice A penalty fell due: it reaches the validator's balance with one of the next blocks.
    /// @param amount Gwei.
    /// @param terminates Whether the validator shall leave.
    event PenaltyCharged(uint64 indexed provider, uint256 amount, bool terminates);

    /// @notice What a provider owes that no block has carried yet, in Gwei.
    function debtOf(uint64 provider) external view returns (uint256 amount, bool terminates) {
        return (_debts[provider].amount, _debts[provider].terminates);
    }

    function _charge(uint64 provider, uint256 amount, bool terminates) internal {
        if (amount == 0 && !terminates) return;
        Debt memory debt = _debts[provider];
        if (!debt.isQueued) _queue[_next++] = provider;
        _debts[provider] = Debt(debt.amount + uint128(amount), true, debt.terminates || terminates);
        emit PenaltyCharged(provider, amount, terminates);
    }

    /// @dev The oldest penalties, each as the SSZ container StoragePenaltyRequest:
    /// validator_pubkey (48 bytes), amount (8 bytes, little-endian, Gwei), kind (1 byte).
    function _dequeue() internal returns (bytes memory requests) {
        uint64 first = _first;
        uint64 last = _next;
        if (last - first > MAX_PENALTIES_PER_BLOCK) last = first + uint64(MAX_PENALTIES_PER_BLOCK);
        for (uint64 place = first; place < last; ++place) {
            uint64 provider = _queue[place];
            Debt memory debt = _debts[provider];
            delete _queue[place];
            delete _debts[provider];
            (bytes32 head, bytes16 tail) = IProviderKeys(PROVIDERS).pubkeyOf(provider);
            requests = abi.encodePacked(requests, head, tail, _littleEndian(debt.amount), debt.terminates ? KIND_TERMINATE : KIND_FAULT);
        }
        _first = last;
    }

    /// @dev Eight bytes; what does not fit is as good as the most that does.
    function _littleEndian(uint256 value) private pure returns (bytes8) {
        uint256 v = value > type(uint64).max ? type(uint64).max : value;
        v = ((v & 0x00ff00ff00ff00ff) << 8) | ((v & 0xff00ff00ff00ff00) >> 8);
        v = ((v & 0x0000ffff0000ffff) << 16) | ((v & 0xffff0000ffff0000) >> 16);
        return bytes8(uint64((v << 32) | (v >> 32)));
    }
}
