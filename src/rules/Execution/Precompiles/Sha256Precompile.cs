using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>SHA-256. spec: Ethereum Yellow Paper, appendix E</summary>
internal sealed class Sha256Precompile : IPrecompile
{
    public long GasFor(ReadOnlySpan<byte> input) => 60 + 12 * ((input.Length + 31L) / 32);

    public bool TryRun(ReadOnlySpan<byte> input, ReturnBuffer output)
    {
        output.Set(Sha256.Hash(input).AsSpan());
        return true;
    }
}
