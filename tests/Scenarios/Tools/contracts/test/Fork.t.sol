// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Gold, Deeds, Goods} from "../src/Tokens.sol";
import {Counter} from "../src/Counter.sol";
import {Box, Factory} from "../src/Factory.sol";
import {vm} from "../src/Vm.sol";

/// Runs over the state that the script left on the chain.
contract ForkTest {
    Gold gold;
    address keeper;

    function setUp() external {
        gold = Gold(vm.envAddress("GOLD"));
        keeper = vm.envAddress("KEEPER");
    }

    function test_balances_are_there_and_can_be_moved() external {
        require(gold.balanceOf(address(0xbeef)) == 1 ether, "nothing was sent");
        vm.prank(keeper);
        gold.transfer(address(this), 2 ether);
        require(gold.balanceOf(address(this)) == 2 ether, "nothing came");
    }

    function test_deeds_and_goods_belong_to_the_keeper() external view {
        require(Deeds(vm.envAddress("DEEDS")).ownerOf(7) == keeper, "another owner");
        require(Goods(vm.envAddress("GOODS")).balanceOf(keeper, 2) == 20, "another amount");
    }

    function test_the_counter_was_upgraded() external {
        Counter counter = Counter(vm.envAddress("COUNTER"));
        require(counter.value() == 15, "5 and twice 5");
        require(counter.count(1) == 17, "the new code counts twice");
    }

    function test_the_box_is_where_it_was_foretold() external {
        Factory factory = Factory(vm.envAddress("FACTORY"));
        Box box = Box(factory.addressOf("salt", 42));
        require(box.content() == 42 && box.maker() == address(factory) && address(box).balance == 1 gwei, "another box");
        require(address(factory.make("pepper", 1)) == factory.addressOf("pepper", 1), "another place");
    }

    function test_before_the_script_there_was_nothing() external {
        vm.createSelectFork(vm.envString("RPC"), vm.envUint("BEFORE"));
        require(address(gold).code.length == 0, "it was there before");
        require(block.number == vm.envUint("BEFORE"), "another block");
    }

    function test_a_transfer_of_nothing_owned_is_refused(address poor) external {
        if (gold.balanceOf(poor) != 0) return;
        vm.prank(poor);
        try gold.transfer(address(1), 1) {
            revert("it went through");
        } catch {}
    }
}
