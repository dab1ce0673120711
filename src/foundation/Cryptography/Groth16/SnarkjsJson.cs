using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;

namespace Flashback.Cryptography.Groth16;

/// <summary>Verifying keys, proofs and public inputs in the JSON of snarkjs: coordinates in decimal, points as [x, y, 1], elements of Fp2 as [c0, c1].</summary>
/// <remarks>source: iden3/snarkjs, "groth16" of the curve "bls12381". Our own interchange is binary; this is for people who check us with other tools.</remarks>
public static class SnarkjsJson
{
    private const int Coordinate = G1.UncompressedSize / 2;

    /// <summary>The verification key.</summary>
    public static JsonObject Write(VerifyingKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        JsonArray inputs = [];
        foreach (G1Affine input in key.Inputs)
            inputs.Add((JsonNode)Write(input));
        return new()
        {
            ["protocol"] = "groth16",
            ["curve"] = "bls12381",
            ["nPublic"] = key.InputCount,
            ["vk_alpha_1"] = Write(key.Setup.AlphaG1),
            ["vk_beta_2"] = Write(key.Setup.BetaG2),
            ["vk_gamma_2"] = Write(key.Setup.GammaG2),
            ["vk_delta_2"] = Write(key.Setup.DeltaG2),
            ["IC"] = inputs,
        };
    }

    /// <summary>A proof.</summary>
    public static JsonObject Write(in Groth16Proof proof) => new()
    {
        ["pi_a"] = Write(proof.A),
        ["pi_b"] = Write(proof.B),
        ["pi_c"] = Write(proof.C),
        ["protocol"] = "groth16",
        ["curve"] = "bls12381",
    };

    /// <summary>Public inputs without the constant one.</summary>
    public static JsonArray Write(ReadOnlySpan<Fr> inputs)
    {
        JsonArray numbers = [];
        Span<byte> bytes = stackalloc byte[Fr.Bits / 8 + 1];
        foreach (Fr input in inputs)
        {
            input.EncodeLittleEndian(bytes);
            numbers.Add((JsonNode)new BigInteger(bytes, isUnsigned: true).ToString(CultureInfo.InvariantCulture));
        }
        return numbers;
    }

    /// <summary>Reads a verification key. What it does not say, β and δ in G1, only provers need: those points are the generator here.</summary>
    /// <param name="json">The key.</param>
    /// <param name="key">The key when there is one.</param>
    /// <param name="fault">Why there is none; its part is the whole when the JSON has another shape.</param>
    public static bool TryReadKey(JsonElement json, [NotNullWhen(true)] out VerifyingKey? key, out Groth16Fault fault)
    {
        key = null;
        fault = default;
        G1Affine alpha = ReadG1(json, "vk_alpha_1", Groth16Part.AlphaG1, ref fault);
        G2Affine beta = ReadG2(json, "vk_beta_2", Groth16Part.BetaG2, ref fault);
        G2Affine gamma = ReadG2(json, "vk_gamma_2", Groth16Part.GammaG2, ref fault);
        G2Affine delta = ReadG2(json, "vk_delta_2", Groth16Part.DeltaG2, ref fault);
        List<G1Affine> inputs = [];
        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("IC", out JsonElement list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement point in list.EnumerateArray())
                inputs.Add(ReadG1(point, Groth16Part.Inputs, inputs.Count, ref fault));
        }
        if (fault.Reason == PointFault.None && inputs.Count == 0)
            fault = new(Groth16Part.Inputs, 0, PointFault.Length);
        if (fault.Reason != PointFault.None)
            return false;
        key = new(new(alpha, G1Affine.Generator, beta, gamma, G1Affine.Generator, delta), [.. inputs]);
        return true;
    }

    /// <summary>Reads a proof.</summary>
    public static bool TryReadProof(JsonElement json, out Groth16Proof proof, out Groth16Fault fault)
    {
        fault = default;
        proof = new(
            ReadG1(json, "pi_a", Groth16Part.A, ref fault), ReadG2(json, "pi_b", Groth16Part.B, ref fault), ReadG1(json, "pi_c", Groth16Part.C, ref fault));
        return fault.Reason == PointFault.None;
    }

    private static JsonArray Write(G1Affine point)
    {
        Span<byte> bytes = stackalloc byte[G1.UncompressedSize];
        G1.EncodeUncompressed(point, bytes);
        return [Number(bytes, 0), Number(bytes, 1), "1"];
    }

    private static JsonArray Write(G2Affine point)
    {
        Span<byte> bytes = stackalloc byte[G2.UncompressedSize];
        G2.EncodeUncompressed(point, bytes); // c1 stands before c0
        return [new JsonArray(Number(bytes, 1), Number(bytes, 0)), new JsonArray(Number(bytes, 3), Number(bytes, 2)), new JsonArray("1", "0")];
    }

    private static string Number(ReadOnlySpan<byte> bytes, int coordinate) =>
        new BigInteger(bytes.Slice(coordinate * Coordinate, Coordinate), isUnsigned: true, isBigEndian: true).ToString(CultureInfo.InvariantCulture);

    private static G1Affine ReadG1(JsonElement json, string name, Groth16Part part, ref Groth16Fault fault) =>
        ReadG1(Property(json, name), part, 0, ref fault);

    private static G1Affine ReadG1(JsonElement json, Groth16Part part, int index, ref Groth16Fault fault)
    {
        Span<byte> bytes = stackalloc byte[G1.UncompressedSize];
        PointFault reason = PointFault.Length;
        G1Affine point = default;
        if (TryRead(Item(json, 0), bytes, 0) && TryRead(Item(json, 1), bytes, 1) && Item(json, 2).ValueEquals("1"))
            _ = G1.TryDecodeUncompressed(bytes, out point, out reason);
        if (fault.Reason == PointFault.None && reason != PointFault.None)
            fault = new(part, index, reason);
        return point;
    }

    private static G2Affine ReadG2(JsonElement json, string name, Groth16Part part, ref Groth16Fault fault)
    {
        Span<byte> bytes = stackalloc byte[G2.UncompressedSize];
        PointFault reason = PointFault.Length;
        G2Affine point = default;
        JsonElement rows = Property(json, name), x = Item(rows, 0), y = Item(rows, 1);
        if (TryRead(Item(x, 0), bytes, 1) && TryRead(Item(x, 1), bytes, 0) && TryRead(Item(y, 0), bytes, 3) && TryRead(Item(y, 1), bytes, 2))
            _ = G2.TryDecodeUncompressed(bytes, out point, out reason);
        if (fault.Reason == PointFault.None && reason != PointFault.None)
            fault = new(part, 0, reason);
        return point;
    }

    private static JsonElement Property(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value) ? value : default;

    /// <summary>A text in an array; an empty one where there is none.</summary>
    private static JsonElement Item(JsonElement json, int index) =>
        json.ValueKind == JsonValueKind.Array && index < json.GetArrayLength() ? json[index] : EmptyText;

    private static JsonElement EmptyText { get; } = JsonDocument.Parse("\"\"").RootElement;

    private static bool TryRead(JsonElement json, Span<byte> bytes, int coordinate)
    {
        if (json.ValueKind != JsonValueKind.String || !BigInteger.TryParse(json.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out BigInteger number))
            return false;
        Span<byte> target = bytes.Slice(coordinate * Coordinate, Coordinate);
        int length = number.GetByteCount(isUnsigned: true);
        return length <= target.Length && number.TryWriteBytes(target[(target.Length - length)..], out _, isUnsigned: true, isBigEndian: true);
    }
}
