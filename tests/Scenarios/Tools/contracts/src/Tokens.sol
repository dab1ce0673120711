// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";

contract Gold is ERC20 {
    constructor(uint256 supply) ERC20("Gold", "GLD") {
        _mint(msg.sender, supply);
    }
}

contract Deeds is ERC721 {
    constructor() ERC721("Deeds", "DEED") {}

    function claim(uint256 plot) external {
        _safeMint(msg.sender, plot);
    }
}

contract Goods is ERC1155 {
    constructor() ERC1155("ipfs://goods/{id}") {}

    function make(uint256[] calldata ids, uint256[] calldata amounts) external {
        _mintBatch(msg.sender, ids, amounts, "");
    }
}
