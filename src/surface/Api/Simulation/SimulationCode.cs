using Flashback.Api.Calls;
using Flashback.Api.JsonRpc;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Simulation;

/// <summary>The codes of errors that only simulations have. spec: execution-apis, eth_simulateV1</summary>
public static class SimulationCode
{
    /// <summary>The call of code failed otherwise than by reverting.</summary>
    public const int CallFailed = -32015;

    /// <summary>The sender's nonce is above the message's.</summary>
    public const int NonceTooLow = -38010;

    /// <summary>The sender's nonce is below the message's.</summary>
    public const int NonceTooHigh = -38011;

    /// <summary>The message offers less than the base fee.</summary>
    public const int BaseFeeTooLow = -38012;

    /// <summary>The gas does not suffice to begin.</summary>
    public const int IntrinsicGas = -38013;

    /// <summary>The sender cannot pay.</summary>
    public const int InsufficientFunds = -38014;

    /// <summary>The block has no gas left for the message.</summary>
    public const int BlockGasLimit = -38015;

    /// <summary>A block's number is not above the one before.</summary>
    public const int BlockNumberOrder = -38020;

    /// <summary>A block is not later than the one before.</summary>
    public const int BlockTimeOrder = -38021;

    /// <summary>A precompiled contract moves to where it is.</summary>
    public const int MovedToItself = -38022;

    /// <summary>Two precompiled contracts move to the same place.</summary>
    public const int MovedTogether = -38023;

    /// <summary>The sender has code.</summary>
    public const int SenderNotEoa = -38024;

    /// <summary>The initcode is too long.</summary>
    public const int InitcodeTooLong = -38025;

    /// <summary>More is asked for than one simulation may have.</summary>
    public const int LimitExceeded = -38026;

    /// <summary>What to tell of a message that could not begin.</summary>
    internal static RpcException Of(Invalid<TransactionRule> invalid) => new(
        invalid.Rule switch
        {
            TransactionRule.NonceMismatchTooLow => NonceTooLow,
            TransactionRule.NonceMismatchTooHigh => NonceTooHigh,
            TransactionRule.InsufficientMaxFeePerGas => BaseFeeTooLow,
            TransactionRule.IntrinsicGasTooLow or TransactionRule.IntrinsicGasBelowFloorGasCost => IntrinsicGas,
            TransactionRule.InsufficientAccountFunds => InsufficientFunds,
            TransactionRule.GasAllowanceExceeded => BlockGasLimit,
            TransactionRule.SenderNotEoa => SenderNotEoa,
            TransactionRule.InitcodeSizeExceeded => InitcodeTooLong,
            _ => RpcCode.Server,
        },
        CallFailure.TextOf(invalid));
}
