// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Takes stakes from the execution layer for the consensus layer.
/// @notice Ethereum's interface, events and refusals, written anew so that it can stand in a genesis block: nothing is
/// kept from a constructor. The tree's empty branches are hashed when somebody asks for the root.
/// @dev spec: consensus-specs phase0/deposit-contract; EIP-6110 for the event's layout.
contract DepositContract {
    /// @dev Levels of the Merkle tree of deposits.
    uint256 private constant DEPTH = 32; // DEPOSIT_CONTRACT_TREE_DEPTH
    uint256 private constant MAX_DEPOSITS = 2 ** DEPTH - 1; // MAX_DEPOSIT_COUNT: the last leaf stays free

    /// @dev supportsInterface ^ nothing, and deposit ^ get_deposit_root ^ get_deposit_count (EIP-165).
    bytes4 private constant ERC165_ID = 0x01ffc9a7;
    bytes4 private constant DEPOSIT_ID = 0x85640907;

    /// @dev At each level the last full subtree on the left, where the count has that bit set.
    bytes32[DEPTH] private _branch;
    uint256 private _count;

    /// @notice A stake came in.
    /// @param pubkey The validator's BLS key, 48 bytes.
    /// @param withdrawal_credentials Where the stake goes in the end, 32 bytes.
    /// @param amount In Gwei, 8 bytes, little-endian.
    /// @param signature The validator's over the deposit message, 96 bytes; nobody checks it here.
    /// @param index The deposit's place, 8 bytes, little-endian.
    event DepositEvent(bytes pubkey, bytes withdrawal_credentials, bytes amount, bytes signature, bytes index);

    /// @notice Stakes what is sent along: at least one coin, in whole Gwei.
    /// @param pubkey The validator's BLS key, 48 bytes.
    /// @param withdrawal_credentials Where the stake goes in the end, 32 bytes.
    /// @param signature The validator's over the deposit message, 96 bytes.
    /// @param deposit_data_root The SSZ root of key, credentials, amount and signature: guards against mistyped input.
    function deposit(
        bytes calldata pubkey,
        bytes calldata withdrawal_credentials,
        bytes calldata signature,
        bytes32 deposit_data_root
    ) external payable {
        require(pubkey.length == 48, "DepositContract: invalid pubkey length");
        require(withdrawal_credentials.length == 32, "DepositContract: invalid withdrawal_credentials length");
        require(signature.length == 96, "DepositContract: invalid signature length");
        require(msg.value >= 1 ether, "DepositContract: deposit value too low");
        require(msg.value % 1 gwei == 0, "DepositContract: deposit value not multiple of gwei");
        uint256 amount = msg.value / 1 gwei;
        require(amount <= type(uint64).max, "DepositContract: deposit value too high");

        bytes8 littleEndianAmount = _littleEndian(amount);
        emit DepositEvent(
            pubkey,
            withdrawal_credentials,
            abi.encodePacked(littleEndianAmount),
            signature,
            abi.encodePacked(_littleEndian(_count))
        );

        bytes32 leaf = _depositDataRoot(pubkey, bytes32(withdrawal_credentials), littleEndianAmount, signature);
        require(
            leaf == deposit_data_root,
            "DepositContract: reconstructed DepositData does not match supplied deposit_data_root"
        );
        _insert(leaf);
    }

    /// @notice The SSZ root of all deposits so far.
    function get_deposit_root() external view returns (bytes32) {
        bytes32 node;
        bytes32 empty; // the root of an empty subtree of the level's height
        uint256 count = _count;
        for (uint256 level = 0; level < DEPTH; ++level) {
            node = (count >> level) & 1 == 1 ? _pair(_branch[level], node) : _pair(node, empty);
            empty = _pair(empty, empty);
        }
        return sha256(abi.encodePacked(node, _littleEndian(count), bytes24(0)));
    }

    /// @notice How many deposits there were, 8 bytes, little-endian.
    function get_deposit_count() external view returns (bytes memory) {
        return abi.encodePacked(_littleEndian(_count));
    }

    /// @notice Whether the contract has an interface (EIP-165).
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == ERC165_ID || interfaceId == DEPOSIT_ID;
    }

    /// @dev Appends a leaf: carries full subtrees upwards as adding one carries bits.
    function _insert(bytes32 node) private {
        require(_count < MAX_DEPOSITS, "DepositContract: merkle tree full");
        uint256 count = ++_count;
        uint256 level = 0;
        for (; (count >> level) & 1 == 0; ++level) {
            node = _pair(_branch[level], node);
        }
        _branch[level] = node;
    }

    /// @dev hash_tree_root(DepositData).
    function _depositDataRoot(
        bytes calldata pubkey,
        bytes32 withdrawalCredentials,
        bytes8 littleEndianAmount,
        bytes calldata signature
    ) private pure returns (bytes32) {
        bytes32 key = sha256(abi.encodePacked(pubkey, bytes16(0)));
        bytes32 signed = _pair(
            sha256(signature[:64]),
            sha256(abi.encodePacked(signature[64:], bytes32(0)))
        );
        return _pair(
            _pair(key, withdrawalCredentials),
            _pair(bytes32(littleEndianAmount), signed)
        );
    }

    function _pair(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return sha256(abi.encodePacked(left, right));
    }

    /// @dev The eight low bytes, turned round.
    function _littleEndian(uint256 value) private pure returns (bytes8 turned) {
        for (uint256 i = 0; i < 8; ++i) {
            turned |= bytes8(uint64(value >> (8 * i)) << 56) >> (8 * i);
        }
    }
}
