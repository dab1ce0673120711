using Flashback.Cryptography.Bls12381;

namespace Flashback.Cryptography.Groth16;

/// <summary>The part of a key that does not depend on the circuit's size.</summary>
/// <param name="AlphaG1">α in G1.</param>
/// <param name="BetaG1">β in G1.</param>
/// <param name="BetaG2">β in G2.</param>
/// <param name="GammaG2">γ in G2.</param>
/// <param name="DeltaG1">δ in G1.</param>
/// <param name="DeltaG2">δ in G2.</param>
public readonly record struct SetupPoints(G1Affine AlphaG1, G1Affine BetaG1, G2Affine BetaG2, G2Affine GammaG2, G1Affine DeltaG1, G2Affine DeltaG2)
{
    /// <summary>Bytes of the six points in a key file.</summary>
    public const int FileSize = 3 * (G1.UncompressedSize + G2.UncompressedSize);

    internal static SetupPoints Read(ref PointReader reader) => new(
        reader.ReadG1(Groth16Part.AlphaG1),
        reader.ReadG1(Groth16Part.BetaG1),
        reader.ReadG2(Groth16Part.BetaG2),
        reader.ReadG2(Groth16Part.GammaG2),
        reader.ReadG1(Groth16Part.DeltaG1),
        reader.ReadG2(Groth16Part.DeltaG2));

    /// <summary>Writes the <see cref="FileSize"/> bytes of a key file.</summary>
    public void Encode(Span<byte> bytes)
    {
        G1.EncodeUncompressed(AlphaG1, bytes);
        G1.EncodeUncompressed(BetaG1, bytes[96..]);
        G2.EncodeUncompressed(BetaG2, bytes[192..]);
        G2.EncodeUncompressed(GammaG2, bytes[384..]);
        G1.EncodeUncompressed(DeltaG1, bytes[576..]);
        G2.EncodeUncompressed(DeltaG2, bytes[672..]);
    }
}
