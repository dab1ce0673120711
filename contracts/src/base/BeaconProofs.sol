// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BEACON_ROOTS} from "./Addresses.sol";
import {Slots} from "./Slots.sol";
import {ValidatorProofs, ValidatorRecord} from "./ValidatorRecord.sol";

/// @title What the beacon chain says of a validator, shown to a contract without anybody's word for it.
abstract contract BeaconProofs is Slots {
    /// @notice A validator's record, and the way from it to the root of a recent beacon block.
    struct Proof {
        uint64 index; // place in the registry
        uint64 timestamp; // of an execution block: its parent's beacon root is the one proven for (EIP-4788)
        ValidatorRecord validator;
        bytes32[] branch;
    }

    /// @notice How old the beacon block of a proof may be, in slots: long enough to get a transaction in, much shorter than
    /// stake takes to leave.
    uint256 public constant PROOF_MAX_AGE = 64;

    uint64 internal constant FAR_FUTURE_EPOCH = type(uint64).max;

    error ProofTooOld(uint64 timestamp);
    error UnknownBeaconRoot(uint64 timestamp);
    error InvalidProof(bytes32 expectedRoot, bytes32 root);
    error InvalidLength(uint256 length, uint256 expected);
    error InvalidIndex(uint64 index);

    /// @dev Refuses a record that is not in the state of a recent beacon block. Returns the slot it counts as of.
    function _verify(Proof calldata proof) internal view returns (uint64 slot) {
        if (proof.index >> ValidatorProofs.LIST_DEPTH != 0) revert InvalidIndex(proof.index); // it would lead into another field
        if (proof.validator.pubkey.length != 48) revert InvalidLength(proof.validator.pubkey.length, 48);
        if (proof.branch.length != ValidatorProofs.LENGTH) revert InvalidLength(proof.branch.length, ValidatorProofs.LENGTH);
        if (proof.timestamp + PROOF_MAX_AGE * SECONDS_PER_SLOT < block.timestamp) revert ProofTooOld(proof.timestamp);
        (bool success, bytes memory root) = BEACON_ROOTS.staticcall(abi.encode(proof.timestamp));
        if (!success || root.length != 32) revert UnknownBeaconRoot(proof.timestamp);
        bytes32 proven = ValidatorProofs.rootOf(proof.validator, proof.index, proof.branch);
        if (proven != bytes32(root)) revert InvalidProof(bytes32(root), proven);
        return uint64((proof.timestamp - GENESIS_TIME) / SECONDS_PER_SLOT);
    }

    function _isLeaving(ValidatorRecord calldata validator) internal pure returns (bool) {
        return validator.slashed || validator.exitEpoch != FAR_FUTURE_EPOCH;
    }
}
