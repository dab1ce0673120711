using System.Buffers.Binary;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Pairings;

namespace Flashback.Cryptography.Groth16;

/// <summary>What a circuit's proofs are verified with. Instances do not change and may be shared by threads.</summary>
/// <remarks>
/// <code>
/// [ α G1 ][ β G1 ][ β G2 ][ γ G2 ][ δ G1 ][ δ G2 ][ n: 4, big-endian ][ n points of G1 ]
/// </code>
/// with n = public inputs + 1. bellperson's files hold uncompressed points (96 and 192 bytes); the compressed layout is half as long.
/// </remarks>
public sealed class VerifyingKey
{
    private readonly G1Affine[] _inputs;
    private readonly Lazy<PreparedG2[]> _prepared;

    /// <summary>A key of points that are in their groups and not at infinity.</summary>
    /// <param name="setup">The six points of α, β, γ and δ.</param>
    /// <param name="inputs">One point for the constant one and one for each public input.</param>
    /// <exception cref="ArgumentException">There is not even the point of the constant.</exception>
    public VerifyingKey(in SetupPoints setup, ReadOnlySpan<G1Affine> inputs)
    {
        if (inputs.IsEmpty)
            throw new ArgumentException("a key has at least the point of the constant one", nameof(inputs));
        Setup = setup;
        _inputs = inputs.ToArray();
        _prepared = new(() => [new(Setup.BetaG2), new(Setup.GammaG2), new(Setup.DeltaG2)]);
    }

    /// <summary>The points of α, β, γ and δ.</summary>
    public SetupPoints Setup { get; }

    /// <summary>One point for the constant one and one for each public input.</summary>
    public ReadOnlySpan<G1Affine> Inputs => _inputs;

    /// <summary>How many numbers a statement has.</summary>
    public int InputCount => _inputs.Length - 1;

    internal ReadOnlyMemory<G1Affine> InputPoints => _inputs;

    /// <summary>β, γ and δ in G2 with the lines of their Miller loops.</summary>
    internal PreparedG2[] Prepared => _prepared.Value;

    /// <summary>Bytes of a key file for that many public inputs.</summary>
    public static long FileSize(int publicInputs) => SetupPoints.FileSize + sizeof(uint) + (long)G1.UncompressedSize * (publicInputs + 1);

    /// <summary>Reads a file as bellperson writes it.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out VerifyingKey? key, out Groth16Fault fault) =>
        TryDecode(new PointReader(bytes, compressed: false), out key, out fault);

    /// <summary>Reads a key of compressed points.</summary>
    public static bool TryDecodeCompressed(ReadOnlySpan<byte> bytes, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out VerifyingKey? key, out Groth16Fault fault) =>
        TryDecode(new PointReader(bytes, compressed: true), out key, out fault);

    /// <summary>The bytes of a file as bellperson writes it.</summary>
    public byte[] Encode()
    {
        byte[] bytes = new byte[FileSize(InputCount)];
        Setup.Encode(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(SetupPoints.FileSize), _inputs.Length);
        for (int i = 0; i < _inputs.Length; i++)
            G1.EncodeUncompressed(_inputs[i], bytes.AsSpan(SetupPoints.FileSize + sizeof(uint) + (i * G1.UncompressedSize)));
        return bytes;
    }

    /// <summary>The bytes of a key of compressed points.</summary>
    public byte[] EncodeCompressed()
    {
        byte[] bytes = new byte[(SetupPoints.FileSize / 2) + sizeof(uint) + (G1.CompressedSize * _inputs.Length)];
        Span<byte> rest = bytes;
        ReadOnlySpan<G1Affine> g1 = [Setup.AlphaG1, Setup.BetaG1, Setup.DeltaG1];
        ReadOnlySpan<G2Affine> g2 = [Setup.BetaG2, Setup.GammaG2, Setup.DeltaG2];
        G1.EncodeCompressed(g1[0], rest);
        G1.EncodeCompressed(g1[1], rest[48..]);
        G2.EncodeCompressed(g2[0], rest[96..]);
        G2.EncodeCompressed(g2[1], rest[192..]);
        G1.EncodeCompressed(g1[2], rest[288..]);
        G2.EncodeCompressed(g2[2], rest[336..]);
        BinaryPrimitives.WriteInt32BigEndian(rest[432..], _inputs.Length);
        for (int i = 0; i < _inputs.Length; i++)
            G1.EncodeCompressed(_inputs[i], rest[(436 + (i * G1.CompressedSize))..]);
        return bytes;
    }

    private static bool TryDecode(PointReader reader, out VerifyingKey? key, out Groth16Fault fault)
    {
        key = null;
        SetupPoints setup = SetupPoints.Read(ref reader);
        G1Affine[] inputs = reader.ReadCountedG1(Groth16Part.Inputs);
        if (!reader.Failed && inputs.Length == 0)
            return Refuse(new(Groth16Part.Inputs, 0, Curves.PointFault.Length), out fault);
        reader.End();
        if (reader.Failed)
            return Refuse(reader.Fault, out fault);
        fault = default;
        key = new VerifyingKey(setup, inputs);
        return true;
    }

    private static bool Refuse(Groth16Fault found, out Groth16Fault fault)
    {
        fault = found;
        return false;
    }
}
