using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>The prices of gas and of blobs: each block's follow from its parent alone.</summary>
public static class FeeMarket
{
    private const ulong ElasticityMultiplier = 2; // EIP-1559
    private const ulong BaseFeeMaxChangeDenominator = 8; // EIP-1559

    /// <summary>Wei per gas in a block after this parent: more when the parent used more than half of its limit, less when less. spec: EIP-1559</summary>
    /// <exception cref="OverflowException">It does not fit a word.</exception>
    public static UInt256 BaseFeeAfter(BlockHeader parent)
    {
        ulong target = parent.GasLimit / ElasticityMultiplier;
        UInt256 fee = parent.BaseFeePerGas;
        if (parent.GasUsed == target)
            return fee;
        bool rises = parent.GasUsed > target;
        UInt256 weighted = Times(fee, rises ? parent.GasUsed - target : target - parent.GasUsed);
        UInt256 change = UInt256.Divide(UInt256.Divide(weighted, target), BaseFeeMaxChangeDenominator);
        if (!rises)
            return fee - change;
        UInt256 step = change.IsZero ? 1UL : change;
        return UInt256.AddOverflows(fee, step, out UInt256 sum) ? throw new OverflowException("the base fee does not fit a word") : sum;
    }

    /// <summary>The gas limit of a block after this parent that comes closest to the one wanted: it moves by less than a 1024th. spec: Ethereum Yellow Paper, equation 53</summary>
    public static ulong GasLimitToward(ulong wanted, BlockHeader parent)
    {
        ulong step = Math.Max(parent.GasLimit / HeaderValidity.GasLimitBoundDivisor, 1) - 1;
        return Math.Clamp(wanted, Math.Max(parent.GasLimit - step, HeaderValidity.MinGasLimit), Math.Min(parent.GasLimit + step, HeaderValidity.MaxGasLimit));
    }

    /// <summary>By how much blobs are over their target before a block with these rules, after this parent. spec: EIP-4844 calc_excess_blob_gas, EIP-7918</summary>
    /// <exception cref="OverflowException">It does not fit 64 bits.</exception>
    public static ulong ExcessBlobGasAfter(BlockHeader parent, ForkRules rules)
    {
        ulong target = (ulong)rules.Blobs.Target * BlobSchedule.GasPerBlob;
        ulong sum = parent.ExcessBlobGas + parent.BlobGasUsed;
        if (sum < target)
            return 0;
        return IsBelowReserve(parent, rules)
            ? parent.ExcessBlobGas + parent.BlobGasUsed * (ulong)(rules.Blobs.Max - rules.Blobs.Target) / (ulong)rules.Blobs.Max
            : sum - target;
    }

    /// <summary>True when a blob costs less than the execution gas it is worth: then the price must not fall. spec: EIP-7918</summary>
    private static bool IsBelowReserve(BlockHeader parent, ForkRules rules) =>
        rules.BlobBaseCost > 0
        && !UInt256.MultiplyOverflows(rules.Blobs.BaseFee(parent.ExcessBlobGas), BlobSchedule.GasPerBlob, out UInt256 price)
        && Times(parent.BaseFeePerGas, rules.BlobBaseCost) > price;

    private static UInt256 Times(in UInt256 fee, ulong gas) =>
        UInt256.MultiplyOverflows(fee, gas, out UInt256 product) ? throw new OverflowException("a price does not fit a word") : product;
}
