// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Gold, Deeds, Goods} from "../src/Tokens.sol";
import {Counter, CounterProxy, DoubleCounter} from "../src/Counter.sol";
import {Box, Factory} from "../src/Factory.sol";
import {vm} from "../src/Vm.sol";

/// Puts one of everything on the chain and uses it.
contract Deploy {
    function run() external returns (Gold gold, Deeds deeds, Goods goods, Counter counter, Factory factory, Box box) {
        uint256 key = vm.envUint("KEY");
        address self = vm.addr(key);
        vm.startBroadcast(key);
        gold = new Gold(1000 ether);
        gold.transfer(address(0xbeef), 1 ether);
        deeds = new Deeds();
        deeds.claim(7);
        goods = new Goods();
        uint256[] memory ids = new uint256[](2);
        uint256[] memory amounts = new uint256[](2);
        (ids[0], ids[1], amounts[0], amounts[1]) = (1, 2, 10, 20);
        goods.make(ids, amounts);
        counter = Counter(address(new CounterProxy(address(new Counter()), abi.encodeCall(Counter.begin, (self)))));
        counter.count(5);
        counter.upgradeToAndCall(address(new DoubleCounter()), "");
        counter.count(5);
        factory = new Factory();
        box = factory.make{value: 1 gwei}("salt", 42);
        // Through the proxy that is at the same address on every chain.
        new Gold{salt: "salt"}(1 ether);
        vm.stopBroadcast();
        require(address(box) == factory.addressOf("salt", 42), "not where it was foretold");
    }
}
