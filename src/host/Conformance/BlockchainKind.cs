using System.Text.Json;
using Flashback.Execution;

namespace Flashback.Conformance;

/// <summary>
/// EEST blockchain tests: a genesis block, and blocks one after the other, each valid or with the rule that it breaks; and the last valid block's hash.
/// </summary>
/// <remarks>Blocks and genesis header are read from their bytes, and encoded again; every state root is the trie's.</remarks>
internal sealed class BlockchainKind : ISpecKind
{
    private static readonly BytecodeCache Codes = new();

    public string Name => "blockchain";

    public string Description => "EEST blockchain tests (Cancun, Prague, Osaka and the transitions between them)";

    public IEnumerable<SpecUnit> Find(string path) => VectorFiles.Below(path, "*.json")
        .Select(file => new SpecUnit(VectorFiles.NameBelow(path, file), [file], files => Cases(files.ReadBytes(file))));

    private static IEnumerable<SpecCase> Cases(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonProperty test in document.RootElement.EnumerateObject())
            yield return new SpecCase(test.Name, () => Check(test.Value));
    }

    private static SpecOutcome Check(JsonElement test)
    {
        if (!BlockchainNetwork.TryRead(test, out ChainConfig? chain))
            return new SpecOutcome.Skipped("older fork");
        if (BlockchainRun.Begin(chain!, test, Codes, out BlockchainRun? run) is { } wrong)
            return wrong;
        int index = 0;
        foreach (JsonElement block in test.GetProperty("blocks").EnumerateArray())
        {
            string expected = block.TryGetProperty("expectException", out JsonElement exception) ? exception.GetString()! : "";
            string broken = run!.Import(JsonWords.Bytes(block.GetProperty("rlp")), out string detail);
            if (!ExceptionNames.Match(expected, broken) && !ExceptionNames.IsBlockAlias(expected, broken))
                return new SpecOutcome.Failed($"block {index}: {(expected.Length == 0 ? "valid" : expected)}", broken.Length == 0 ? "accepted" : $"{broken} ({detail})");
            index++;
        }
        return SpecOutcome.Equal(test.GetProperty("lastblockhash").GetString()!, run!.Head.Hash().ToString());
    }
}
