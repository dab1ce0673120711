// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The price of a claim, burnt: it follows how many there were, as EIP-7002's does.
/// @dev Coins paid stay in the contract, which can send none of them: that is how they are burnt.
abstract contract ClaimFee {
    uint256 private constant MAX_CLAIMS_PER_BLOCK = 128;
    uint256 private constant TARGET_CLAIMS_PER_BLOCK = 64;
    uint256 private constant MIN_CLAIM_FEE = 1 gwei;

    /// @dev A full block makes claims dearer by an eighth: 64 / 543 = ln(1.125), as EIP-1559 has it for gas.
    uint256 private constant FEE_UPDATE_FRACTION = 543;

    uint128 private _excess;
    uint128 private _inBlock;

    error ClaimFeeTooLow(uint256 paid, uint256 fee);
    error TooManyClaims(uint256 inBlock);

    /// @notice What each claim of this block costs, in wei.
    function claimFee() public view returns (uint256) {
        return _exponential(MIN_CLAIM_FEE, _excess, FEE_UPDATE_FRACTION);
    }

    /// @dev Counts claims, takes their fee, and says what is to be given back, in wei.
    function _takeFee(uint256 claims) internal returns (uint256 change) {
        uint256 fee = claimFee() * claims;
        if (msg.value < fee) revert ClaimFeeTooLow(msg.value, fee);
        uint256 inBlock = _inBlock + claims;
        if (inBlock > MAX_CLAIMS_PER_BLOCK) revert TooManyClaims(inBlock);
        _inBlock = uint128(inBlock);
        return msg.value - fee;
    }

    /// @dev At the end of each block.
    function _updateFee() internal {
        uint256 sum = uint256(_excess) + _inBlock;
        _excess = sum > TARGET_CLAIMS_PER_BLOCK ? uint128(sum - TARGET_CLAIMS_PER_BLOCK) : 0;
        _inBlock = 0;
    }

    /// @dev factor · e^(numerator / denominator), by its series. spec: EIP-4844 fake_exponential
    function _exponential(uint256 factor, uint256 numerator, uint256 denominator) private pure returns (uint256 sum) {
        uint256 term = factor * denominator;
        for (uint256 i = 1; term > 0; ++i) {
            sum += term;
            term = (term * numerator) / (denominator * i);
        }
        return sum / denominator;
    }
}
