using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Verification on secp256r1: [ digest | r | s | x | y ] to a word of 1, or to nothing when the signature does not hold. spec: EIP-7951</summary>
internal sealed class P256VerifyPrecompile : IPrecompile
{
    private const int InputSize = 160;

    public long GasFor(ReadOnlySpan<byte> input) => 6900;

    public bool TryRun(ReadOnlySpan<byte> input, ReturnBuffer output)
    {
        output.Clear();
        if (input.Length == InputSize
            && Secp256r1.Verify(Hash32.Read(input[..32]), UInt256.ReadBigEndian(input[32..64]), UInt256.ReadBigEndian(input[64..96]), input[96..]))
        {
            Span<byte> word = output.Take(32);
            word.Clear();
            word[31] = 1;
        }
        return true;
    }
}
