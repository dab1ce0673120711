// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MARKET, QON_OPTIMIZER, SECTORS} from "../src/base/Addresses.sol";
import {ClaimSignature} from "../src/base/ClaimSignature.sol";
import {DealBook} from "../src/base/DealBook.sol";
import {DealTerms} from "../src/base/DealTerms.sol";
import {Market} from "../src/Market.sol";
import {Places} from "../src/base/Places.sol";
import {QonOptimizer} from "../src/QonOptimizer.sol";
import {Sectors} from "../src/Sectors.sol";
import {World} from "./World.sol";

/// @dev A deal whose shares and samples are set as a test wants them: what is settled is then the contract's arithmetic alone.
contract OpenDeal is QonOptimizer {
    constructor(uint256[5] memory p) QonOptimizer(p) {}

    function open(uint40 newEnd) external payable {
        (client, reader, phase, end) = (msg.sender, msg.sender, Phase.Running, newEnd);
        _regions.push(756);
    }

    /// @dev As active as can be without a sector: nothing is released for it.
    function add(uint64 provider, uint128 fee, uint128 collateral, uint64 sum, uint64 count) external {
        Share storage share = _shares.push();
        (share.provider, share.standing, share.fee, share.collateral) = (provider, Standing.Active, fee, collateral);
        _placeOf[provider] = _shares.length;
        _tallies[provider][0] = Tally(sum, count);
    }
}

/// @dev Takes what deals tell Market, and nothing else.
contract OpenMarket is Market {
    function adopt(address deal) external {
        numberOf[deal] = 1;
    }
}

/// @dev Holds whatever it is told.
contract AnySector {
    fallback() external {}
}

/// @notice Deals on a machine that is not ours: one from its terms to its payments, and settlements with random fees and times.
contract DealsTest is World {
    Market private constant market = Market(MARKET);

    bytes32 private constant COMM_P = bytes32(uint256(0x1234));
    uint256 private constant PLACE = 5;

    // One whole life

    function test_a_deal_is_activated_proven_read_and_settled_and_its_money_is_where_it_belongs() public {
        _register();
        (bytes32 commD, bytes32[] memory path) = _sectorOf(COMM_P);
        _seal(1, 1, commD);
        QonOptimizer deal = _deploy(1 ether, 10);
        vm.prank(_operator);
        deal.register{value: 100}(PROVIDER, 0.4 ether);
        assertEq(0.6 ether, market.creditOf(address(this)));
        _asOperator();
        deal.activate(PROVIDER, 1, PLACE, path);
        assertEq(1, sectors.dealsIn(PROVIDER, 1));

        _asOperator();
        vm.expectPartialRevert(Sectors.SectorHasDeals.selector);
        sectors.terminate(PROVIDER, _one(1));

        uint256 batch = deal.submitReceipts(PROVIDER, 0, 1, 3, 30, 10, keccak256("root"));
        _begin(_slot + 2);
        _claimOfDeal(4, batch, _operator);
        (uint64 sum, uint64 count) = deal.tallyOf(PROVIDER, 0);
        assertEq(30, sum);
        assertEq(3, count);

        while (_slot < deal.end()) {
            (, , uint256 opens, uint256 closes, ) = sectors.windowOf(PROVIDER, 0);
            if (opens >= deal.end() || closes > deal.end()) break;
            if (opens > _slot) _begin(opens);
            (, uint64[] memory numbers, ) = sectors.windowInputs(PROVIDER, 0);
            if (numbers.length > 0) {
                _claim(2, 0);
                (, uint256 shown, ) = deal.proofsOf(PROVIDER);
                if (opens >= deal.shares()[0].firstOpens) {
                    _claimOfDeal(3, 0, _operator);
                    (, uint256 then, ) = deal.proofsOf(PROVIDER);
                    assertEq(shown + 1, then);
                }
            }
            _toClose(0);
        }
        _begin(deal.end());
        (uint256 due, uint256 proven, bool isFaithful) = deal.proofsOf(PROVIDER);
        assertTrue(due == proven && due >= 9 && isFaithful);
        deal.settle();
        assertEq(0.4 ether + 100, market.creditOf(address(0xdede)));
        assertEq(0, address(deal).balance);
        assertEq(0, sectors.dealsIn(PROVIDER, 1));
        vm.prank(address(0xdede));
        market.withdraw(address(0xbeef));
        assertEq(0.4 ether + 100, address(0xbeef).balance);
        (uint256 availability, uint64 asked, uint64 served, uint32 median, uint64 timed) = market.scoreOf(PROVIDER);
        assertEq(438_493, availability); // 3 of 3
        assertTrue(asked == 3 && served == 3 && median == 10 && timed == 3);
    }

    function test_a_place_serves_one_deal_alone() public {
        _register();
        (bytes32 commD, bytes32[] memory path) = _sectorOf(COMM_P);
        _seal(1, 1, commD);
        for (uint256 i = 0; i < 2; ++i) {
            QonOptimizer deal = _deploy(1 ether, 4);
            _asOperator();
            deal.register{value: 100}(PROVIDER, 1);
            if (i == 1) vm.expectPartialRevert(Places.PlaceNotFree.selector);
            _asOperator();
            deal.activate(PROVIDER, 1, PLACE, path);
        }
    }

    function test_who_abandons_pays_the_fee_from_its_stake_too() public {
        _register();
        (bytes32 commD, bytes32[] memory path) = _sectorOf(COMM_P);
        _seal(1, 1, commD);
        QonOptimizer deal = _deploy(1 ether, 4);
        _asOperator();
        deal.register{value: 100}(PROVIDER, 7 gwei + 5);
        _asOperator();
        deal.activate(PROVIDER, 1, PLACE, path);
        _asOperator();
        deal.abandon(PROVIDER);
        assertEq(1 ether + 100, market.creditOf(address(this)));
        _penalty(7, 0, _end());
        _asOperator();
        sectors.terminate(PROVIDER, _one(1));
    }

    function test_the_code_of_deals_is_no_deal() public {
        vm.expectPartialRevert(DealBook.NotMarket.selector);
        QonOptimizer(QON_OPTIMIZER).initialize(1, address(this), _terms(1 ether, 4));
    }

    // Settlements

    function testFuzz_what_comes_in_goes_out_or_is_burnt(uint256 seed) public {
        OpenDeal deal = new OpenDeal([GENESIS, SECONDS, PERIOD, 6, 8 << 20]);
        vm.etch(MARKET, address(new OpenMarket()).code);
        OpenMarket(MARKET).adopt(address(deal));
        vm.etch(SECTORS, address(new AnySector()).code);
        _register();
        deal.open{value: 0}(uint40(_slot));
        uint256 many = 1 + (seed % 16);
        uint256[] memory fees = new uint256[](many);
        uint256[] memory times = new uint256[](many);
        uint256 total = 0;
        for (uint64 i = 0; i < many; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            fees[i] = (seed >> 8) % (seed % 3 == 0 ? 5 : 1_000_000);
            times[i] = (seed >> 64) % 4;
            deal.add(i, uint128(fees[i]), 0, uint64(times[i] * 3), 3);
            total += fees[i];
        }
        vm.deal(address(deal), total);
        deal.settle();
        // The quickest, of equals the cheapest, then the first.
        uint256 winner = 0;
        for (uint256 i = 1; i < many; ++i) {
            if (times[i] < times[winner] || (times[i] == times[winner] && fees[i] < fees[winner])) winner = i;
        }
        uint256 first = many == 1 ? total : fees[winner] + (total - fees[winner]) / 2;
        uint256 other = many == 1 ? 0 : ((total - first) / 2) / (many - 1);
        assertEq(first + other * (many - 1), MARKET.balance);
        assertEq(total - first - other * (many - 1), address(0).balance);
        assertEq(0, address(deal).balance);
    }

    // Steps

    function _terms(uint128 ceiling, uint256 periods) private view returns (DealTerms memory t) {
        (t.commP, t.pieceSize, t.providers, t.cadence) = (COMM_P, 2048, 1, 1);
        (t.registrationEnd, t.activationEnd) = (uint40(_slot + 10), uint40(_slot + 20));
        (t.end, t.ceiling, t.minimumFee) = (uint40(_slot + 20 + periods * PERIOD), ceiling, 100);
        t.regions = new uint16[](1);
    }

    function _deploy(uint128 ceiling, uint256 periods) private returns (QonOptimizer) {
        (, address deal) = market.deploy{value: ceiling}(_terms(ceiling, periods));
        return QonOptimizer(deal);
    }

    /// @dev CommD of a sector in which a piece of 64 nodes lies between made-up neighbours.
    function _sectorOf(bytes32 commP) private pure returns (bytes32 node, bytes32[] memory path) {
        node = commP;
        path = new bytes32[](12);
        for (uint256 level = 0; level < 12; ++level) {
            path[level] = keccak256(abi.encode(level));
            node = (PLACE >> level) & 1 == 0 ? sha256(abi.encodePacked(node, path[level])) : sha256(abi.encodePacked(path[level], node));
            node &= ~bytes32(uint256(0xc0));
        }
    }

    function _claimOfDeal(uint8 kind, uint256 item, address by) private {
        ClaimSignature.Claim[] memory claims = _claimOf(kind, uint64((item << 32) | market.count()));
        _blobs();
        vm.prank(by);
        sectors.claim{value: 1 ether}(claims);
    }
}
