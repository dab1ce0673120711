// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title How well providers answered, over all deals: the running Quality-of-Network score.
/// @notice Availability comes first, as the lower bound of what the counts allow with 95 % confidence, so that few samples
/// never look better than many; then speed, as a median that forgets. Counts are always told with them.
/// spec: docs/PROTOCOL.md, section 6.
abstract contract Scores {
    struct Score {
        uint64 asked; // requests that were answered or should have been
        uint64 served; // of these
        uint64 timed; // samples of speed
        uint32 median; // ms to the last byte
    }

    /// @notice Most requests that all deals of one client count for one provider.
    uint256 public constant MAX_SAMPLES_PER_CLIENT = 4_096;

    /// @dev A batch of n samples moves the median by n / 256 of the way to its own: after some 180 samples half is forgotten.
    int256 private constant MEMORY = 256;

    uint256 private constant SCALE = 10_000;
    uint256 private constant Z_SQUARED = 38_416; // 1.96², in SCALE

    mapping(uint64 provider => Score) private _scores;
    mapping(address client => mapping(uint64 provider => uint256)) private _added;

    event ScoreChanged(uint64 indexed provider, uint64 asked, uint64 served, uint64 timed, uint32 median);

    /// @notice A provider's score.
    /// @return availability The lower confidence bound of served over asked, in millionths (Wilson, z = 1.96); 0 without samples.
    /// @return asked Requests that count.
    /// @return served Of these, how many were answered in time.
    /// @return median Milliseconds to the last byte: a median over batches that forgets old ones.
    /// @return timed How many samples of speed stand behind it.
    function scoreOf(uint64 provider) external view returns (uint256 availability, uint64 asked, uint64 served, uint32 median, uint64 timed) {
        Score memory score = _scores[provider];
        return (_lowerBound(score.served, score.asked), score.asked, score.served, score.median, score.timed);
    }

    /// @dev Counts requests of a client, as far as it may still add some.
    /// @param timed How many of them were timed; their median is what follows.
    function _record(address client, uint64 provider, uint256 asked, uint256 served, uint256 timed, uint256 median) internal {
        uint256 added = _added[client][provider] + asked;
        if (asked == 0 || added > MAX_SAMPLES_PER_CLIENT) return;
        _added[client][provider] = added;
        Score memory score = _scores[provider];
        score.asked += uint64(asked);
        score.served += uint64(served);
        if (timed > 0) {
            int256 before = int256(uint256(score.median));
            score.median = score.timed == 0 ? uint32(median) : uint32(uint256(before + ((int256(median) - before) * int256(timed)) / MEMORY));
            score.timed += uint64(timed);
        }
        _scores[provider] = score;
        emit ScoreChanged(provider, score.asked, score.served, score.timed, score.median);
    }

    /// @dev (2s + z² − √(z²·(z² + 4·s·(n − s)/n))) / (2·(n + z²)), in millionths
    function _lowerBound(uint256 served, uint256 asked) private pure returns (uint256) {
        if (asked == 0) return 0;
        uint256 spread = _sqrt(Z_SQUARED * (Z_SQUARED + (4 * served * (asked - served) * SCALE) / asked));
        return ((2 * served * SCALE + Z_SQUARED - spread) * 1_000_000) / (2 * (asked * SCALE + Z_SQUARED));
    }

    /// @dev Rounded down: Newton's method from above.
    function _sqrt(uint256 square) private pure returns (uint256 root) {
        root = square;
        for (uint256 next = (square + 1) / 2; next < root; next = (square / next + next) / 2) {
            root = next;
        }
    }
}
