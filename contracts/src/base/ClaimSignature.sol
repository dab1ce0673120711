// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Claims that somebody else sends: the operator's EIP-712 signature stands for it.
/// @dev What is signed is the statement. Where the proof lies is not: whoever bundles claims decides that, and bytes that do
/// not prove the statement keep the block out wherever they are.
abstract contract ClaimSignature {
    /// @notice "The proof bytes at this place in this blob prove this statement".
    struct Claim {
        uint8 kind; // KIND_SEAL, KIND_UPDATE, KIND_WINDOW
        uint64 provider;
        uint64 subject; // a sector's number, or a partition's
        bytes32 commR; // of an update, the new replica; else 0
        bytes32 commD; // of an update, the new data; else 0
        uint16 blob; // index in the transaction
        uint32 offset; // of the proof in the blob, in bytes of data: 31 to a field element
        uint64 validUntil; // the last slot in which the signature counts
        bytes signature; // r, s, v: 65 bytes; none when the operator sends the claim itself
    }

    bytes32 private constant CLAIM_TYPEHASH =
        keccak256("Claim(uint8 kind,uint64 provider,uint64 subject,bytes32 commR,bytes32 commD,uint64 validUntil)");
    bytes32 private constant DOMAIN_TYPEHASH = keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    error InvalidSignature();
    error SignatureExpired(uint64 validUntil, uint256 slot);

    /// @dev The hash that an operator signs to let others send a claim (EIP-712, domain "Flashback Sectors", version "1").
    function _digest(Claim calldata c) private view returns (bytes32) {
        bytes32 domain = keccak256(abi.encode(DOMAIN_TYPEHASH, keccak256("Flashback Sectors"), keccak256("1"), block.chainid, address(this)));
        bytes32 statement = keccak256(abi.encode(CLAIM_TYPEHASH, c.kind, c.provider, c.subject, c.commR, c.commD, c.validUntil));
        return keccak256(abi.encodePacked(hex"1901", domain, statement));
    }

    function _checkSignature(Claim calldata c, address operator, uint256 slot) internal view {
        if (c.signature.length != 65) revert InvalidSignature();
        if (slot > c.validUntil) revert SignatureExpired(c.validUntil, slot);
        bytes32 r = bytes32(c.signature[:32]);
        bytes32 s = bytes32(c.signature[32:64]);
        if (ecrecover(_digest(c), uint8(c.signature[64]), r, s) != operator) revert InvalidSignature(); // never 0
    }
}
