// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// The few of Foundry's cheat codes that the script and the test need.
interface Vm {
    function startBroadcast(uint256 key) external;
    function stopBroadcast() external;
    function envAddress(string calldata name) external view returns (address);
    function envUint(string calldata name) external view returns (uint256);
    function prank(address sender) external;
    function roll(uint256 number) external;
    function createSelectFork(string calldata url, uint256 number) external returns (uint256);
    function envString(string calldata name) external view returns (string memory);
    function addr(uint256 key) external view returns (address);
}

Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
