using Flashback.Cryptography.Curves;

namespace Flashback.Cryptography.Bls12381;

/// <summary>Hashing to the groups of BLS12-381 as a random oracle, and the maps it is made of. spec: RFC 9380 §8.8.</summary>
/// <remarks>Messages are public: the time depends on them.</remarks>
public static class HashToCurve
{
    private const int UniformSize = 64; // L = ceil((381 + 128) / 8)

    /// <summary>The suite BLS12381G1_XMD:SHA-256_SSWU_RO_.</summary>
    /// <param name="message">The message.</param>
    /// <param name="tag">The domain separation tag.</param>
    public static G1Point ToG1(ReadOnlySpan<byte> message, ReadOnlySpan<byte> tag)
    {
        Span<byte> uniform = stackalloc byte[2 * UniformSize];
        ExpandMessage.Xmd(message, tag, uniform);
        G1Point first = MapToCurve(Fp.Reduce(uniform[..UniformSize])), second = MapToCurve(Fp.Reduce(uniform[UniformSize..]));
        return G1.ClearCofactor(first + second);
    }

    /// <summary>The suite BLS12381G2_XMD:SHA-256_SSWU_RO_.</summary>
    /// <param name="message">The message.</param>
    /// <param name="tag">The domain separation tag.</param>
    public static G2Point ToG2(ReadOnlySpan<byte> message, ReadOnlySpan<byte> tag)
    {
        Span<byte> uniform = stackalloc byte[4 * UniformSize];
        ExpandMessage.Xmd(message, tag, uniform);
        Fp2 first = new(Fp.Reduce(uniform[..UniformSize]), Fp.Reduce(uniform[UniformSize..(2 * UniformSize)]));
        Fp2 second = new(Fp.Reduce(uniform[(2 * UniformSize)..(3 * UniformSize)]), Fp.Reduce(uniform[(3 * UniformSize)..]));
        return G2.ClearCofactor(MapToCurve(first) + MapToCurve(second));
    }

    /// <summary>A point of G1 for a field element; two elements may share one. spec: EIP-2537 <c>BLS12_MAP_FP_TO_G1</c>.</summary>
    public static G1Point MapToG1(in Fp element) => G1.ClearCofactor(MapToCurve(element));

    /// <summary>A point of G2 for a field element; two elements may share one. spec: EIP-2537 <c>BLS12_MAP_FP2_TO_G2</c>.</summary>
    public static G2Point MapToG2(in Fp2 element) => G2.ClearCofactor(MapToCurve(element));

    private static G1Point MapToCurve(in Fp element)
    {
        (Fp x, Fp y) = G1Isogeny.Swu.Map(element);
        return G1Isogeny.Map.Map<G1Curve>(x, y);
    }

    private static G2Point MapToCurve(in Fp2 element)
    {
        (Fp2 x, Fp2 y) = G2Isogeny.Swu.Map(element);
        return G2Isogeny.Map.Map<G2Curve>(x, y);
    }
}
