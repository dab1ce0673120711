using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>
/// Whether a blob has a value at a point: [ versioned hash | z | y | commitment | proof ] to the number of a blob's elements and their
/// modulus, a word each. A wrong proof is refused. spec: EIP-4844 (point_evaluation_precompile)
/// </summary>
internal sealed class PointEvaluationPrecompile : IPrecompile
{
    private const int InputSize = 192;

    private static readonly byte[] Answer = Hex.Decode(
        "000000000000000000000000000000000000000000000000000000000000100073eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");

    public long GasFor(ReadOnlySpan<byte> input) => 50_000;

    public bool TryRun(ReadOnlySpan<byte> input, ReturnBuffer output)
    {
        if (input.Length != InputSize)
            return false;
        Bytes48 commitment = Bytes48.Read(input[96..144]), proof = Bytes48.Read(input[144..]);
        if (Kzg.VersionedHash(commitment) != Hash32.Read(input[..32])
            || !Kzg.VerifyProof(commitment, Hash32.Read(input[32..64]), Hash32.Read(input[64..96]), proof, out _))
            return false;
        output.Set(Answer);
        return true;
    }
}
