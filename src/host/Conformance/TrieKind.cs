using System.Text;
using System.Text.Json;
using Flashback.Primitives;
using Flashback.State.Trie;

namespace Flashback.Conformance;

/// <summary>
/// ethereum/tests TrieTests: changes of keys, and the root after them; or keys, and the neighbours of others. Keys and values are texts, or hexadecimal
/// behind "0x"; null removes. A file with "secure" in its name hashes the keys; one with "anyorder" holds for every order of its keys.
/// </summary>
internal sealed class TrieKind : ISpecKind
{
    public string Name => "trie";

    public string Description => "ethereum/tests TrieTests";

    public IEnumerable<SpecUnit> Find(string path) =>
        VectorFiles.Below(path, "*.json").Select(file => new SpecUnit(VectorFiles.NameBelow(path, file), [file], files => Cases(Path.GetFileName(file), files.ReadBytes(file))));

    private static IEnumerable<SpecCase> Cases(string file, byte[] json)
    {
        bool isSecure = file.Contains("secure", StringComparison.OrdinalIgnoreCase);
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonProperty test in document.RootElement.EnumerateObject())
        {
            if (test.Value.TryGetProperty("tests", out JsonElement neighbours))
            {
                foreach (JsonElement row in neighbours.EnumerateArray())
                    yield return new SpecCase($"{test.Name} around {row[0]}", () => CheckNeighbours(test.Value.GetProperty("in"), row));
                continue;
            }
            Change[] changes = ChangesOf(test.Value.GetProperty("in"), isSecure);
            string root = test.Value.GetProperty("root").GetString()!;
            yield return new SpecCase(test.Name, () => SpecOutcome.Equal(root, RootAfter(changes).ToString()));
            if (file.Contains("anyorder", StringComparison.Ordinal))
                yield return new SpecCase($"{test.Name}, in reverse", () => SpecOutcome.Equal(root, RootAfter(changes.Reverse()).ToString()));
        }
    }

    private readonly record struct Change(byte[] Key, byte[] Value);

    private static Change[] ChangesOf(JsonElement input, bool isSecure)
    {
        IEnumerable<(string Key, string? Value)> pairs = input.ValueKind == JsonValueKind.Object
            ? input.EnumerateObject().Select(pair => (pair.Name, pair.Value.GetString()))
            : input.EnumerateArray().Select(pair => (pair[0].GetString()!, pair[1].GetString()));
        return [.. pairs.Select(pair => new Change(
            isSecure ? Keccak.Hash256(BytesOf(pair.Key)).AsSpan().ToArray() : BytesOf(pair.Key),
            pair.Value is null ? [] : BytesOf(pair.Value)))];
    }

    private static Hash32 RootAfter(IEnumerable<Change> changes)
    {
        PatriciaTrie trie = new(NoTrieNodes.Instance, MerkleTrie.EmptyRoot);
        foreach (Change change in changes)
        {
            if (change.Value.Length == 0)
                trie.Remove(change.Key);
            else
                trie.Put(change.Key, change.Value);
        }
        return trie.Commit().Root;
    }

    private static SpecOutcome CheckNeighbours(JsonElement keys, JsonElement row)
    {
        PatriciaTrie trie = new(NoTrieNodes.Instance, MerkleTrie.EmptyRoot);
        foreach (JsonElement key in keys.EnumerateArray())
            trie.Put(BytesOf(key.GetString()!), BytesOf(key.GetString()!));
        byte[] asked = BytesOf(row[0].GetString()!);
        trie.TryPrevious(asked, out byte[] previous, out _);
        trie.TryNext(asked, out byte[] next, out _);
        return SpecOutcome.Equal($"{row[1]} {row[2]}", $"{Encoding.ASCII.GetString(previous)} {Encoding.ASCII.GetString(next)}");
    }

    private static byte[] BytesOf(string text) => text.StartsWith("0x", StringComparison.Ordinal) ? Hex.Decode(text) : Encoding.ASCII.GetBytes(text);
}
