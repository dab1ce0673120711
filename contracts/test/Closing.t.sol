// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PROVIDERS, SECTORS, SYSTEM} from "../src/base/Addresses.sol";
import {ClaimSignature} from "../src/base/ClaimSignature.sol";
import {Sectors} from "../src/Sectors.sol";
import {Testing} from "./Vm.sol";

/// @dev Every number is a provider's, with one operator for all: the test that calls.
contract AnyProvider {
    address private immutable _OPERATOR = msg.sender;

    function standingOf(uint64) external view returns (address, address, uint64, bool) {
        return (_OPERATOR, _OPERATOR, type(uint64).max, true);
    }

    function pubkeyOf(uint64) external pure returns (bytes32, bytes16) {
        return (0, 0);
    }
}

/// @notice What the end-of-block call costs with many providers of one sector each, over a proving period of the production
/// network in which nobody proves anything: the dearest case. The figures are in docs/BENCHMARKS.md (run with -vv).
contract ClosingTest is Testing {
    uint256 private constant PERIOD = 7_200;
    uint256 private constant DELAY = 375;

    Sectors private constant sectors = Sectors(payable(SECTORS));

    event log_named_uint(string key, uint256 value);

    function setUp() public {
        uint256[16] memory p;
        (p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]) = (1_000, 12, PERIOD, 48, 50, 42, 2349, 32 << 30);
        (p[8], p[9], p[10], p[11], p[12], p[13], p[14], p[15]) = (500_000, DELAY, 8, 10, 16, 50 gwei, 180 * PERIOD, 1);
        vm.etch(SECTORS, address(new Sectors(p)).code);
        vm.etch(PROVIDERS, address(new AnyProvider()).code);
        vm.deal(address(this), 1_000_000 ether);
    }

    receive() external payable {}

    function test_ten_providers() public {
        _measure(10);
    }

    function test_a_thousand_providers() public {
        _measure(1_000);
    }

    function test_ten_thousand_providers() public {
        _measure(10_000);
    }

    function _measure(uint64 providers) private {
        uint256 slot = 1_000;
        _warp(slot);
        for (uint64 provider = 0; provider < providers; ++provider) {
            Sectors.PreCommit[] memory one = new Sectors.PreCommit[](1);
            one[0] = Sectors.PreCommit(0, keccak256(abi.encode(provider)), bytes32(uint256(1)), uint40(slot - 1), uint40(slot + 200 * PERIOD), 1);
            sectors.preCommit(provider, one);
        }
        slot += DELAY;
        bytes32[] memory hashes = new bytes32[](1);
        hashes[0] = bytes32(uint256(1) << 248);
        for (uint64 provider = 0; provider < providers; ++provider) {
            if (provider % 128 == 0) {
                _close(++slot);
                vm.blobhashes(hashes);
            }
            ClaimSignature.Claim[] memory one = new ClaimSignature.Claim[](1);
            one[0] = ClaimSignature.Claim(0, provider, 0, 0, 0, 0, 0, 0, "");
            sectors.claim{value: 1 ether}(one);
        }
        uint256 sum = 0;
        uint256 most = 0;
        for (uint256 i = 0; i < PERIOD; ++i) {
            uint256 gas = _close(++slot);
            sum += gas;
            if (gas > most) most = gas;
        }
        emit log_named_uint("providers", providers);
        emit log_named_uint("gas of an average block", sum / PERIOD);
        emit log_named_uint("gas of the dearest block", most);
        // A base for looking at what is due, for the fee and for 16 penalties; and a price for each closing, of which a period has one for each provider.
        assertTrue(sum <= PERIOD * 20_000 + uint256(providers) * 200_000);
    }

    function _warp(uint256 slot) private {
        vm.warp(1_000 + slot * 12);
    }

    function _close(uint256 slot) private returns (uint256) {
        _warp(slot);
        vm.cool(SECTORS);
        vm.cool(PROVIDERS);
        vm.prank(SYSTEM);
        (bool success, ) = SECTORS.call("");
        assertTrue(success);
        return vm.lastCallGas().gasTotalUsed;
    }
}
