// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// Where the contracts stand in every genesis of a network with Spacetime (docs/PROTOCOL.md, section 3).
address constant RANDOMNESS = 0x00000000000000000000000000000000F1A50001;
address constant PROVIDERS = 0x00000000000000000000000000000000F1a50002;
address constant SECTORS = 0x00000000000000000000000000000000f1A50003;
address constant MARKET = 0x00000000000000000000000000000000F1a50004;
address constant QON_OPTIMIZER = 0x00000000000000000000000000000000F1a50005; // the code of every deal

/// @dev In whose name the protocol calls. spec: EIP-4788 SYSTEM_ADDRESS
address constant SYSTEM = 0xffffFFFfFFffffffffffffffFfFFFfffFFFfFFfE;

/// @dev Keeps the roots of beacon blocks by time. spec: EIP-4788 BEACON_ROOTS_ADDRESS
address constant BEACON_ROOTS = 0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02;
