using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>RIPEMD-160, widened to a word. spec: Ethereum Yellow Paper, appendix E</summary>
internal sealed class Ripemd160Precompile : IPrecompile
{
    public long GasFor(ReadOnlySpan<byte> input) => 600 + 120 * ((input.Length + 31L) / 32);

    public bool TryRun(ReadOnlySpan<byte> input, ReturnBuffer output)
    {
        Span<byte> word = output.Take(32);
        word[..12].Clear();
        Ripemd160.Hash(input, word[12..]);
        return true;
    }
}
