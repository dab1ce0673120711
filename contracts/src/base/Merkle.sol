// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev A node of a SHA-256 tree over two below it, by the precompile, over scratch memory: paths are made of little else.
function sha256Pair(bytes32 left, bytes32 right) view returns (bytes32 node) {
    assembly ("memory-safe") {
        mstore(0x00, left)
        mstore(0x20, right)
        if iszero(staticcall(gas(), 2, 0x00, 0x40, 0x00, 0x20)) { revert(0, 0) }
        node := mload(0x00)
    }
}

/// @dev The root that a node has, at a place of its row, with siblings on the way up, in a tree of data: CommP or CommD.
/// Each hash loses its two highest bits (little-endian), so that it is a field element. spec: rust-fil-proofs, Sha256Hasher
function dataRootOf(bytes32 node, uint256 place, bytes32[] calldata path) view returns (bytes32) {
    for (uint256 level = 0; level < path.length; ++level) {
        node = (place >> level) & 1 == 0 ? sha256Pair(node, path[level]) : sha256Pair(path[level], node);
        node &= ~bytes32(uint256(0xc0));
    }
    return node;
}

/// @dev The exponent of a power of two; rounded down for other numbers.
function log2(uint256 number) pure returns (uint256 exponent) {
    while (number > 1) {
        number >>= 1;
        ++exponent;
    }
}
