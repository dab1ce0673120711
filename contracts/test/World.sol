// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BEACON_ROOTS, MARKET, PROVIDERS, QON_OPTIMIZER, RANDOMNESS, SECTORS, SYSTEM} from "../src/base/Addresses.sol";
import {BeaconProofs} from "../src/base/BeaconProofs.sol";
import {ClaimSignature} from "../src/base/ClaimSignature.sol";
import {Partitions} from "../src/base/Partitions.sol";
import {ValidatorRecord} from "../src/base/ValidatorRecord.sol";
import {Market} from "../src/Market.sol";
import {Providers} from "../src/Providers.sol";
import {QonOptimizer} from "../src/QonOptimizer.sol";
import {Randomness} from "../src/Randomness.sol";
import {Sectors} from "../src/Sectors.sol";
import {Testing} from "./Vm.sol";

/// @dev Stands in for EIP-4788's contract: one root, whatever the time.
contract BeaconRoots {
    bytes32 private _root;

    constructor() {}

    fallback(bytes calldata input) external returns (bytes memory) {
        if (input.length == 64) _root = bytes32(input[32:]);
        return abi.encode(_root);
    }
}

/// @notice The contracts where they stand in a genesis, with the devnet's parameters but for partitions as large as Filecoin's, and one provider.
abstract contract World is Testing {
    uint256 internal constant GENESIS = 1_000;
    uint256 internal constant SECONDS = 2;
    uint256 internal constant PERIOD = 120;
    uint256 internal constant LENGTH = 20;
    uint256 internal constant DELAY = 4;
    uint256 internal constant OPERATOR_KEY = 0xa11ce;
    uint64 internal constant PROVIDER = 7;

    Randomness internal constant randomness = Randomness(RANDOMNESS);
    Providers internal constant providers = Providers(PROVIDERS);
    Sectors internal constant sectors = Sectors(payable(SECTORS));

    address internal _operator;
    uint256 internal _slot;

    function setUp() public {
        vm.etch(RANDOMNESS, address(new Randomness()).code);
        vm.etch(PROVIDERS, address(new Providers(GENESIS, SECONDS, 8)).code);
        uint256[16] memory p;
        (p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]) = (GENESIS, SECONDS, PERIOD, 6, 4, 5, 2349, 8 << 20);
        (p[8], p[9], p[10], p[11], p[12], p[13], p[14], p[15]) = (500_000, DELAY, 1006, 1, 4, 50 gwei, 2 * PERIOD, uint256(keccak256("empty")));
        vm.etch(SECTORS, address(new Sectors(p)).code);
        vm.etch(MARKET, address(new Market()).code);
        vm.etch(QON_OPTIMIZER, address(new QonOptimizer([GENESIS, SECONDS, PERIOD, 6, 8 << 20])).code);
        vm.etch(BEACON_ROOTS, address(new BeaconRoots()).code);
        vm.deal(address(this), 100 ether);
        _operator = vm.addr(OPERATOR_KEY);
        vm.deal(_operator, 100 ether);
        _begin(100);
    }

    receive() external payable {}

    // Steps

    function _begin(uint256 slot) internal {
        _slot = slot;
        vm.warp(GENESIS + slot * SECONDS);
        vm.prank(SYSTEM);
        (bool success, ) = RANDOMNESS.call(abi.encode(keccak256(abi.encode(slot)), slot));
        assertTrue(success);
    }

    function _end() internal returns (bytes memory requests) {
        vm.prank(SYSTEM);
        bool success;
        (success, requests) = SECTORS.call("");
        assertTrue(success);
    }

    function _validator() internal pure returns (ValidatorRecord memory) {
        return ValidatorRecord({
            pubkey: abi.encodePacked(bytes32(uint256(0x11)), bytes16(uint128(0x22))),
            withdrawalCredentials: bytes32((uint256(1) << 248) | uint160(0xdede)),
            effectiveBalance: 10_000 gwei,
            slashed: false,
            activationEligibilityEpoch: 0,
            activationEpoch: 0,
            exitEpoch: type(uint64).max,
            withdrawableEpoch: type(uint64).max
        });
    }

    /// @dev A proof in a tree of zeros beside the way; the root goes where the chain would have it.
    function _proof(ValidatorRecord memory v) internal returns (BeaconProofs.Proof memory proof) {
        bytes32[8] memory leaves;
        leaves[0] = sha256(abi.encodePacked(v.pubkey, bytes16(0)));
        leaves[1] = v.withdrawalCredentials;
        leaves[2] = _littleEndian(v.effectiveBalance);
        leaves[3] = v.slashed ? bytes32(uint256(1) << 248) : bytes32(0);
        leaves[4] = _littleEndian(v.activationEligibilityEpoch);
        leaves[5] = _littleEndian(v.activationEpoch);
        leaves[6] = _littleEndian(v.exitEpoch);
        leaves[7] = _littleEndian(v.withdrawableEpoch);
        for (uint256 width = 8; width > 1; width /= 2) {
            for (uint256 i = 0; i < width / 2; ++i) leaves[i] = sha256(abi.encodePacked(leaves[2 * i], leaves[2 * i + 1]));
        }
        bytes32 node = leaves[0];
        bytes32[] memory branch = new bytes32[](50);
        // right turns: 7 = 0b111 in the list; then, above the length, field 11 = 0b001011 of the state and field 3 = 0b011 of the header
        uint256 place = 7 | (11 << 41) | (3 << 47);
        for (uint256 level = 0; level < 50; ++level) {
            branch[level] = keccak256(abi.encode(level));
            node = (place >> level) & 1 == 1 ? sha256(abi.encodePacked(branch[level], node)) : sha256(abi.encodePacked(node, branch[level]));
        }
        (bool success, ) = BEACON_ROOTS.call(abi.encode(0, node));
        assertTrue(success);
        return BeaconProofs.Proof(PROVIDER, uint64(block.timestamp), v, branch);
    }

    function _littleEndian(uint64 value) internal pure returns (bytes32 word) {
        for (uint256 i = 0; i < 8; ++i) word |= bytes32(uint256(uint8(value >> (8 * i))) << (248 - 8 * i));
    }

    function _register() internal {
        BeaconProofs.Proof memory proof = _proof(_validator());
        vm.prank(address(0xdede));
        providers.register(proof, _operator, Providers.Ask(1, 1, 1 << 23, 1000, 756, "https://provider.example"));
    }

    function _asOperator() internal {
        vm.prank(_operator);
    }

    function _one(uint64 number) internal pure returns (uint64[] memory numbers) {
        numbers = new uint64[](1);
        numbers[0] = number;
    }

    /// @dev Sectors of consecutive numbers, pre-committed and then claimed, as many in a block as there may be.
    function _seal(uint64 first, uint64 count) internal {
        _seal(first, count, keccak256("empty"));
    }

    function _seal(uint64 first, uint64 count, bytes32 commD) internal {
        Sectors.PreCommit[] memory all = new Sectors.PreCommit[](count);
        for (uint64 i = 0; i < count; ++i) {
            all[i] = Sectors.PreCommit(first + i, keccak256(abi.encode(first + i)), commD, uint40(_slot - 1), uint40(_slot + 20 * PERIOD), 1);
        }
        _asOperator();
        sectors.preCommit(PROVIDER, all);
        _begin(_slot + DELAY);
        for (uint64 done = 0; done < count; done += 128) {
            _begin(_slot + 1);
            uint64 many = count - done < 128 ? count - done : 128;
            ClaimSignature.Claim[] memory claims = new ClaimSignature.Claim[](many);
            for (uint64 i = 0; i < many; ++i) claims[i] = _claimOf(0, first + done + i)[0];
            _blobs();
            _asOperator();
            sectors.claim{value: 1 ether}(claims);
            _end();
        }
    }

    function _claimOf(uint8 kind, uint64 subject) internal pure returns (ClaimSignature.Claim[] memory claims) {
        claims = new ClaimSignature.Claim[](1);
        claims[0] = ClaimSignature.Claim(kind, PROVIDER, subject, 0, 0, 0, 0, 0, "");
    }

    function _digest(ClaimSignature.Claim memory c) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Flashback Sectors"),
                keccak256("1"),
                block.chainid,
                SECTORS
            )
        );
        bytes32 typeHash = keccak256("Claim(uint8 kind,uint64 provider,uint64 subject,bytes32 commR,bytes32 commD,uint64 validUntil)");
        return keccak256(abi.encodePacked(hex"1901", domain, keccak256(abi.encode(typeHash, c.kind, c.provider, c.subject, c.commR, c.commD, c.validUntil))));
    }

    function _blobs() internal {
        bytes32[] memory hashes = new bytes32[](1);
        hashes[0] = bytes32(uint256(1) << 248);
        vm.blobhashes(hashes);
    }

    function _claim(uint8 kind, uint64 subject) internal returns (uint256 gas) {
        ClaimSignature.Claim[] memory claims = _claimOf(kind, subject);
        _blobs();
        _asOperator();
        sectors.claim{value: 1 ether}(claims);
        gas = vm.lastCallGas().gasTotalUsed;
    }

    /// @dev Goes to the next opening of a window.
    function _toWindow(uint64 partition) internal {
        (, , uint256 opens, , ) = sectors.windowOf(PROVIDER, partition);
        while (opens < _slot) opens += PERIOD;
        if (opens > _slot) _begin(opens);
    }

    /// @dev Ends the block that closes the window.
    function _toClose(uint64 partition) internal returns (bytes memory) {
        (, , , uint256 closes, ) = sectors.windowOf(PROVIDER, partition);
        _begin(closes);
        return _end();
    }

    function _penalty(uint256 amount, uint8 kind, bytes memory found) internal pure {
        assertEq(abi.encodePacked(_validator().pubkey, bytes8(_littleEndian(uint64(amount))), kind), found);
    }
}
