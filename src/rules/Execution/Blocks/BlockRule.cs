namespace Flashback.Execution;

/// <summary>What makes a block invalid. Named like the official tests' exceptions where they have a name.</summary>
public enum BlockRule
{
    /// <summary>The parent is another block than the one it is executed on.</summary>
    InvalidParentHash,

    /// <summary>The number is not that of the parent and one.</summary>
    InvalidBlockNumber,

    /// <summary>It is not later than its parent.</summary>
    InvalidBlockTimestampOlderThanParent,

    /// <summary>The gas limit is too low, or too far from the parent's. spec: Ethereum Yellow Paper, equation 53</summary>
    InvalidGasLimit,

    /// <summary>It says that it used more gas than its limit.</summary>
    InvalidGasUsedAboveLimit,

    /// <summary>The base fee does not follow from the parent. spec: EIP-1559</summary>
    InvalidBaseFeePerGas,

    /// <summary>More than 32 bytes of extra data. spec: Ethereum Yellow Paper, section 4.3.4</summary>
    ExtraDataTooBig,

    /// <summary>A difficulty other than 0. spec: EIP-3675</summary>
    ImportImpossibleDifficultyOverParis,

    /// <summary>A nonce other than 0. spec: EIP-3675</summary>
    InvalidNonceOverParis,

    /// <summary>Ommers. spec: EIP-3675</summary>
    ImportImpossibleUnclesOverParis,

    /// <summary>A field is missing that the fork has, or there is one that it has not.</summary>
    IncorrectBlockFormat,

    /// <summary>The excess of blob gas does not follow from the parent. spec: EIP-4844, EIP-7918</summary>
    IncorrectExcessBlobGas,

    /// <summary>The blob gas is no whole number of blobs, or not that of the transactions. spec: EIP-4844</summary>
    IncorrectBlobGasUsed,

    /// <summary>More blobs than a block may have. spec: EIP-4844</summary>
    BlobGasUsedAboveLimit,

    /// <summary>The block is longer than 8 MiB. spec: EIP-7934</summary>
    RlpBlockLimitExceeded,

    /// <summary>The transactions are not those that the header commits to.</summary>
    InvalidTransactionsRoot,

    /// <summary>The withdrawals are not those that the header commits to. spec: EIP-4895</summary>
    InvalidWithdrawalsRoot,

    /// <summary>A transaction breaks a rule of its own: see <see cref="TransactionRule"/>.</summary>
    InvalidTransaction,

    /// <summary>There is no code at a system contract that the fork relies on. spec: EIP-7002, EIP-7251</summary>
    SystemContractEmpty,

    /// <summary>A system contract that the fork relies on failed. spec: EIP-7002, EIP-7251</summary>
    SystemContractCallFailed,

    /// <summary>The deposit contract logged a deposit in another layout. spec: EIP-6110</summary>
    InvalidDepositEventLayout,

    /// <summary>The transactions used other gas than the header says.</summary>
    InvalidGasUsed,

    /// <summary>The receipts are not those that the header commits to.</summary>
    InvalidReceiptsRoot,

    /// <summary>The bloom is not that of the receipts.</summary>
    InvalidLogBloom,

    /// <summary>The requests are not those that the header commits to. spec: EIP-7685</summary>
    InvalidRequests,

    /// <summary>The state after it is not the one that the header commits to.</summary>
    InvalidStateRoot,

    /// <summary>A number left the range that the rules give it.</summary>
    ArithmeticOverflow,
}
