// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What a client asks for. Times are slots, money is wei.
struct DealTerms {
    bytes32 commP; // the piece
    uint64 pieceSize; // bytes, padded: a power of two, from 128 to a sector's
    uint8 providers; // x: how many shall store it, 1 to 16
    uint8 cadence; // proofs of storage in a proving period, at least
    uint40 registrationEnd; // providers register before
    uint40 activationEnd; // and have the piece sealed before; the deal runs from then on
    uint40 end; // and until then
    uint128 ceiling; // the most that one provider may ask
    uint128 minimumFee; // collateral that each provider puts in at least
    uint16[] regions; // ISO 3166-1 numeric codes that speed is measured in, 0 for anywhere: 1 to 4 of them, ascending
    uint64[] invited; // only these may register; none: whoever comes first. At most 32
}
