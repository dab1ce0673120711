// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The time that storage duties are counted in.
abstract contract Slots {
    /// @notice When slot 0 began, in seconds since 1970.
    uint256 public immutable GENESIS_TIME;

    /// @notice The length of a slot, in seconds.
    uint256 public immutable SECONDS_PER_SLOT;

    constructor(uint256 genesisTime, uint256 secondsPerSlot) {
        GENESIS_TIME = genesisTime;
        SECONDS_PER_SLOT = secondsPerSlot;
    }

    /// @notice The slot of this block.
    function currentSlot() public view returns (uint256) {
        return (block.timestamp - GENESIS_TIME) / SECONDS_PER_SLOT;
    }
}
