// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SYSTEM} from "./base/Addresses.sol";

/// @title The beacon chain's randomness by slot, for storage duties.
/// @notice Keeps the last 65,536 slots. A slot without a block has the value of the next block.
/// @dev A ring of values, written for slots with a block only, and a ring of bitmaps that says which these are. Filling in
/// the empty slots instead would cost gas for each of them, and a chain that stood still for hours could not go on.
/// spec: docs/PROTOCOL.md, section 2.
contract Randomness {
    /// @notice How many slots back values are kept.
    uint256 public constant DEPTH = 65_536;

    /// @dev Bitmaps of 256 slots each. Twice as many as the depth needs: so the oldest is not cleared while it is asked for.
    uint256 private constant BITMAPS = 512;

    uint256[DEPTH] private _values;
    uint256[BITMAPS] private _bitmaps;

    /// @notice The slot of the last block.
    uint256 public lastSlot;

    /// @notice A value is not there yet, or no longer.
    /// @param slot Whose.
    /// @param lastSlot The slot of the last block.
    error SlotOutOfRange(uint256 slot, uint256 lastSlot);

    /// @notice Only the protocol calls without a function, with two words: prev_randao and the slot, which rises.
    error InvalidSystemCall();

    /// @dev The protocol's call at the start of each block: prev_randao (32 bytes), slot (32 bytes, big-endian).
    fallback() external {
        if (msg.sender != SYSTEM || msg.data.length != 64) revert InvalidSystemCall();
        (uint256 value, uint256 slot) = abi.decode(msg.data, (uint256, uint256));
        uint256 last = lastSlot;
        if (slot <= last && last != 0) revert InvalidSystemCall();
        _clearBetween(last >> 8, slot >> 8);
        _values[slot % DEPTH] = value;
        _bitmaps[(slot >> 8) % BITMAPS] |= 1 << (slot & 0xff);
        lastSlot = slot;
    }

    /// @notice keccak256(domain ‖ value of the slot ‖ entropy).
    /// @param slot Not after the last block, and not more than 65,535 slots before it.
    /// @param domain What it is for: keeps one use from meeting another's values.
    /// @param entropy Who it is for.
    function randomness(uint256 slot, bytes32 domain, bytes calldata entropy) external view returns (bytes32) {
        return keccak256(abi.encodePacked(domain, randao(slot), entropy));
    }

    /// @notice The beacon chain's randomness at a slot: prev_randao of the first block at it or after it.
    function randao(uint256 slot) public view returns (bytes32) {
        uint256 last = lastSlot;
        if (slot > last || last - slot >= DEPTH) revert SlotOutOfRange(slot, last);
        uint256 bits = _bitmaps[(slot >> 8) % BITMAPS] >> (slot & 0xff) << (slot & 0xff);
        uint256 index = slot >> 8;
        while (bits == 0) {
            bits = _bitmaps[++index % BITMAPS]; // ends at the last block's at the latest
        }
        return bytes32(_values[((index << 8) | _lowestBit(bits)) % DEPTH]);
    }

    /// @dev Clears the bitmaps after one up to another, at most all of them.
    function _clearBetween(uint256 last, uint256 next) private {
        uint256 first = next - last > BITMAPS ? next - BITMAPS : last;
        for (uint256 index = first + 1; index <= next; ++index) {
            if (_bitmaps[index % BITMAPS] != 0) _bitmaps[index % BITMAPS] = 0;
        }
    }

    function _lowestBit(uint256 bits) private pure returns (uint256 place) {
        bits &= ~bits + 1;
        if (bits >> 128 != 0) place = 128;
        if ((bits >> place) >> 64 != 0) place += 64;
        if ((bits >> place) >> 32 != 0) place += 32;
        if ((bits >> place) >> 16 != 0) place += 16;
        if ((bits >> place) >> 8 != 0) place += 8;
        if ((bits >> place) >> 4 != 0) place += 4;
        if ((bits >> place) >> 2 != 0) place += 2;
        if ((bits >> place) >> 1 != 0) place += 1;
    }
}
