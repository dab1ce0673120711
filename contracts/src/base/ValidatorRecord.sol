// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {sha256Pair} from "./Merkle.sol";

/// @notice A validator's entry in the beacon state, as its SSZ container has it. Balances in Gwei, times in epochs.
struct ValidatorRecord {
    bytes pubkey; // 48 bytes
    bytes32 withdrawalCredentials;
    uint64 effectiveBalance;
    bool slashed;
    uint64 activationEligibilityEpoch;
    uint64 activationEpoch;
    uint64 exitEpoch;
    uint64 withdrawableEpoch;
}

/// @title Shows that a validator's record is in the state of a beacon block.
/// @dev The way up from the record's root, 50 hashes: 40 levels of the list, its length, 6 levels of the state's fields
/// (Electra has 37), 3 levels of the header's. spec: consensus-specs ssz/merkle-proofs
library ValidatorProofs {
    uint256 internal constant LENGTH = 50;

    uint256 internal constant LIST_DEPTH = 40; // VALIDATOR_REGISTRY_LIMIT = 2**40
    uint256 private constant VALIDATORS = 11; // the field's place in BeaconState
    uint256 private constant STATE_DEPTH = 6;
    uint256 private constant STATE_ROOT = 3; // the field's place in BeaconBlockHeader

    /// @notice The root of the beacon block that a record is proven for.
    /// @param validator The record.
    /// @param index Its place in the registry.
    /// @param branch The siblings on the way up.
    function rootOf(ValidatorRecord calldata validator, uint64 index, bytes32[] calldata branch) internal view returns (bytes32 node) {
        uint256 place = uint256(index) | (((STATE_ROOT << STATE_DEPTH) | VALIDATORS) << (LIST_DEPTH + 1));
        node = hash(validator);
        for (uint256 level = 0; level < LENGTH; ++level) {
            node = (place >> level) & 1 == 0 ? sha256Pair(node, branch[level]) : sha256Pair(branch[level], node);
        }
    }

    /// @notice hash_tree_root(Validator).
    function hash(ValidatorRecord calldata v) internal view returns (bytes32) {
        bytes32 key = sha256(abi.encodePacked(v.pubkey, bytes16(0)));
        bytes32 slashed = v.slashed ? bytes32(uint256(1) << 248) : bytes32(0);
        return sha256Pair(
            sha256Pair(
                sha256Pair(key, v.withdrawalCredentials),
                sha256Pair(_number(v.effectiveBalance), slashed)
            ),
            sha256Pair(
                sha256Pair(_number(v.activationEligibilityEpoch), _number(v.activationEpoch)),
                sha256Pair(_number(v.exitEpoch), _number(v.withdrawableEpoch))
            )
        );
    }

    /// @dev Eight bytes, little-endian, and zeros.
    function _number(uint64 value) private pure returns (bytes32) {
        uint256 v = value;
        v = ((v & 0x00ff00ff00ff00ff) << 8) | ((v & 0xff00ff00ff00ff00) >> 8);
        v = ((v & 0x0000ffff0000ffff) << 16) | ((v & 0xffff0000ffff0000) >> 16);
        v = (v << 32 | v >> 32) & type(uint64).max;
        return bytes32(v << 192);
    }
}
