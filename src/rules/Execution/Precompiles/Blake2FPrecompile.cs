using System.Buffers.Binary;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>The compression function of BLAKE2b with any number of rounds. spec: EIP-152</summary>
/// <remarks>
/// <code>
/// 0     rounds    (4 bytes, most significant first)
/// 4     h         (8 words of 8 bytes, least significant first, as are the next two)
/// 68    m         (16 words)
/// 196   t         (2 words)
/// 212   final     (0 or 1)
/// </code>
/// </remarks>
internal sealed class Blake2FPrecompile : IPrecompile
{
    private const int InputLength = 213;

    public long GasFor(ReadOnlySpan<byte> input) => input.Length == InputLength ? BinaryPrimitives.ReadUInt32BigEndian(input) : 0;

    public bool TryRun(ReadOnlySpan<byte> input, ReturnBuffer output)
    {
        if (input.Length != InputLength || input[212] > 1)
            return false;
        Span<ulong> words = stackalloc ulong[8 + 16 + 2];
        for (int i = 0; i < words.Length; i++)
            words[i] = BinaryPrimitives.ReadUInt64LittleEndian(input[(4 + 8 * i)..]);
        Span<ulong> state = words[..8];
        Blake2b.Compress(state, words.Slice(8, 16), words[24], words[25], input[212] == 1, BinaryPrimitives.ReadUInt32BigEndian(input));
        Span<byte> result = output.Take(64);
        for (int i = 0; i < state.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(result[(8 * i)..], state[i]);
        return true;
    }
}
