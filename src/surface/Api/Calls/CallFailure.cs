using System.Globalization;
using System.Numerics;
using System.Text;
using Flashback.Api.JsonRpc;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Calls;

/// <summary>Failures in the words that clients know from go-ethereum.</summary>
internal static class CallFailure
{
    private const int WordLength = 32;

    private static ReadOnlySpan<byte> ErrorSelector => [0x08, 0xc3, 0x79, 0xa0]; // Error(string)

    private static ReadOnlySpan<byte> PanicSelector => [0x4e, 0x48, 0x7b, 0x71]; // Panic(uint256)

    /// <summary>What to tell the caller of code that failed.</summary>
    public static RpcException Of(TransactionOutcome outcome) => outcome.Halt == Halt.Revert
        ? new RpcException(RpcCode.Reverted, TextOf(outcome), outcome.Output.ToArray())
        : RpcException.Refused(TextOf(outcome));

    /// <summary>What to tell the sender of a message that could not begin.</summary>
    public static RpcException Of(Invalid<TransactionRule> invalid) => RpcException.Refused(TextOf(invalid));

    public static string TextOf(TransactionOutcome outcome) =>
        outcome.Halt == Halt.Revert && TryReadReason(outcome.Output.Span, out string reason) ? $"execution reverted: {reason}" : TextOf(outcome.Halt);

    public static string TextOf(Halt halt) => halt switch
    {
        Halt.Revert => "execution reverted",
        Halt.OutOfGas => "out of gas",
        Halt.StackUnderflow => "stack underflow",
        Halt.StackOverflow => "stack limit reached 1024",
        Halt.UndefinedOpcode => "invalid opcode",
        Halt.InvalidJump => "invalid jump destination",
        Halt.StaticViolation => "write protection",
        Halt.ReturnDataOutOfBounds => "return data out of bounds",
        Halt.InitcodeTooLong => "max initcode size exceeded",
        Halt.CodeTooLong => "max code size exceeded",
        Halt.CodeBeginsWithEf => "invalid code: must not begin with 0xef",
        Halt.PrecompileFailure => "precompiled contract failed",
        Halt.CreateCollision => "contract address collision",
        _ => halt.ToString(),
    };

    public static string TextOf(Invalid<TransactionRule> invalid) => invalid.Rule switch
    {
        TransactionRule.NonceMismatchTooLow => $"nonce too low: {invalid.Detail}",
        TransactionRule.NonceMismatchTooHigh => $"nonce too high: {invalid.Detail}",
        TransactionRule.NonceIsMax => $"nonce has max value: {invalid.Detail}",
        TransactionRule.InsufficientAccountFunds => $"insufficient funds for gas * price + value: {invalid.Detail}",
        TransactionRule.IntrinsicGasTooLow => $"intrinsic gas too low: {invalid.Detail}",
        TransactionRule.IntrinsicGasBelowFloorGasCost => $"insufficient gas for floor data gas cost: {invalid.Detail}",
        TransactionRule.GasAllowanceExceeded => $"gas limit reached: {invalid.Detail}",
        TransactionRule.GasLimitExceedsMaximum => $"transaction gas limit too high: {invalid.Detail}",
        TransactionRule.InsufficientMaxFeePerGas => $"max fee per gas less than block base fee: {invalid.Detail}",
        TransactionRule.PriorityGreaterThanMaxFeePerGas => $"max priority fee per gas higher than max fee per gas: {invalid.Detail}",
        TransactionRule.InsufficientMaxFeePerBlobGas => $"max fee per blob gas less than block blob gas fee: {invalid.Detail}",
        TransactionRule.InitcodeSizeExceeded => $"max initcode size exceeded: {invalid.Detail}",
        TransactionRule.SenderNotEoa => $"sender not an eoa: {invalid.Detail}",
        TransactionRule.InvalidChainId => $"invalid chain id for signer: {invalid.Detail}",
        TransactionRule.InvalidSignatureVrs => "invalid transaction v, r, s values",
        _ => invalid.ToString(),
    };

    /// <summary>The reason that reverted code gave, where it gave one as Solidity does.</summary>
    public static string? ReasonOf(ReadOnlySpan<byte> output) => TryReadReason(output, out string reason) ? reason : null;

    /// <summary>The reason in what Solidity's <c>revert</c> and <c>assert</c> return.</summary>
    private static bool TryReadReason(ReadOnlySpan<byte> output, out string reason)
    {
        reason = "";
        if (output.Length < 4 + WordLength)
            return false;
        ReadOnlySpan<byte> words = output[4..];
        if (output.StartsWith(PanicSelector))
        {
            reason = string.Create(CultureInfo.InvariantCulture, $"panic: code {new BigInteger(words[..WordLength], isUnsigned: true, isBigEndian: true)}");
            return true;
        }
        if (!output.StartsWith(ErrorSelector) || words.Length < 2 * WordLength)
            return false;
        UInt256 length = UInt256.ReadBigEndian(words.Slice(WordLength, WordLength));
        if (length > (ulong)(words.Length - 2 * WordLength))
            return false;
        reason = Encoding.UTF8.GetString(words.Slice(2 * WordLength, (int)length.Low));
        return true;
    }
}
