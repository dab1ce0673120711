// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

/// Behind a proxy; whoever began with it may replace its code.
contract Counter is Initializable, UUPSUpgradeable {
    event Counted(address indexed by, uint256 value);

    error NotTheKeeper(address caller);

    address public keeper;
    uint256 public value;

    function begin(address first) external initializer {
        keeper = first;
    }

    function count(uint256 by) external virtual returns (uint256) {
        value += by;
        emit Counted(msg.sender, value);
        return value;
    }

    function refuse() external view {
        revert NotTheKeeper(msg.sender);
    }

    function complain() external pure {
        revert("no reason to count");
    }

    function _authorizeUpgrade(address) internal view override {
        if (msg.sender != keeper) revert NotTheKeeper(msg.sender);
    }
}

contract DoubleCounter is Counter {
    function count(uint256 by) external override returns (uint256) {
        value += 2 * by;
        emit Counted(msg.sender, value);
        return value;
    }
}

contract CounterProxy is ERC1967Proxy {
    constructor(address code, bytes memory call) ERC1967Proxy(code, call) {}
}
