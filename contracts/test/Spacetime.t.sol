// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BeaconProofs} from "../src/base/BeaconProofs.sol";
import {ClaimSignature} from "../src/base/ClaimSignature.sol";
import {ValidatorRecord} from "../src/base/ValidatorRecord.sol";
import {Randomness} from "../src/Randomness.sol";
import {Sectors} from "../src/Sectors.sol";
import {World} from "./World.sol";

/// @notice Sectors, randomness, and who is charged what.
contract SpacetimeTest is World {
    // The whole life of a sector

    function test_a_sector_is_sealed_proven_lost_found_out_recovered_and_ended() public {
        _register();
        _seal(1, 1);
        uint256 fee = sectors.sectorFee();
        assertEq(uint256(500_000) / 128, fee);

        _toWindow(0);
        _claim(2, 0);
        assertEq("", _toClose(0)); // proven: nothing to pay

        _penalty(3 * fee, 0, _toClose(0)); // found
        _penalty(fee, 0, _toClose(0)); // known
        _asOperator();
        sectors.declareRecoveries(PROVIDER, _one(1));
        _toWindow(0);
        (, uint64[] memory numbers, ) = sectors.windowInputs(PROVIDER, 0);
        assertEq(1, numbers.length);
        _claim(2, 0);
        assertEq("", _toClose(0));

        _asOperator();
        sectors.declareFaults(PROVIDER, _one(1));
        for (uint256 period = 1; period < 5; ++period) {
            _penalty(fee, 0, _toClose(0));
        }
        _penalty(15 * fee, 1, _toClose(0)); // too old, and the last one
        assertEq(0, sectors.accountOf(PROVIDER).committed);
        assertEq("", _toClose(0));
    }

    function test_a_claim_counts_by_signature_whoever_sends_it() public {
        _register();
        _seal(1, 1);
        _toWindow(0);
        ClaimSignature.Claim[] memory claims = _claimOf(2, 0);
        claims[0].validUntil = uint64(_slot);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(OPERATOR_KEY, _digest(claims[0]));
        claims[0].signature = abi.encodePacked(r, s, v);
        _blobs();
        sectors.claim{value: 1 ether}(claims);
        assertEq(100 ether - 1 gwei, address(this).balance); // what was too much came back
        claims[0].validUntil += 1;
        vm.expectPartialRevert(ClaimSignature.InvalidSignature.selector);
        sectors.claim{value: 1 ether}(claims);
    }

    function test_a_window_claim_costs_the_same_for_one_sector_and_for_a_full_partition() public {
        _register();
        _seal(0, 1);
        _toWindow(0);
        uint256 one = _claim(2, 0);
        _end();
        _seal(1, 1170);
        _seal(1171, 1178);
        _toWindow(0);
        (, uint64[] memory numbers, ) = sectors.windowInputs(PROVIDER, 0);
        assertEq(2349, numbers.length);
        uint256 full = _claim(2, 0);
        assertTrue(full * 100 <= one * 120);
    }

    function test_a_provider_whose_validator_leaves_ends_with_a_penalty_for_all() public {
        _register();
        _seal(1, 3);
        ValidatorRecord memory validator = _validator();
        validator.exitEpoch = 1000;
        _begin(_slot + 1);
        BeaconProofs.Proof memory proof = _proof(validator);
        providers.refreshStake(proof);
        _penalty(3 * 14 * sectors.sectorFee(), 1, _end());
        vm.expectPartialRevert(Sectors.ProviderNotActive.selector);
        vm.prank(_operator);
        sectors.declareFaults(PROVIDER, _one(1));
    }

    // Randomness beside a table

    function testFuzz_an_empty_slot_has_the_next_blocks_value(uint256 seed) public {
        uint256[] memory slots = new uint256[](12);
        uint256 slot = _slot;
        for (uint256 i = 0; i < slots.length; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            slot += 1 + seed % (i % 4 == 3 ? 1500 : 5);
            slots[i] = slot;
            _begin(slot);
        }
        uint256 next = 0;
        for (uint256 asked = slots[0]; asked <= slot; ++asked) {
            while (slots[next] < asked) ++next;
            assertEq(uint256(keccak256(abi.encode(slots[next]))), uint256(randomness.randao(asked)));
        }
        vm.expectPartialRevert(Randomness.SlotOutOfRange.selector);
        randomness.randao(slot + 1);
    }
}
