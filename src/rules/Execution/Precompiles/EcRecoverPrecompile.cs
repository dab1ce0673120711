using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>The account that signed a digest: [ digest | v | r | s ] to its address, or to nothing. spec: Ethereum Yellow Paper, appendix E.1</summary>
internal sealed class EcRecoverPrecompile : IPrecompile
{
    private const int InputSize = 128;
    private const int LowestV = 27;

    public long GasFor(ReadOnlySpan<byte> input) => 3000;

    public bool TryRun(ReadOnlySpan<byte> input, ReturnBuffer output)
    {
        Span<byte> padded = stackalloc byte[InputSize];
        PaddedInput.Fill(input, padded);
        output.Clear();
        UInt256 v = UInt256.ReadBigEndian(padded[32..64]);
        if (v != LowestV && v != LowestV + 1)
            return true;
        RecoverableSignature signature = new(
            UInt256.ReadBigEndian(padded[64..96]), UInt256.ReadBigEndian(padded[96..]), (int)(v.Low - LowestV));
        if (Secp256k1.TryRecover(Hash32.Read(padded[..32]), signature, out Secp256k1PublicKey key))
        {
            Span<byte> word = output.Take(32);
            word.Clear();
            key.ToAddress().AsSpan().CopyTo(word[12..]);
        }
        return true;
    }
}
