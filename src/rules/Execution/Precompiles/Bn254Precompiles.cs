using System.Buffers.Binary;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Pairings;
using G1 = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>, Flashback.Cryptography.Curves.Bn254G1Curve>;
using G2 = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Fields.Fp2<Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>>,
    Flashback.Cryptography.Curves.Bn254G2Curve>;

namespace Flashback.Execution;

/// <summary>The sum of two points of BN254: [ p | q ] to p + q. spec: EIP-196; gas: EIP-1108</summary>
internal sealed class Bn254AddPrecompile : IPrecompile
{
    public long GasFor(ReadOnlySpan<byte> input) => 150;

    public bool TryRun(ReadOnlySpan<byte> input, ReturnBuffer output)
    {
        Span<byte> padded = stackalloc byte[2 * Bn254Groups.G1Size];
        PaddedInput.Fill(input, padded);
        if (!Bn254Groups.TryDecode(padded[..Bn254Groups.G1Size], out G1 p, out _) || !Bn254Groups.TryDecode(padded[Bn254Groups.G1Size..], out G1 q, out _))
            return false;
        Bn254Groups.Encode((p.ToJacobian() + q).ToAffine(), output.Take(Bn254Groups.G1Size));
        return true;
    }
}

/// <summary>A multiple of a point of BN254: [ p | scalar ] to scalar·p, for any scalar of 256 bits. spec: EIP-196; gas: EIP-1108</summary>
internal sealed class Bn254MultiplyPrecompile : IPrecompile
{
    public long GasFor(ReadOnlySpan<byte> input) => 6000;

    public bool TryRun(ReadOnlySpan<byte> input, ReturnBuffer output)
    {
        Span<byte> padded = stackalloc byte[Bn254Groups.G1Size + 32];
        PaddedInput.Fill(input, padded);
        if (!Bn254Groups.TryDecode(padded[..Bn254Groups.G1Size], out G1 p, out _))
            return false;
        Span<ulong> scalar = stackalloc ulong[4];
        for (int i = 0; i < scalar.Length; i++)
            scalar[i] = BinaryPrimitives.ReadUInt64BigEndian(padded[(Bn254Groups.G1Size + 24 - 8 * i)..]);
        Bn254Groups.Encode(LinearCombination.Multiply(p.ToJacobian(), scalar).ToAffine(), output.Take(Bn254Groups.G1Size));
        return true;
    }
}

/// <summary>Whether a product of pairings on BN254 is one: pairs [ p | q ] to a word of 1 or 0. spec: EIP-197; gas: EIP-1108</summary>
internal sealed class Bn254PairingPrecompile : IPrecompile
{
    private const int PairSize = Bn254Groups.G1Size + Bn254Groups.G2Size;

    public long GasFor(ReadOnlySpan<byte> input) => 45_000 + 34_000L * (input.Length / PairSize);

    public bool TryRun(ReadOnlySpan<byte> input, ReturnBuffer output)
    {
        if (input.Length % PairSize != 0)
            return false;
        G1[] p = new G1[input.Length / PairSize];
        G2[] q = new G2[p.Length];
        for (int i = 0; i < p.Length; i++)
        {
            ReadOnlySpan<byte> pair = input.Slice(i * PairSize, PairSize);
            if (!Bn254Groups.TryDecode(pair[..Bn254Groups.G1Size], out p[i], out _) || !Bn254Groups.TryDecode(pair[Bn254Groups.G1Size..], out q[i], out _))
                return false;
        }
        Span<byte> word = output.Take(32);
        word.Clear();
        word[31] = (byte)(Bn254Pairing.IsProductOne(p, q) ? 1 : 0);
        return true;
    }
}
