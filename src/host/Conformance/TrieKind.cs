using System.Text;
using System.Text.Json;
using Flashback.Primitives;

namespace Flashback.Conformance;

/// <summary>
/// ethereum/tests TrieTests: keys with values in any order, or set and deleted one after the other, and the root of what remains. A file with
/// "secure" in its name hashes the keys first.
/// </summary>
internal sealed class TrieKind : ISpecKind
{
    /// <summary>Asks which keys lie next to others, which is no question to a root.</summary>
    private const string Neighbours = "nextprev";

    public string Name => "trie";

    public string Description => "ethereum/tests TrieTests";

    public IEnumerable<SpecUnit> Find(string path) =>
        from file in VectorFiles.Below(path, "*.json")
        where !Path.GetFileName(file).Contains(Neighbours, StringComparison.Ordinal)
        select new SpecUnit(VectorFiles.NameBelow(path, file), [file], files => Cases(files.ReadBytes(file), Path.GetFileName(file)));

    private static IEnumerable<SpecCase> Cases(byte[] json, string file)
    {
        bool isSecure = file.Contains("secure", StringComparison.OrdinalIgnoreCase);
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonProperty test in document.RootElement.EnumerateObject())
            yield return new SpecCase(test.Name, () => Check(test.Value, isSecure));
    }

    private static SpecOutcome Check(JsonElement test, bool isSecure)
    {
        Dictionary<string, byte[]> remaining = [];
        foreach ((string key, string? value) in Steps(test.GetProperty("in")))
        {
            if (value is null)
                remaining.Remove(key);
            else
                remaining[key] = Bytes(value);
        }
        TrieEntry[] entries = [.. remaining.Select(pair => new TrieEntry(isSecure ? Keccak.Hash256(Bytes(pair.Key)).AsSpan().ToArray() : Bytes(pair.Key), pair.Value))];
        Array.Sort(entries, (a, b) => a.Key.Span.SequenceCompareTo(b.Key.Span));
        return SpecOutcome.Equal(test.GetProperty("root").GetString()!, MerkleTrie.RootOf(entries).ToString());
    }

    private static IEnumerable<(string Key, string? Value)> Steps(JsonElement input) => input.ValueKind == JsonValueKind.Object
        ? input.EnumerateObject().Select(pair => (pair.Name, pair.Value.GetString()))
        : input.EnumerateArray().Select(pair => (pair[0].GetString()!, pair[1].GetString()));

    private static byte[] Bytes(string text) => text.StartsWith("0x", StringComparison.Ordinal) ? Hex.Decode(text) : Encoding.UTF8.GetBytes(text);
}
