namespace Flashback.Execution;

/// <summary>What makes a transaction invalid where it stands: it must not be in the block. Named like the official tests' exceptions.</summary>
public enum TransactionRule
{
    /// <summary>Accounts cannot delegate in this fork. spec: EIP-7702</summary>
    Type4TxPreFork,

    /// <summary>It is for another chain. spec: EIP-155</summary>
    InvalidChainId,

    /// <summary>The gas limit does not cover what the transaction costs before any code runs. spec: Ethereum Yellow Paper, equation 64</summary>
    IntrinsicGasTooLow,

    /// <summary>The gas limit does not cover the least that its data costs. spec: EIP-7623</summary>
    IntrinsicGasBelowFloorGasCost,

    /// <summary>The nonce is the last number there is. spec: EIP-2681</summary>
    NonceIsMax,

    /// <summary>The initcode is longer than 49152 bytes. spec: EIP-3860</summary>
    InitcodeSizeExceeded,

    /// <summary>It asks for more gas than any transaction may. spec: EIP-7825</summary>
    GasLimitExceedsMaximum,

    /// <summary>It asks for more gas than the block has left. spec: Ethereum Yellow Paper, equation 65</summary>
    GasAllowanceExceeded,

    /// <summary>The priority fee is larger than the whole fee. spec: EIP-1559</summary>
    PriorityGreaterThanMaxFeePerGas,

    /// <summary>Gas limit times fee is 2^256 or more: nobody can pay that. spec: Ethereum Yellow Paper, equation 65</summary>
    GaslimitPriceProductOverflow,

    /// <summary>The fee does not reach the block's base fee. spec: EIP-1559</summary>
    InsufficientMaxFeePerGas,

    /// <summary>A blob transaction makes a contract. spec: EIP-4844</summary>
    Type3TxContractCreation,

    /// <summary>A blob transaction has no blobs. spec: EIP-4844</summary>
    Type3TxZeroBlobs,

    /// <summary>It has more blobs than one transaction may have. spec: EIP-4844, EIP-7594</summary>
    Type3TxBlobCountExceeded,

    /// <summary>It has more blobs than the block has room for. spec: EIP-4844</summary>
    Type3TxMaxBlobGasAllowanceExceeded,

    /// <summary>A versioned hash has another version than 1. spec: EIP-4844</summary>
    Type3TxInvalidBlobVersionedHash,

    /// <summary>The blob fee does not reach the block's. spec: EIP-4844</summary>
    InsufficientMaxFeePerBlobGas,

    /// <summary>A transaction that sets code makes a contract. spec: EIP-7702</summary>
    Type4TxContractCreation,

    /// <summary>A transaction that sets code has nobody's authorization. spec: EIP-7702</summary>
    Type4EmptyAuthorizationList,

    /// <summary>The sender has sent a transaction with this nonce already.</summary>
    NonceMismatchTooLow,

    /// <summary>The sender has not yet sent the transaction before this one.</summary>
    NonceMismatchTooHigh,

    /// <summary>The sender cannot pay for all the gas, the blobs and the value. spec: Ethereum Yellow Paper, equation 65</summary>
    InsufficientAccountFunds,

    /// <summary>The sender is a contract. spec: EIP-3607, EIP-7702</summary>
    SenderNotEoa,

    /// <summary>Nobody signed it. spec: EIP-2</summary>
    InvalidSignatureVrs,
}
