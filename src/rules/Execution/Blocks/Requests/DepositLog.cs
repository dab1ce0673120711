using System.Buffers.Binary;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Reads deposits out of the deposit contract's logs. spec: EIP-6110</summary>
/// <remarks>
/// The log's payload is what Solidity makes of five byte strings; every position and length in it is fixed, and anything else makes the block invalid:
/// <code>
/// 0    offsets          160, 256, 320, 384, 512
/// 160  public key       48, then 48 bytes, padded to 64
/// 256  credentials      32, then 32 bytes
/// 320  amount            8, then 8 bytes, padded to 32
/// 384  signature        96, then 96 bytes
/// 512  index             8, then 8 bytes, padded to 32
/// </code>
/// </remarks>
internal static class DepositLog
{
    /// <summary>Bytes of a deposit in a request: the five strings without anything around them.</summary>
    public const int RequestLength = 48 + 32 + 8 + 96 + 8;

    private const int PayloadLength = 576;
    private const int WordLength = 32;

    private static readonly Hash32 DepositEvent = Keccak.Hash256("DepositEvent(bytes,bytes,bytes,bytes,bytes)"u8); // DEPOSIT_EVENT_SIGNATURE_HASH

    private static readonly (int Offset, int Length)[] Fields = [(160, 48), (256, 32), (320, 8), (384, 96), (512, 8)];

    /// <summary>True when the log, one of the deposit contract's, says that there was a deposit.</summary>
    public static bool IsDeposit(Log log) => log.Topics.Count > 0 && log.Topics[0] == DepositEvent;

    /// <summary>Writes the deposit as a request; false when the payload has another layout.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, Span<byte> request)
    {
        if (payload.Length != PayloadLength)
            return false;
        for (int i = 0; i < Fields.Length; i++)
        {
            (int offset, int length) = Fields[i];
            if (!HoldsNumber(payload.Slice(i * WordLength, WordLength), offset) || !HoldsNumber(payload.Slice(offset, WordLength), length))
                return false;
            payload.Slice(offset + WordLength, length).CopyTo(request);
            request = request[length..];
        }
        return true;
    }

    private static bool HoldsNumber(ReadOnlySpan<byte> word, int number) =>
        !word[..(WordLength - sizeof(int))].ContainsAnyExcept((byte)0) && BinaryPrimitives.ReadInt32BigEndian(word[(WordLength - sizeof(int))..]) == number;
}
