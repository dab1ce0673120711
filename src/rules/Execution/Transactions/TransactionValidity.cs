using Flashback.Primitives;
using Broken = Flashback.Primitives.Invalid<Flashback.Execution.TransactionRule>;

namespace Flashback.Execution;

/// <summary>What the transactions before this one in its block have used up.</summary>
/// <param name="Gas">Gas of execution.</param>
/// <param name="BlobGas">Gas of blobs.</param>
public readonly record struct BlockUsage(ulong Gas, ulong BlobGas);

/// <summary>The rules that a transaction must keep to be in a block: first those of itself, then those of the block, last those of its sender.</summary>
internal static class TransactionValidity
{
    private const byte BlobHashVersion = 0x01; // VERSIONED_HASH_VERSION_KZG

    public static Broken? CheckAlone(Transaction t, in IntrinsicGas intrinsic, ulong chainId, ForkRules rules) =>
        FitsFork(t, rules)
        ?? IsForChain(t, chainId)
        ?? PaysIntrinsicGas(t, intrinsic)
        ?? NonceIsNotMax(t)
        ?? InitcodeIsShort(t)
        ?? GasWithinTransactionLimit(t, rules)
        ?? PriorityWithinFee(t)
        ?? CostFitsAWord(t)
        ?? AuthorizationsAreValid(t);

    public static Broken? CheckInBlock(Transaction t, BlockEnvironment block, ForkRules rules, in BlockUsage used) =>
        GasWithinBlockLimit(t, block, used)
        ?? FeeReachesBaseFee(t, block)
        ?? BlobsAreValid(t, block, rules, used);

    /// <summary>What even a message must keep that is only a question.</summary>
    public static Broken? CheckMessage(Transaction t, in IntrinsicGas intrinsic, BlockEnvironment block, AccountState sender) =>
        PaysIntrinsicGas(t, intrinsic)
        ?? NonceIsNotMax(t)
        ?? InitcodeIsShort(t)
        ?? PriorityWithinFee(t)
        ?? CostFitsAWord(t)
        ?? (t.MaxFeePerGas.IsZero ? null : FeeReachesBaseFee(t, block))
        ?? SenderCanPay(t, sender);

    /// <summary>What a message in a simulated block must keep as if somebody had signed it; it may come from a contract.</summary>
    public static Broken? CheckSimulated(Transaction t, in IntrinsicGas intrinsic, BlockEnvironment block, ForkRules rules, in BlockUsage used, AccountState sender) =>
        CheckAlone(t, intrinsic, block.ChainId, rules) ?? CheckInBlock(t, block, rules, used) ?? NonceFollows(t, sender) ?? SenderCanPay(t, sender);

    public static Broken? CheckSender(Transaction t, AccountState sender, JournaledState state, ForkRules rules) =>
        NonceFollows(t, sender)
        ?? SenderCanPay(t, sender)
        ?? SenderIsNoContract(sender, state, rules);

    private static Broken? FitsFork(Transaction t, ForkRules rules) =>
        t.Type == TransactionType.SetCode && !rules.AllowsDelegation
            ? new(TransactionRule.Type4TxPreFork, $"{rules.Fork} knows no transactions that set code") : null;

    private static Broken? IsForChain(Transaction t, ulong chainId) =>
        t.ChainId is { } chain && chain != chainId ? new(TransactionRule.InvalidChainId, $"it is for chain {chain}, this is {chainId}") : null;

    private static Broken? PaysIntrinsicGas(Transaction t, in IntrinsicGas gas) =>
        t.GasLimit < (ulong)gas.Execution ? new(TransactionRule.IntrinsicGasTooLow, $"gas limit {t.GasLimit}, intrinsic gas {gas.Execution}")
        : t.GasLimit < (ulong)gas.Floor ? new(TransactionRule.IntrinsicGasBelowFloorGasCost, $"gas limit {t.GasLimit}, floor {gas.Floor}")
        : null;

    private static Broken? NonceIsNotMax(Transaction t) =>
        t.Nonce == ulong.MaxValue ? new(TransactionRule.NonceIsMax, $"nonce {t.Nonce}") : null;

    private static Broken? InitcodeIsShort(Transaction t) =>
        t.To is null && t.Input.Length > Evm.MaxInitcodeLength
            ? new(TransactionRule.InitcodeSizeExceeded, $"{t.Input.Length} bytes, at most {Evm.MaxInitcodeLength}") : null;

    private static Broken? GasWithinTransactionLimit(Transaction t, ForkRules rules) =>
        t.GasLimit > rules.MaxTransactionGas
            ? new(TransactionRule.GasLimitExceedsMaximum, $"gas limit {t.GasLimit}, at most {rules.MaxTransactionGas}") : null;

    private static Broken? GasWithinBlockLimit(Transaction t, BlockEnvironment block, in BlockUsage used) =>
        t.GasLimit > block.GasLimit - used.Gas || t.GasLimit > long.MaxValue // gas is counted with a sign: no block pays for so much
            ? new(TransactionRule.GasAllowanceExceeded, $"gas limit {t.GasLimit}, the block has {block.GasLimit - used.Gas} left") : null;

    private static Broken? PriorityWithinFee(Transaction t) =>
        t.MaxPriorityFeePerGas > t.MaxFeePerGas
            ? new(TransactionRule.PriorityGreaterThanMaxFeePerGas, $"priority fee {t.MaxPriorityFeePerGas}, fee {t.MaxFeePerGas}") : null;

    private static Broken? CostFitsAWord(Transaction t) =>
        UInt256.MultiplyOverflows(t.MaxFeePerGas, t.GasLimit, out _)
            ? new(TransactionRule.GaslimitPriceProductOverflow, $"gas limit {t.GasLimit} times fee {t.MaxFeePerGas}") : null;

    private static Broken? FeeReachesBaseFee(Transaction t, BlockEnvironment block) =>
        t.MaxFeePerGas < block.BaseFee ? new(TransactionRule.InsufficientMaxFeePerGas, $"fee {t.MaxFeePerGas}, base fee {block.BaseFee}") : null;

    private static Broken? BlobsAreValid(Transaction t, BlockEnvironment block, ForkRules rules, in BlockUsage used)
    {
        if (t.Type != TransactionType.Blob)
            return null;
        int blobs = t.BlobHashes.Count;
        ulong room = (ulong)rules.Blobs.Max * BlobSchedule.GasPerBlob - used.BlobGas;
        return t.To is null ? new(TransactionRule.Type3TxContractCreation, "it calls nobody")
            : blobs == 0 ? new(TransactionRule.Type3TxZeroBlobs, "it has no blobs")
            : t.BlobGas > room ? new(TransactionRule.Type3TxMaxBlobGasAllowanceExceeded, $"blob gas {t.BlobGas}, the block has {room} left")
            : blobs > rules.MaxBlobsPerTransaction ? new(TransactionRule.Type3TxBlobCountExceeded, $"{blobs} blobs, at most {rules.MaxBlobsPerTransaction}")
            : t.BlobHashes.Any(hash => hash.AsSpan()[0] != BlobHashVersion)
                ? new(TransactionRule.Type3TxInvalidBlobVersionedHash, $"a versioned hash does not begin with {BlobHashVersion}")
            : t.MaxFeePerBlobGas < block.BlobBaseFee
                ? new(TransactionRule.InsufficientMaxFeePerBlobGas, $"blob fee {t.MaxFeePerBlobGas}, the block's is {block.BlobBaseFee}")
            : null;
    }

    private static Broken? AuthorizationsAreValid(Transaction t) =>
        t.Type != TransactionType.SetCode ? null
        : t.To is null ? new(TransactionRule.Type4TxContractCreation, "it calls nobody")
        : t.Authorizations.Count == 0 ? new(TransactionRule.Type4EmptyAuthorizationList, "it has no authorizations")
        : null;

    private static Broken? NonceFollows(Transaction t, AccountState sender) =>
        t.Nonce < sender.Nonce ? new(TransactionRule.NonceMismatchTooLow, $"nonce {t.Nonce}, the sender's is {sender.Nonce}")
        : t.Nonce > sender.Nonce ? new(TransactionRule.NonceMismatchTooHigh, $"nonce {t.Nonce}, the sender's is {sender.Nonce}")
        : null;

    private static Broken? SenderCanPay(Transaction t, AccountState sender)
    {
        bool overflows = UInt256.MultiplyOverflows(t.MaxFeePerGas, t.GasLimit, out UInt256 cost)
            | UInt256.MultiplyOverflows(t.MaxFeePerBlobGas, t.BlobGas, out UInt256 blobCost)
            | UInt256.AddOverflows(cost, blobCost, out cost)
            | UInt256.AddOverflows(cost, t.Value, out cost);
        return overflows || cost > sender.Balance
            ? new(TransactionRule.InsufficientAccountFunds, $"at most {(overflows ? "2^256 or more" : cost.ToString())} wei are needed, the sender has {sender.Balance}") : null;
    }

    private static Broken? SenderIsNoContract(AccountState sender, JournaledState state, ForkRules rules)
    {
        Bytecode code = state.CodeOf(sender);
        bool isContract = code.Length > 0 && !(rules.AllowsDelegation && code.IsDelegation(out _));
        return isContract ? new(TransactionRule.SenderNotEoa, $"{sender.Address} has {code.Length} bytes of code") : null;
    }
}
