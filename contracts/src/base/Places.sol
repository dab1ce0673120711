// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {log2} from "./Merkle.sol";

/// @title Which places of sectors serve deals: each at most one, also where pieces of other sizes lie over or under it.
/// @notice A place is a node of the sector's tree of data, numbered as in a heap: 1 is CommD, 2n and 2n + 1 lie below n.
/// @dev One bit for each node: set when the node, or one below it, serves a deal. A node that serves one itself has neither of
/// its children set, so the next set node on the way up tells which it is. Words hold eight rows of a subtree: the way up
/// from the smallest piece of 64 GiB (29 rows) meets four of them, so taking and letting go cost the same however many
/// deals there are.
abstract contract Places {
    uint256 private constant ROWS = 8;

    mapping(uint64 provider => mapping(uint64 sector => mapping(uint256 subtree => uint256))) private _bits;

    event PlaceTaken(uint64 indexed provider, uint64 indexed sector, uint256 node, address deal);
    event PlaceReleased(uint64 indexed provider, uint64 indexed sector, uint256 node, address deal);

    error PlaceNotFree(uint64 provider, uint64 sector, uint256 node);

    /// @notice Whether a place, or a part of it, serves a deal. Parts of places that do are not marked themselves.
    function isMarked(uint64 provider, uint64 sector, uint256 node) external view returns (bool) {
        return _isSet(_bits[provider][sector], node, log2(node));
    }

    function _take(uint64 provider, uint64 sector, uint256 node) internal {
        mapping(uint256 => uint256) storage bits = _bits[provider][sector];
        uint256 depth = log2(node);
        if (!_isFree(bits, node, depth)) revert PlaceNotFree(provider, sector, node);
        for (uint256 above = node; above != 0 && !_isSet(bits, above, depth); above >>= 1) {
            _flip(bits, above, depth);
            if (depth > 0) --depth;
        }
        emit PlaceTaken(provider, sector, node, msg.sender);
    }

    function _release(uint64 provider, uint64 sector, uint256 node) internal {
        mapping(uint256 => uint256) storage bits = _bits[provider][sector];
        uint256 depth = log2(node);
        _flip(bits, node, depth);
        for (uint256 above = node; above > 1 && !_isSet(bits, above ^ 1, depth); ) {
            above >>= 1;
            --depth;
            _flip(bits, above, depth); // nothing is left below it
        }
        emit PlaceReleased(provider, sector, node, msg.sender);
    }

    function _isFree(mapping(uint256 => uint256) storage bits, uint256 node, uint256 depth) private view returns (bool) {
        if (_isSet(bits, node, depth)) return false;
        for (uint256 below = node; below > 1; below >>= 1) {
            if (_isSet(bits, below >> 1, depth - 1)) return _isSet(bits, below ^ 1, depth);
            --depth;
        }
        return true;
    }

    function _isSet(mapping(uint256 => uint256) storage bits, uint256 node, uint256 depth) private view returns (bool) {
        (uint256 subtree, uint256 mask) = _locate(node, depth);
        return bits[subtree] & mask != 0;
    }

    function _flip(mapping(uint256 => uint256) storage bits, uint256 node, uint256 depth) private {
        (uint256 subtree, uint256 mask) = _locate(node, depth);
        bits[subtree] ^= mask;
    }

    /// @dev The subtree of eight rows by its root's number, and the node's bit in it: 1 for the root, then as in a heap.
    function _locate(uint256 node, uint256 depth) private pure returns (uint256 subtree, uint256 mask) {
        uint256 row = depth % ROWS;
        return (node >> row, 1 << ((1 << row) | (node & ((1 << row) - 1))));
    }
}
