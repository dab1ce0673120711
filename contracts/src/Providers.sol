// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SECTORS} from "./base/Addresses.sol";
import {BeaconProofs} from "./base/BeaconProofs.sol";
import {Slots} from "./base/Slots.sol";
import {ValidatorRecord} from "./base/ValidatorRecord.sol";

/// @notice What Sectors is told when a provider ends.
interface IProviderSectors {
    function terminateProvider(uint64 provider) external;
}

/// @title Providers: validators that have switched storage on.
/// @notice A provider is known by its validator's index. Stake first: only an active, unslashed validator is taken, and
/// only its withdrawal address may bring it. Once its record shows it exiting or slashed, it ends at once.
/// @dev spec: docs/PROTOCOL.md, section 3.
contract Providers is BeaconProofs {
    enum Status {
        None,
        Active,
        Terminated
    }

    /// @notice What a provider offers.
    struct Ask {
        uint128 feePerGibDay; // wei per GiB and day
        uint64 smallestPiece; // bytes, padded
        uint64 largestPiece; // bytes, padded
        uint64 longestDuration; // slots
        uint16 region; // ISO 3166-1 numeric, or 0
        string endpoint; // URL at which the provider answers
    }

    struct Provider {
        address owner; // the withdrawal address: the stake's
        uint64 effectiveBalance; // Gwei, as last proven
        Status status;
        address operator; // signs claims and receipts
        uint64 provenSlot; // slot of the block whose parent's state the record was last proven in
        bytes32 pubkeyHead; // bytes 0 to 31 of the validator's key
        bytes16 pubkeyTail; // bytes 32 to 47
        bytes32 proverId; // sha256("flashback/prover" ‖ key): who replicas are made for
    }

    /// @notice Slots of an epoch.
    uint256 public immutable SLOTS_PER_EPOCH;

    uint256 private constant MAX_ENDPOINT_BYTES = 256;

    mapping(uint64 provider => Provider) private _providers;
    mapping(uint64 provider => Ask) private _asks;

    /// @notice How many were ever registered.
    uint256 public count;

    event ProviderRegistered(uint64 indexed provider, address indexed owner, address operator, bytes pubkey, bytes32 proverId);
    event AskChanged(uint64 indexed provider, Ask ask);
    event OperatorChanged(uint64 indexed provider, address operator);
    event StakeProven(uint64 indexed provider, uint64 effectiveBalance, uint64 provenSlot);
    event ProviderTerminated(uint64 indexed provider, bool slashed, uint64 exitEpoch);

    error AlreadyRegistered(uint64 provider);
    error NotRegistered(uint64 provider);
    error NotOwner(uint64 provider, address caller);
    error NotActive(uint64 activationEpoch, uint64 exitEpoch, bool slashed);
    error NotWithdrawalAddress(bytes32 withdrawalCredentials, address caller);
    error ProofNotNewer(uint64 slot, uint64 provenSlot);
    error InvalidOperator();
    error InvalidAsk();

    constructor(uint256 genesisTime, uint256 secondsPerSlot, uint256 slotsPerEpoch) Slots(genesisTime, secondsPerSlot) {
        SLOTS_PER_EPOCH = slotsPerEpoch;
    }

    /// @notice Makes a validator a provider. The caller must be the address in its withdrawal credentials (0x01 or 0x02).
    /// @param proof Its record, active and not slashed.
    /// @param operator Who claims and signs for it.
    /// @param ask What it offers.
    function register(Proof calldata proof, address operator, Ask calldata ask) external {
        uint64 id = proof.index;
        ValidatorRecord calldata validator = proof.validator;
        if (_providers[id].status != Status.None) revert AlreadyRegistered(id);
        uint64 slot = _verify(proof);
        if (!_isWithdrawalAddress(validator.withdrawalCredentials, msg.sender)) {
            revert NotWithdrawalAddress(validator.withdrawalCredentials, msg.sender);
        }
        if (_isLeaving(validator) || validator.activationEpoch > currentSlot() / SLOTS_PER_EPOCH) {
            revert NotActive(validator.activationEpoch, validator.exitEpoch, validator.slashed);
        }
        if (operator == address(0)) revert InvalidOperator();
        bytes32 proverId = sha256(abi.encodePacked("flashback/prover", validator.pubkey));
        _providers[id] = Provider({
            owner: msg.sender,
            effectiveBalance: validator.effectiveBalance,
            status: Status.Active,
            operator: operator,
            provenSlot: slot,
            pubkeyHead: bytes32(validator.pubkey[:32]),
            pubkeyTail: bytes16(validator.pubkey[32:]),
            proverId: proverId
        });
        ++count;
        emit ProviderRegistered(id, msg.sender, operator, validator.pubkey, proverId);
        emit StakeProven(id, validator.effectiveBalance, slot);
        _setAsk(id, ask);
    }

    /// @notice Takes a newer proof of a provider's stake; anyone may bring it. One that shows the validator exiting or
    /// slashed ends the provider at once, and its penalties fall due.
    function refreshStake(Proof calldata proof) external {
        Provider storage provider = _active(proof.index);
        uint64 slot = _verify(proof);
        if (slot <= provider.provenSlot) revert ProofNotNewer(slot, provider.provenSlot);
        ValidatorRecord calldata validator = proof.validator;
        provider.provenSlot = slot;
        provider.effectiveBalance = validator.effectiveBalance;
        emit StakeProven(proof.index, validator.effectiveBalance, slot);
        if (_isLeaving(validator)) {
            provider.status = Status.Terminated;
            emit ProviderTerminated(proof.index, validator.slashed, validator.exitEpoch);
            IProviderSectors(SECTORS).terminateProvider(proof.index);
        }
    }

    /// @notice Hands the hot key's work to another one.
    function setOperator(uint64 provider, address operator) external {
        Provider storage p = _owned(provider);
        if (operator == address(0)) revert InvalidOperator();
        p.operator = operator;
        emit OperatorChanged(provider, operator);
    }

    /// @notice Changes what a provider offers, and where.
    function setAsk(uint64 provider, Ask calldata ask) external {
        _owned(provider);
        _setAsk(provider, ask);
    }

    /// @notice All that is known of a provider.
    function providerOf(uint64 provider) external view returns (Provider memory) {
        return _providers[provider];
    }

    /// @notice What a provider offers.
    function askOf(uint64 provider) external view returns (Ask memory) {
        return _asks[provider];
    }

    /// @notice Who acts for a provider, and what stands behind it.
    /// @return owner The withdrawal address.
    /// @return operator The hot key.
    /// @return effectiveBalance Gwei, as last proven.
    /// @return isActive False when it never was registered or has ended.
    function standingOf(uint64 provider) external view returns (address owner, address operator, uint64 effectiveBalance, bool isActive) {
        Provider storage p = _providers[provider];
        return (p.owner, p.operator, p.effectiveBalance, p.status == Status.Active);
    }

    /// @notice The validator's key, 48 bytes.
    function pubkeyOf(uint64 provider) external view returns (bytes32 head, bytes16 tail) {
        return (_providers[provider].pubkeyHead, _providers[provider].pubkeyTail);
    }

    /// @notice Who a provider's replicas are made for.
    function proverIdOf(uint64 provider) external view returns (bytes32) {
        return _providers[provider].proverId;
    }

    function _setAsk(uint64 provider, Ask calldata ask) private {
        uint256 length = bytes(ask.endpoint).length;
        if (length > MAX_ENDPOINT_BYTES) revert InvalidLength(length, MAX_ENDPOINT_BYTES);
        if (ask.smallestPiece > ask.largestPiece) revert InvalidAsk();
        _asks[provider] = ask;
        emit AskChanged(provider, ask);
    }

    function _active(uint64 provider) private view returns (Provider storage p) {
        p = _providers[provider];
        if (p.status != Status.Active) revert NotRegistered(provider);
    }

    function _owned(uint64 provider) private view returns (Provider storage p) {
        p = _active(provider);
        if (msg.sender != p.owner) revert NotOwner(provider, msg.sender);
    }

    /// @dev 0x01 or 0x02, eleven zeros, the address. spec: cs/electra/beacon-chain, ETH1_ADDRESS_ and COMPOUNDING_WITHDRAWAL_PREFIX
    function _isWithdrawalAddress(bytes32 credentials, address caller) private pure returns (bool) {
        uint256 prefix = uint256(credentials) >> 160;
        return (prefix == 1 << 88 || prefix == 2 << 88) && address(uint160(uint256(credentials))) == caller;
    }
}
