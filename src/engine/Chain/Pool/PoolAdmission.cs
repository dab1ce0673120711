using System.Numerics;
using Flashback.Execution;
using Flashback.Primitives;
using Refusal = Flashback.Primitives.Invalid<Flashback.Chain.PoolRule>;

namespace Flashback.Chain;

/// <summary>The rules that a transaction must keep to be in the pool: first those of itself, then those of its sender and of what the sender has there.</summary>
internal static class PoolAdmission
{
    private const byte BlobHashVersion = 0x01; // VERSIONED_HASH_VERSION_KZG

    /// <summary>The rules that need neither a state nor the pool, the cheap ones first.</summary>
    public static Refusal? CheckAlone(Transaction t, int length, BlobSidecar? sidecar, PoolOptions options, ulong chainId, ForkRules rules) =>
        IsShort(length, options)
        ?? KeepsTheRules(t, chainId, rules)
        ?? HasBlobs(t, sidecar, rules)
        ?? TipReachesMinimum(t, options);

    /// <summary>The rules that need the head of the chain: they may begin or cease to hold with each block.</summary>
    public static Refusal? CheckState(PooledTransaction t, in SenderState state, ulong blockGasLimit) =>
        t.Transaction.GasLimit > blockGasLimit
            ? new(PoolRule.ExceedsBlockGasLimit, $"gas limit {t.Transaction.GasLimit}, the block's is {blockGasLimit}")
        : state.IsContract ? new(PoolRule.SenderNotEoa, $"address {t.Sender}")
        : t.Nonce < state.Nonce ? new(PoolRule.NonceTooLow, $"address {t.Sender}, tx: {t.Nonce} state: {state.Nonce}")
        : t.Cost > state.Balance ? new(PoolRule.InsufficientFunds, $"address {t.Sender} have {(BigInteger)state.Balance} want {(BigInteger)t.Cost}")
        : null;

    /// <summary>The rules between a transaction and the others of its sender.</summary>
    public static Refusal? CheckQueue(PooledTransaction t, SenderQueue queue, PoolOptions options) =>
        KindIsTheSame(t, queue)
        ?? (queue.At(t.Nonce) is { } old ? PaysForReplacement(t, old, options) : FindsItsPlace(t, queue, options))
        ?? SenderCanPayForAll(t, queue);

    private static Refusal? IsShort(int length, PoolOptions options) =>
        length > options.MaxBytes ? new(PoolRule.OversizedData, $"transaction size {length}, limit {options.MaxBytes}") : null;

    private static Refusal? KeepsTheRules(Transaction t, ulong chainId, ForkRules rules) =>
        TransactionExecutor.CheckAlone(t, chainId, rules) is { } broken ? new(RuleOf(broken.Rule), broken.Detail) : null;

    private static PoolRule RuleOf(TransactionRule rule) => rule switch
    {
        TransactionRule.Type4TxPreFork => PoolRule.TypeNotSupported,
        TransactionRule.InvalidChainId => PoolRule.InvalidChainId,
        TransactionRule.IntrinsicGasTooLow => PoolRule.IntrinsicGas,
        TransactionRule.IntrinsicGasBelowFloorGasCost => PoolRule.FloorDataGas,
        TransactionRule.NonceIsMax => PoolRule.NonceMax,
        TransactionRule.InitcodeSizeExceeded => PoolRule.MaxInitcodeSize,
        TransactionRule.GasLimitExceedsMaximum => PoolRule.GasLimitTooHigh,
        TransactionRule.PriorityGreaterThanMaxFeePerGas => PoolRule.TipAboveFeeCap,
        TransactionRule.GaslimitPriceProductOverflow => PoolRule.FeeTooLarge,
        TransactionRule.Type4TxContractCreation => PoolRule.SetCodeCreation,
        TransactionRule.Type4EmptyAuthorizationList => PoolRule.EmptyAuthorizations,
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "no rule of a transaction alone"),
    };

    private static Refusal? HasBlobs(Transaction t, BlobSidecar? sidecar, ForkRules rules)
    {
        if (t.Type != TransactionType.Blob)
            return sidecar is null ? null : new(PoolRule.InvalidSidecar, $"a transaction of type {(int)t.Type} has no blobs");
        int most = Math.Min(rules.MaxBlobsPerTransaction, rules.Blobs.Max);
        return t.To is null ? new(PoolRule.BlobCreation, "it calls nobody")
            : t.BlobHashes.Count == 0 ? new(PoolRule.MissingBlobHashes, "it has no blobs")
            : t.BlobHashes.Count > most ? new(PoolRule.TooManyBlobs, $"have {t.BlobHashes.Count}, permitted {most}")
            : t.BlobHashes.Any(hash => hash.AsSpan()[0] != BlobHashVersion) ? new(PoolRule.InvalidBlobHash, $"a hash does not begin with {BlobHashVersion}")
            : sidecar is null ? new(PoolRule.MissingSidecar, $"it has {t.BlobHashes.Count} hashes")
            : null;
    }

    private static Refusal? TipReachesMinimum(Transaction t, PoolOptions options) =>
        t.MaxPriorityFeePerGas < options.MinTip
            ? new(PoolRule.GasPriceTooLow, $"gas tip cap {(BigInteger)t.MaxPriorityFeePerGas}, minimum needed {(BigInteger)options.MinTip}") : null;

    /// <summary>A replacement with blobs costs more than one without: a sender has the one or the other, or could call back blobs cheaply.</summary>
    private static Refusal? KindIsTheSame(PooledTransaction t, SenderQueue queue) =>
        !queue.IsEmpty && queue.Transactions[0].Sidecar is null != t.Sidecar is null
            ? new(PoolRule.AddressReserved, $"{t.Sender} has transactions {(t.Sidecar is null ? "with" : "without")} blobs in the pool") : null;

    private static Refusal? PaysForReplacement(PooledTransaction t, PooledTransaction old, PoolOptions options)
    {
        int bump = t.Sidecar is null ? options.ReplacementBump : options.BlobReplacementBump;
        bool pays = IsBumped(t.Transaction.MaxFeePerGas, old.Transaction.MaxFeePerGas, bump)
            && IsBumped(t.Transaction.MaxPriorityFeePerGas, old.Transaction.MaxPriorityFeePerGas, bump)
            && (t.Sidecar is null || IsBumped(t.Transaction.MaxFeePerBlobGas, old.Transaction.MaxFeePerBlobGas, bump));
        return pays ? null
            : new(PoolRule.ReplacementUnderpriced, $"nonce {t.Nonce}: all fees must be {bump} % above those of {old.Hash} (fee {(BigInteger)old.Transaction.MaxFeePerGas}, tip {(BigInteger)old.Transaction.MaxPriorityFeePerGas})");
    }

    private static bool IsBumped(in UInt256 now, in UInt256 before, int percent) =>
        now > before
        && !UInt256.MultiplyOverflows(before, (ulong)(100 + percent), out UInt256 least)
        && (UInt256.MultiplyOverflows(now, 100, out UInt256 offered) || offered >= least);

    private static Refusal? FindsItsPlace(PooledTransaction t, SenderQueue queue, PoolOptions options)
    {
        PoolLimit limit = t.Sidecar is null ? options.PlainOfSender : options.BlobOfSender;
        int count = queue.Transactions.Length + 1;
        long bytes = queue.Footprint + t.Footprint;
        bool waits = t.Nonce > queue.NextNonce;
        return waits && t.Sidecar is not null ? new(PoolRule.NonceTooHigh, $"address {t.Sender}, tx: {t.Nonce} next: {queue.NextNonce}")
            : waits && queue.Waiting >= options.WaitingOfSender
                ? new(PoolRule.AccountLimit, $"{queue.Waiting} transactions of {t.Sender} wait already, at most {options.WaitingOfSender}")
            : count > limit.Count || bytes > limit.Bytes
                ? new(PoolRule.AccountLimit, $"{count} transactions of {t.Sender} of {bytes} bytes, at most {limit.Count} of {limit.Bytes}")
            : null;
    }

    private static Refusal? SenderCanPayForAll(PooledTransaction t, SenderQueue queue)
    {
        if (t.Nonce > queue.NextNonce)
            return null;
        UInt256 others = queue.Spent - (t.Nonce < queue.NextNonce ? queue.At(t.Nonce)!.Cost : UInt256.Zero);
        return UInt256.AddOverflows(others, t.Cost, out UInt256 all) || all > queue.State.Balance
            ? new(PoolRule.InsufficientFunds, $"balance {(BigInteger)queue.State.Balance}, queued cost {(BigInteger)others}, tx cost {(BigInteger)t.Cost}") : null;
    }
}
