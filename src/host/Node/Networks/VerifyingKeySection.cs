using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Cryptography.Groth16;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;

namespace Flashback.Node;

/// <summary>The part of a network file that says what storage proofs are verified with, and where those keys came from. spec: ours#1</summary>
internal static class VerifyingKeySection
{
    private const string Keys = "verifying_keys";
    private const string Origin = "verifying_keys_from";

    /// <summary>Reads the keys by circuit; none when the file has no such part. A key has the length of its circuit's, so what a file can hold is bounded.</summary>
    /// <exception cref="InvalidDataException">A key is none, or not one of its circuit; the message says which and why.</exception>
    public static Dictionary<StorageCircuit, VerifyingKey> Read(JsonObject file)
    {
        Dictionary<StorageCircuit, VerifyingKey> keys = [];
        if (!file.TryGetPropertyValue(Keys, out JsonNode? section))
            return keys;
        if (file[Origin] is not JsonValue origin || origin.GetValueKind() != JsonValueKind.String)
            throw new InvalidDataException($"{Origin} is missing: it says whose secret the keys hide, or that it is known");
        foreach ((string name, JsonNode? value) in section as JsonObject ?? throw new InvalidDataException($"{Keys} is no object"))
        {
            if (!StorageCircuit.TryParse(name, out StorageCircuit? circuit))
                throw new InvalidDataException($"{Keys}: {name} is no circuit");
            keys.Add(circuit, ReadKey(circuit, value));
        }
        return keys;
    }

    /// <summary>Gives a network file the keys of the devnet, and says that their secret is known.</summary>
    public static void AddDevnet(JsonObject file)
    {
        file[Origin] = ParameterCache.OriginOf(DevnetKeys.Words);
        file[Keys] = new JsonObject(DevnetKeys.All.Select(key => KeyValuePair.Create(key.Key.ToString(), (JsonNode?)Hex.Encode(key.Value.Encode()))));
    }

    private static VerifyingKey ReadKey(StorageCircuit circuit, JsonNode? value)
    {
        long size = VerifyingKey.FileSize(circuit.PublicInputCount);
        string text = value is JsonValue one && one.GetValueKind() == JsonValueKind.String ? one.GetValue<string>() : "";
        byte[] bytes = new byte[size];
        if (text.Length != 2 + (2 * size) || !Hex.TryDecode(text, bytes))
            throw new InvalidDataException($"{Keys}: {circuit} is not {size} bytes in hexadecimal");
        if (!VerifyingKey.TryDecode(bytes, out VerifyingKey? key, out Groth16Fault fault))
            throw new InvalidDataException($"{Keys}: {circuit} is no key: {fault}");
        return key;
    }
}
