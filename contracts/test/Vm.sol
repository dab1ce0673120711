// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What these tests use of forge's cheat codes.
interface Vm {
    struct Gas {
        uint64 gasLimit;
        uint64 gasTotalUsed;
        uint64 gasMemoryUsed;
        int64 gasRefunded;
        uint64 gasRemaining;
    }

    /// @dev Makes all of an account cold again, as it is at the start of a transaction.
    function cool(address target) external;
    function lastCallGas() external view returns (Gas memory);
    function etch(address target, bytes calldata code) external;
    function warp(uint256 timestamp) external;
    function prank(address caller) external;
    function deal(address target, uint256 balance) external;
    function blobhashes(bytes32[] calldata hashes) external;
    function expectPartialRevert(bytes4 selector) external;
    function sign(uint256 key, bytes32 digest) external returns (uint8 v, bytes32 r, bytes32 s);
    function addr(uint256 key) external returns (address);
}

/// @notice A base for tests without any library.
abstract contract Testing {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    error NotEqual(uint256 expected, uint256 found);

    function assertEq(uint256 expected, uint256 found) internal pure {
        if (expected != found) revert NotEqual(expected, found);
    }

    function assertEq(bytes memory expected, bytes memory found) internal pure {
        require(keccak256(expected) == keccak256(found), "bytes differ");
    }

    function assertTrue(bool condition) internal pure {
        require(condition, "not true");
    }
}
