using System.Numerics;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>How many blobs a block may carry and how quickly their price moves. spec: EIP-7840, EIP-7892</summary>
/// <param name="Target">Blobs per block at which the price stays where it is.</param>
/// <param name="Max">Most blobs per block.</param>
/// <param name="BaseFeeUpdateFraction">The larger, the slower the price moves.</param>
public readonly record struct BlobSchedule(int Target, int Max, ulong BaseFeeUpdateFraction)
{
    /// <summary>Gas of one blob. spec: EIP-4844 GAS_PER_BLOB</summary>
    public const ulong GasPerBlob = 131_072; // 2**17

    /// <summary>Least wei per blob gas. spec: EIP-4844 MIN_BASE_FEE_PER_BLOB_GAS</summary>
    public const ulong MinBaseFee = 1;

    /// <summary>Wei per blob gas at an excess of blob gas; the largest word where that is larger still. spec: EIP-4844 get_base_fee_per_blob_gas</summary>
    public UInt256 BaseFee(ulong excessBlobGas)
    {
        // e^(excess / fraction) as a Taylor series in whole numbers; beyond 178 the power does not fit a word: e^178 > 2^256.
        if (excessBlobGas / BaseFeeUpdateFraction >= 178)
            return UInt256.MaxValue;
        BigInteger sum = 0, term = (BigInteger)MinBaseFee * BaseFeeUpdateFraction;
        for (ulong i = 1; !term.IsZero; i++)
        {
            sum += term;
            term = term * excessBlobGas / ((BigInteger)BaseFeeUpdateFraction * i);
        }
        sum /= BaseFeeUpdateFraction;
        return sum.GetBitLength() > 256 ? UInt256.MaxValue : (UInt256)sum;
    }
}
