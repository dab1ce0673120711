// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// What an account may delegate to: many calls in one transaction.
contract Batch {
    struct Call {
        address to;
        uint256 value;
        bytes data;
    }

    function execute(Call[] calldata calls) external payable {
        require(msg.sender == address(this), "only for itself");
        for (uint256 i = 0; i < calls.length; i++) {
            (bool good,) = calls[i].to.call{value: calls[i].value}(calls[i].data);
            require(good, "a call failed");
        }
    }

    receive() external payable {}
}
