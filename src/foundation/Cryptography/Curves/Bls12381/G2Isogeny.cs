using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Bls12381;

/// <summary>The curve isogenous to that of G2 that has A·B ≠ 0, and its 3-isogeny. spec: RFC 9380 §8.8.2 and appendix E.3.</summary>
internal static class G2Isogeny
{
    /// <summary>The map onto the isogenous curve y² = x³ + 240·u·x + 1012·(1 + u); Z = −(2 + u).</summary>
    public static readonly SimplifiedSwu<Fp2> Swu = new(
        new(Fp.Zero, Fp.From(240)),
        new(Fp.From(1012), Fp.From(1012)),
        -new Fp2(Fp.From(2), Fp.One));

    /// <summary>The map from there to G2's curve.</summary>
    public static readonly Isogeny<Fp2> Map = new(
        [
            Literal.Of<Fp>(
                "05c759507e8e333ebb5b7a9a47d7ed8532c52d39fd3a042a88b58423c50ae15d5c2638e343d9c71c6238aaaaaaaa97d6",
                "05c759507e8e333ebb5b7a9a47d7ed8532c52d39fd3a042a88b58423c50ae15d5c2638e343d9c71c6238aaaaaaaa97d6"),
            Literal.Of<Fp>("0", "11560bf17baa99bc32126fced787c88f984f87adf7ae0c7f9a208c6b4f20a4181472aaa9cb8d555526a9ffffffffc71a"),
            Literal.Of<Fp>(
                "11560bf17baa99bc32126fced787c88f984f87adf7ae0c7f9a208c6b4f20a4181472aaa9cb8d555526a9ffffffffc71e",
                "08ab05f8bdd54cde190937e76bc3e447cc27c3d6fbd7063fcd104635a790520c0a395554e5c6aaaa9354ffffffffe38d"),
            Literal.Of<Fp>("171d6541fa38ccfaed6dea691f5fb614cb14b4e7f4e810aa22d6108f142b85757098e38d0f671c7188e2aaaaaaaa5ed1", "0"),
        ],
        [
            Literal.Of<Fp>("0", "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaa63"),
            Literal.Of<Fp>(
                "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000c",
                "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaa9f"),
            Fp2.One,
        ],
        [
            Literal.Of<Fp>(
                "1530477c7ab4113b59a4c18b076d11930f7da5d4a07f649bf54439d87d27e500fc8c25ebf8c92f6812cfc71c71c6d706",
                "1530477c7ab4113b59a4c18b076d11930f7da5d4a07f649bf54439d87d27e500fc8c25ebf8c92f6812cfc71c71c6d706"),
            Literal.Of<Fp>("0", "5c759507e8e333ebb5b7a9a47d7ed8532c52d39fd3a042a88b58423c50ae15d5c2638e343d9c71c6238aaaaaaaa97be"),
            Literal.Of<Fp>(
                "11560bf17baa99bc32126fced787c88f984f87adf7ae0c7f9a208c6b4f20a4181472aaa9cb8d555526a9ffffffffc71c",
                "08ab05f8bdd54cde190937e76bc3e447cc27c3d6fbd7063fcd104635a790520c0a395554e5c6aaaa9354ffffffffe38f"),
            Literal.Of<Fp>("124c9ad43b6cf79bfbf7043de3811ad0761b0f37a1e26286b0e977c69aa274524e79097a56dc4bd9e1b371c71c718b10", "0"),
        ],
        [
            Literal.Of<Fp>(
                "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffa8fb",
                "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffa8fb"),
            Literal.Of<Fp>("0", "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffa9d3"),
            Literal.Of<Fp>(
                "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000012",
                "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaa99"),
            Fp2.One,
        ]);
}
