// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {QON_OPTIMIZER, SECTORS} from "./base/Addresses.sol";
import {DealTerms} from "./base/DealTerms.sol";
import {Places} from "./base/Places.sol";
import {Scores} from "./base/Scores.sol";

/// @notice What is asked of a deal.
interface IDeal {
    function initialize(uint64 number, address client, DealTerms calldata terms) external payable;
    function claim(uint8 kind, uint64 provider, uint256 item) external returns (uint256 length);
    function hotInputs(uint64 provider, uint256 item) external view returns (bytes32 commP, uint256 levels, uint256 height, uint64[] memory places);
    function receiptInputs(uint64 provider, uint256 item) external view returns (bytes32[12] memory);
}

/// @notice What is told to Sectors.
interface ISectorDeals {
    function hold(uint64 provider, uint64 number, bool isHeld) external;
    function chargeDeal(uint64 provider, uint256 amount) external;
}

/// @title Market: makes deals, and is what they have in common.
/// @notice A deal is a contract of its own: a clone (EIP-1167) of QonOptimizer. Market knows which contracts are deals, and so
/// stands between them and Sectors, which trusts Market alone; it keeps which places of sectors serve deals, how well
/// providers answered, and the money that deals have paid out until its owner takes it.
/// @dev What providers ask is in Providers. spec: docs/PROTOCOL.md, section 6.
contract Market is Places, Scores {
    uint8 private constant KIND_HOT = 3;
    uint8 private constant KIND_RECEIPT = 4;

    /// @notice How many deals there ever were; the newest has this number.
    uint64 public count;

    /// @notice A deal's contract by its number, from 1.
    mapping(uint64 number => address) public dealOf;

    /// @notice A deal's number; 0 for a contract that is none.
    mapping(address deal => uint64) public numberOf;

    /// @notice What somebody can withdraw, in wei.
    mapping(address payee => uint256) public creditOf;

    event DealDeployed(uint64 indexed number, address indexed deal, address indexed client, DealTerms terms);
    event Credited(address indexed payee, address indexed from, uint256 amount);
    event Withdrawn(address indexed payee, address to, uint256 amount);

    error NotSectors(address caller);
    error NotDeal(address caller);
    error UnknownDeal(uint64 number);
    error UnknownKind(uint8 kind);
    error DeploymentFailed();
    error PaymentFailed(address to);

    modifier onlyDeals() {
        if (numberOf[msg.sender] == 0) revert NotDeal(msg.sender);
        _;
    }

    /// @notice Makes a deal whose client is the caller.
    /// @param terms What is asked for; the deal refuses terms that cannot be kept.
    /// @return number The deal's.
    /// @return deal Its contract. It is sent the escrow: `providers` times the ceiling, exactly.
    function deploy(DealTerms calldata terms) external payable returns (uint64 number, address deal) {
        bytes memory code = abi.encodePacked(hex"3d602d80600a3d3981f3363d3d373d3d3d363d73", QON_OPTIMIZER, hex"5af43d82803e903d91602b57fd5bf3"); // EIP-1167
        assembly ("memory-safe") {
            deal := create(0, add(code, 0x20), mload(code))
        }
        if (deal == address(0)) revert DeploymentFailed();
        number = ++count;
        dealOf[number] = deal;
        numberOf[deal] = number;
        emit DealDeployed(number, deal, msg.sender, terms);
        IDeal(deal).initialize{value: msg.value}(number, msg.sender, terms);
    }

    // Claims. The subject is a deal's number in the lower 32 bits, and above them which request or batch of it: from 1; 0 for a window.

    /// @dev Sectors' alone: a claim about a deal takes effect. Returns how many bytes show it.
    function claim(uint8 kind, uint64 provider, uint64 subject) external returns (uint256 length) {
        if (msg.sender != SECTORS) revert NotSectors(msg.sender);
        if (kind != KIND_HOT && kind != KIND_RECEIPT) revert UnknownKind(kind);
        return _deal(subject).claim(kind, provider, subject >> 32);
    }

    /// @notice What a HOT claim states: the piece's data at these places is at hand, unsealed.
    /// @return commP The piece.
    /// @return levels Rows of its tree of data above the nodes of 32 bytes.
    /// @return height Rows above the nodes in which the places are: at each there are 2^height nodes.
    /// @return places Drawn for a window; asked for by a request.
    function hotInputs(uint64 provider, uint64 subject) external view returns (bytes32 commP, uint256 levels, uint256 height, uint64[] memory places) {
        return _deal(subject).hotInputs(provider, subject >> 32);
    }

    /// @notice What a RECEIPT claim states: these deliveries were signed by the other side, and their data is known.
    /// @return words domain, root, signer, provider, region, commP, levels, first, count, sum, median, seed: see docs/PROTOCOL.md.
    function receiptInputs(uint64 provider, uint64 subject) external view returns (bytes32[12] memory words) {
        return _deal(subject).receiptInputs(provider, subject >> 32);
    }

    // Deals' alone

    /// @dev A piece lies at this node of the sector's tree, and the sector stays as long as it does.
    function take(uint64 provider, uint64 sector, uint256 node) external onlyDeals {
        _take(provider, sector, node);
        ISectorDeals(SECTORS).hold(provider, sector, true);
    }

    /// @dev The deal is over.
    function release(uint64 provider, uint64 sector, uint256 node) external onlyDeals {
        _release(provider, sector, node);
        ISectorDeals(SECTORS).hold(provider, sector, false);
    }

    /// @dev A provider broke a deal: what it would have been paid, in wei, it also owes the protocol, in whole Gwei.
    function penalize(uint64 provider, uint256 amount) external onlyDeals {
        ISectorDeals(SECTORS).chargeDeal(provider, amount / 1 gwei);
    }

    /// @dev Requests of a client were answered, or not.
    function record(address client, uint64 provider, uint256 asked, uint256 served, uint256 timed, uint256 median) external onlyDeals {
        _record(client, provider, asked, served, timed, median);
    }

    // Money

    /// @notice Puts coins aside for somebody: nobody can stop a settlement by refusing them.
    function credit(address payee) external payable {
        creditOf[payee] += msg.value;
        emit Credited(payee, msg.sender, msg.value);
    }

    /// @notice Pays out all that is put aside for the caller.
    /// @param to Who gets it.
    function withdraw(address to) external returns (uint256 amount) {
        amount = creditOf[msg.sender];
        creditOf[msg.sender] = 0;
        emit Withdrawn(msg.sender, to, amount);
        (bool success, ) = to.call{value: amount}("");
        if (!success) revert PaymentFailed(to);
    }

    function _deal(uint64 subject) private view returns (IDeal) {
        address deal = dealOf[uint32(subject)];
        if (deal == address(0)) revert UnknownDeal(uint32(subject));
        return IDeal(deal);
    }
}
