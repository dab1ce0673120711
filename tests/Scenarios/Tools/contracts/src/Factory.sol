// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

contract Box {
    address public immutable maker = msg.sender;
    uint256 public immutable content;

    constructor(uint256 put) payable {
        content = put;
    }
}

/// Makes boxes at addresses that are known before.
contract Factory {
    event Made(address indexed box, bytes32 salt);

    function make(bytes32 salt, uint256 content) external payable returns (Box box) {
        box = new Box{salt: salt, value: msg.value}(content);
        emit Made(address(box), salt);
    }

    function addressOf(bytes32 salt, uint256 content) external view returns (address) {
        bytes32 code = keccak256(abi.encodePacked(type(Box).creationCode, abi.encode(content)));
        return address(uint160(uint256(keccak256(abi.encodePacked(hex"ff", address(this), salt, code)))));
    }
}
